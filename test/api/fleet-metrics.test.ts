import { execFileSync } from 'node:child_process';
import { AGENTS_MAX } from '../../src/api/relay-metrics.ts';
import { agent, fleet, relay } from '../cli/fleet.ts';
import { ask, testServer } from './server.ts';

async function metrics(status: NonNullable<Parameters<typeof testServer>[0]>['status']): Promise<string> {
  await using server = await testServer({ status: status ?? {} });
  const { text } = await ask(server, '/metrics');
  execFileSync('promtool', ['check', 'metrics'], { input: text, stdio: 'pipe' });
  return text;
}

test('an agent counts what it tells, what waits and what is lost', async () => {
  const text = await metrics({ Relay: relay({ Spool: { ...relay().Spool, Lost: { flows: 4 } } }) });
  for (const line of [
    'skein_relay_home 1',
    'skein_relay_connected{analyzer="wss://two:8082/relay"} 1',
    'skein_relay_clock_offset_seconds{analyzer="wss://one:8082/relay"} 0.003',
    'skein_relay_spool_bytes 1000',
    'skein_relay_spool_batches 2',
    'skein_relay_batches_total 9',
    'skein_relay_resent_total 1',
    'skein_relay_lost_total{what="flows"} 4',
    'skein_relay_told_total{what="changes"} 40',
  ])
    expect(text).toContain(`${line}\n`);
});

test('an analyzer counts its agents and how late each is', async () => {
  const away = agent('h2', { State: 'away', ClockOffsetMs: undefined, LagMs: 9_000 });
  const text = await metrics({
    Fleet: fleet([agent('h1'), away], { Refusals: { copy: 2 }, HeldBytes: 7, Held: 1 }),
  });
  for (const line of [
    'skein_agents{state="away"} 1',
    'skein_agents_held_bytes 7',
    'skein_agents_held_total 1',
    'skein_agents_refused_total{reason="copy"} 2',
    'skein_agents_taken_total{what="changes"} 80',
    'skein_agents_received_bytes_total 8192',
    'skein_agent_up{host="h2"} 0',
    'skein_agent_lag_seconds{host="h2"} 9',
    'skein_agents_left_out 0',
  ])
    expect(text).toContain(`${line}\n`);
  expect(text).not.toContain('skein_agent_clock_offset_seconds{host="h2"}');
});

test('of a fleet that is too large those that are worst off have series of their own', async () => {
  const many = Array.from({ length: AGENTS_MAX + 5 }, (_, i) => agent(`h${i}`, { LagMs: i }));
  const text = await metrics({ Fleet: fleet([agent('lost', { State: 'gone' }), ...many]) });
  expect(text.match(/^skein_agent_up\{/gm)).toHaveLength(AGENTS_MAX);
  expect(text).toContain('skein_agent_up{host="lost"} 0\n');
  expect(text).toContain('skein_agents_left_out 6\n');
  expect(text).toContain(`skein_agents{state="connected"} ${AGENTS_MAX + 5}\n`);
});
