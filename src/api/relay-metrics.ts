/** What the two sides of a fleet count, for `/metrics`: bounded in series however many agents there are. */
import type { Status } from '../contract/status.ts';

export type Series = readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];

export interface MetricsPage {
  gauge(name: string, help: string, series: Series): void;
  counter(name: string, help: string, series: Series): void;
}

/** Agents with series of their own; of a larger fleet those that are worst off, and the sums are of all. */
export const AGENTS_MAX = 1_000;

/** Of an agent. */
export function relayMetrics(page: MetricsPage, { Relay }: Pick<Status, 'Relay'>): void {
  if (!Relay) return;
  const { Home, Analyzers, Spool, Sent, Told } = Relay;
  page.gauge('skein_relay_home', 'An analyzer keeps what is told here.', [[{}, Home === null ? 0 : 1]]);
  page.gauge(
    'skein_relay_connected',
    'The analyzer is connected.',
    Analyzers.map(({ Name, State }) => [{ analyzer: Name }, State === 'connected' ? 1 : 0]),
  );
  page.gauge(
    'skein_relay_clock_offset_seconds',
    "The analyzer's clock less this one's.",
    Analyzers.flatMap(({ Name, ClockOffsetMs }) =>
      ClockOffsetMs === undefined ? [] : [[{ analyzer: Name }, ClockOffsetMs / 1000] as const],
    ),
  );
  page.counter('skein_relay_batches_total', 'Batches sent to the home, those sent again included.', [
    [{}, Sent.Batches],
  ]);
  page.counter('skein_relay_resent_total', 'Batches sent again.', [[{}, Sent.Resent]]);
  page.counter('skein_relay_sent_bytes_total', 'Bytes of batches sent to the home.', [[{}, Sent.Bytes]]);
  page.counter('skein_relay_told_total', 'What was told, by kind.', labelled(Told, 'what'));
  page.gauge('skein_relay_spool_bytes', 'Size of the spool.', [[{}, Spool.Bytes]]);
  page.gauge('skein_relay_spool_limit_bytes', 'Size it is kept under.', [[{}, Spool.BytesMax]]);
  page.gauge('skein_relay_spool_batches', 'Batches that no analyzer has kept yet.', [
    [{}, Math.max(0, Spool.Next - Spool.First)],
  ]);
  page.gauge('skein_relay_spool_fault', 'Nothing can be written to the spool.', [
    [{}, Spool.Fault === undefined ? 0 : 1],
  ]);
  page.counter('skein_relay_spool_damaged_total', 'Batches that could not be read back.', [[{}, Spool.Damaged]]);
  page.counter('skein_relay_lost_total', 'What was lost for lack of room, by kind.', labelled(Spool.Lost, 'what'));
}

/** Of an analyzer. */
export function fleetMetrics(page: MetricsPage, { Fleet }: Pick<Status, 'Fleet'>): void {
  if (!Fleet) return;
  page.gauge('skein_agents', 'Agents that are known, by state.', [
    [{ state: 'connected' }, Fleet.Connected],
    [{ state: 'away' }, Fleet.Away],
    [{ state: 'gone' }, Fleet.Gone],
  ]);
  page.gauge('skein_agents_held_bytes', 'What agents sent and the archive has not kept yet.', [[{}, Fleet.HeldBytes]]);
  page.gauge('skein_agents_held_limit_bytes', 'Beyond it nothing more is read of agents.', [[{}, Fleet.HeldBytesMax]]);
  page.counter('skein_agents_held_total', 'Times nothing more was read for that.', [[{}, Fleet.Held]]);
  page.counter(
    'skein_agents_refused_total',
    'Agents that were not let in, by reason.',
    labelled(Fleet.Refusals, 'reason'),
  );
  const sums = (of: (agent: Agent) => Readonly<Record<string, number>>) =>
    labelled(summed(Fleet.Agents.map(of)), 'what');
  page.counter('skein_agents_received_bytes_total', 'Bytes received of agents.', [
    [{}, Fleet.Agents.reduce((sum, { ReceivedBytes }) => sum + ReceivedBytes, 0)],
  ]);
  page.counter(
    'skein_agents_taken_total',
    'What agents told, by kind.',
    sums(({ Taken }) => Taken),
  );
  page.counter(
    'skein_agents_lost_total',
    'What agents say to have lost for lack of room, by kind.',
    sums(({ Lost }) => Lost),
  );
  const shown = worstOff(Fleet.Agents);
  page.gauge('skein_agents_left_out', 'Agents without series of their own below.', [
    [{}, Fleet.Agents.length - shown.length],
  ]);
  page.gauge(
    'skein_agent_up',
    'The agent is connected.',
    shown.map((agent) => [labelsOf(agent), agent.State === 'connected' ? 1 : 0]),
  );
  page.gauge(
    'skein_agent_lag_seconds',
    'Age of the newest thing that is known of it.',
    measured(shown, ({ LagMs }) => LagMs),
  );
  page.gauge(
    'skein_agent_clock_offset_seconds',
    "Its clock less this one's.",
    measured(shown, ({ ClockOffsetMs }) => ClockOffsetMs),
  );
  page.gauge(
    'skein_agent_waiting_batches',
    'Its batches that wait for the archive.',
    shown.map((agent) => [labelsOf(agent), agent.Waiting]),
  );
}

type Agent = NonNullable<Status['Fleet']>['Agents'][number];

/** Hosts have one agent each, but for one that was replaced. */
function labelsOf({ Host }: Agent): Readonly<Record<string, string>> {
  return { host: Host };
}

function measured(agents: readonly Agent[], ms: (agent: Agent) => number | undefined): Series {
  return agents.flatMap((agent) => {
    const value = ms(agent);
    return value === undefined ? [] : [[labelsOf(agent), value / 1000] as const];
  });
}

/** Those that are not there first, then by how late they are. */
function worstOff(agents: readonly Agent[]): readonly Agent[] {
  if (agents.length <= AGENTS_MAX) return agents;
  const rank = ({ State, LagMs = 0 }: Agent) => (State === 'connected' ? LagMs : Number.MAX_SAFE_INTEGER);
  return agents.toSorted((a, b) => rank(b) - rank(a)).slice(0, AGENTS_MAX);
}

function labelled(counts: Readonly<Record<string, number>>, label: string): Series {
  return Object.entries(counts).map(([key, value]) => [{ [label]: key }, value]);
}

function summed(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const one of all) for (const [key, value] of Object.entries(one)) sums[key] = (sums[key] ?? 0) + value;
  return sums;
}
