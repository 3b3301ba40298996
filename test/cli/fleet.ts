/** What the two sides of a fleet say of themselves. */
import type { FleetStatus, RelayStatus } from '../../src/contract/status.ts';

const noon = Date.UTC(2026, 10, 21, 12);

type Agent = FleetStatus['Agents'][number];

export function agent(host: string, change: Partial<Agent> = {}): Agent {
  return {
    ID: `id-of-${host}`,
    Host: host,
    State: 'connected',
    Role: 'home',
    Since: noon - 60_000,
    Address: '192.0.2.7:41000',
    Software: '0.1.0',
    ClockOffsetMs: 12.4,
    RoundTripMs: 1,
    LagMs: 80,
    LastTime: noon,
    Kept: 9,
    Waiting: 0,
    ReceivedBytes: 4096,
    Taken: { batches: 9, changes: 40, flows: 3 },
    Lost: {},
    Notes: [],
    ...change,
  };
}

export function fleet(agents: readonly Agent[], change: Partial<FleetStatus> = {}): FleetStatus {
  const counted = (state: string) => agents.filter(({ State }) => State === state).length;
  return {
    Connected: counted('connected'),
    Away: counted('away'),
    Gone: counted('gone'),
    HeldBytes: 0,
    HeldBytesMax: 1e6,
    Held: 0,
    Refusals: {},
    Agents: [...agents],
    Notes: agents.flatMap(({ Notes }) => Notes),
    ...change,
  };
}

export function relay(change: Partial<RelayStatus> = {}): RelayStatus {
  return {
    Home: 'wss://one:8082/relay',
    Since: noon - 90_000,
    Analyzers: [
      { Name: 'wss://one:8082/relay', Role: 'home', State: 'connected', ClockOffsetMs: 3, SentBytes: 900 },
      { Name: 'wss://two:8082/relay', Role: 'mirror', State: 'connected', ClockOffsetMs: -4, SentBytes: 700 },
    ],
    Spool: { Place: '/var/spool/skein', Bytes: 1_000, BytesMax: 1e6, First: 8, Next: 10, Lost: {}, Damaged: 0 },
    Told: { batches: 9, changes: 40, flows: 3 },
    Sent: { Batches: 9, Bytes: 900, Resent: 1 },
    Notes: [],
    ...change,
  };
}
