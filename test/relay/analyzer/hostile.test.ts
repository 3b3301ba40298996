/** Agents that mean harm, or are broken: it stays with them. */
import { encodeFacts } from '../../../src/relay/wire/facts.ts';
import { fakeClock } from '../../std/fake-clock.ts';
import { HELLO, nodeVersion, speaker } from '../said.ts';
import { aFlow, anAnalyzer } from '../two-sides.ts';

const OTHER = { ...HELLO, agent: 'agent-2', host: 'h2', run: 'run-2', spool: 'spool-2' };

async function two(options: Parameters<typeof anAnalyzer>[1] = {}) {
  const clock = fakeClock();
  const analyzer = anAnalyzer(clock, options);
  const [web, evil] = [speaker(analyzer.agents, clock), speaker(analyzer.agents, clock, { remote: '10.6.6.6:6' })];
  web.say(HELLO);
  evil.say(OTHER);
  await clock.pass(10);
  return { clock, web, evil, ...analyzer };
}

test("what an agent says of another's elements changes neither them nor their counters nor their sockets", async () => {
  const { clock, web, evil, graph, sockets, archive, agents } = await two();
  const socket = { id: 'own-s', node: 'own', protocol: 'TCP', state: 'LISTEN', openedAt: 5, remotePort: 0 } as const;
  const at = { localAddress: '127.0.0.1', localPort: 80, remoteAddress: '' };
  const sample = { id: 'own', series: 'Metric', start: 500, last: 600, counters: { RxBytes: 7 } };
  web.batch(1, { graph: [nodeVersion('own', 500)], sockets: [{ ...socket, ...at }], samples: [sample] });
  await clock.pass(10);
  const forged = {
    ...nodeVersion('own', 500, 9).element,
    metadata: { Name: 'forged' },
    host: 'h1',
    origin: 'agent.h1',
  };
  evil.batch(1, {
    graph: [
      { kind: 'version', element: forged },
      { kind: 'gone', of: 'node', id: 'own', createdAt: 500, revision: 1, deletedAt: 700 },
    ],
    samples: [{ ...sample, start: 600, last: 700, counters: { RxBytes: 1e12 } }],
    sockets: [{ ...socket, ...at, closedAt: 650 }],
  });
  evil.batch(2, { isWholeGraph: true, isAllSockets: true });
  await clock.pass(10);
  expect(graph.now().nodes('own')[Symbol.iterator]().next().value).toMatchObject({
    origin: 'agent.h1',
    revision: 1,
    metadata: {},
  });
  expect(sockets.get('own-s')).toMatchObject({ state: 'LISTEN' });
  expect([...archive.batches.values()].flatMap(({ samples }) => samples)).toEqual([sample]);
  expect([...archive.socketBatches.values()].flatMap((batch) => batch.sockets)).toHaveLength(1);
  const of = (id: string) => agents.status().agents.find(({ agent }) => agent === id);
  expect(of('agent-2')?.taken.foreign).toBe(2);
  expect(of('agent-2')?.notes).toContain(
    'h2 told 2 samples and sockets of elements that are not its own: they are left out',
  );
  expect(of('agent-1')?.taken.foreign).toBe(0);
});

test.each([
  ['a time that no clock shows', { time: 1e300 }],
  ['a time that is no number', { graph: [nodeVersion('a', Number.NaN)] }],
  ['a revision that is none', { graph: [nodeVersion('a', 1, 0.5)] }],
  ['an end beyond all times', { flows: [{ ...aFlow('f'), Last: Number.POSITIVE_INFINITY }] }],
])('%s is refused, and ends nobody when its agent is gone', async (_, facts) => {
  const { clock, evil, agents, log } = await two();
  evil.batch(1, facts);
  await clock.pass(10);
  expect(evil.of('refusal')).toMatchObject([{ code: 'protocol', message: expect.stringContaining('cannot be read') }]);
  // Longer than the grace time.
  await clock.pass(70_000);
  expect(agents.status()).toMatchObject({ gone: 1 });
  expect(log.lines.some((line) => line.startsWith('agent of h2 is gone'))).toBe(true);
});

test('who comes under ever other names is one too many when there is no room for more', async () => {
  const clock = fakeClock();
  const { agents } = anAnalyzer(clock, { knownMax: 3 });
  const answers = [];
  for (let n = 1; n <= 5; n++) {
    const one = speaker(agents, clock);
    one.say({ ...HELLO, agent: `agent-${n}`, host: `h${n}`, spool: `spool-${n}` });
    await clock.pass(10);
    answers.push(one.heard[0]?.kind);
    one.cut();
    await clock.pass(10);
  }
  expect(answers).toEqual(['welcome', 'welcome', 'welcome', 'refusal', 'refusal']);
  expect(agents.status().agents).toHaveLength(3);
  // When they are gone for good there is room again.
  await clock.pass(70_000);
  const later = speaker(agents, clock);
  later.say({ ...HELLO, agent: 'agent-9', host: 'h9', spool: 'spool-9' });
  await clock.pass(10);
  expect(later.of('welcome')).toHaveLength(1);
});

test('connections that say nothing do not keep out who does, beyond a bound they are told to come later', async () => {
  const clock = fakeClock();
  const { agents } = anAnalyzer(clock);
  const silent = Array.from({ length: 1_030 }, () => speaker(agents, clock));
  await clock.pass(10);
  expect(silent.filter(({ heard }) => heard.length > 0)).toHaveLength(6);
  expect(silent.at(-1)?.of('refusal')).toMatchObject([{ code: 'full', isFinal: false }]);
  await clock.pass(11_000);
  expect(silent[0]?.of('refusal')).toMatchObject([{ message: 'no hello within 10 s' }]);
  const agent = speaker(agents, clock);
  agent.say(HELLO);
  await clock.pass(10);
  expect(agent.of('welcome')).toHaveLength(1);
});

test('the copy of a spool on another host is refused: the archive would take its batches for those it has', async () => {
  const { clock, agents } = await two();
  const copy = speaker(agents, clock, { remote: '10.0.0.3:3' });
  copy.say({ ...HELLO, agent: 'agent-3', host: 'h3', run: 'run-3' });
  await clock.pass(10);
  const message =
    'the spool of agent agent-3 on h3 (10.0.0.3:3) is a copy of that of agent-1 on h1 (10.0.0.1:1): remove its folder';
  expect(copy.heard).toEqual([{ kind: 'refusal', code: 'copy', message, isFinal: false }]);
});

test('what takes few bytes on the way and much room here counts as much', async () => {
  const { clock, evil, agents, archive } = await two();
  archive.goAway();
  const flows = Array.from({ length: 1_000 }, () => aFlow('f'));
  evil.batch(1, { flows });
  await clock.pass(1);
  expect(agents.status().heldBytes).toBeGreaterThanOrEqual(256_000);
});

test('an answer that nobody can read as fast as it comes is given up at a bound', async () => {
  const { clock, evil, agents } = await two();
  const parts = agents.ask('agent-2', 'flows.find', {})[Symbol.asyncIterator]();
  const first = parts.next();
  await clock.pass(10);
  const [{ id } = { id: 0 }] = evil.of('ask');
  const bytes = new Uint8Array(8 * 1024 * 1024);
  for (let n = 0; n < 12; n++) evil.say({ kind: 'reply', id, isLast: false, bytes });
  await clock.pass(10);
  await first;
  const all = async () => {
    for (;;) if ((await parts.next()).done) return;
  };
  await expect(all()).rejects.toThrow('more than 64 MiB of its answer wait');
  await clock.pass(10);
  expect(evil.of('cancel')).toEqual([{ kind: 'cancel', id }]);
});

test('bytes that are no facts, or far too many of them, cost their sender the connection and nobody else', async () => {
  const { clock, web, evil, agents } = await two();
  evil.say({ kind: 'batch', seq: 1, after: 0, facts: new Uint8Array([0x22, 0xff, 0xff, 0xff, 0xff, 0x0f]) });
  await clock.pass(10);
  expect(evil.end).toContain('cannot be read');
  web.say({ kind: 'batch', seq: 1, after: 0, facts: encodeFacts({ ...EMPTY, time: clock.now() }) });
  await clock.pass(10);
  expect(agents.status()).toMatchObject({ connected: 1, away: 1 });
});

const EMPTY = {
  time: 0,
  isWholeGraph: false,
  isAllSockets: false,
  graph: [],
  samples: [],
  flows: [],
  rawPackets: [],
  losses: [],
  sockets: [],
  lost: [],
};
