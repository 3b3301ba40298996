/** Flows as they come from a table, as random as they can be. */
import fc from 'fast-check';
import type { Flow, FlowMetric } from '../../../src/flow/flow.ts';

/** An hour begins within what the tests are about. */
export const T0 = Date.UTC(2026, 3, 1, 11, 59, 0);

export function idOf(n: number): string {
  return BigInt.asUintN(64, BigInt(n + 1) * 0x9e3779b97f4a7c15n)
    .toString(16)
    .padStart(16, '0');
}

export function metricOf(start: number, last: number, ab = 1, ba = 0): FlowMetric {
  return { ABPackets: ab, ABBytes: ab * 100, BAPackets: ba, BABytes: ba * 60, Start: start, Last: last };
}

/** A TCP conversation, plain but for what is said. */
export function flowOf(n: number, fields: Partial<Flow> = {}): Flow {
  const { Start = T0 + n, Last = Start } = fields;
  return {
    UUID: idOf(n),
    ParentUUID: '',
    TrackingID: idOf(1_000_000 + n),
    L3TrackingID: fields.TrackingID ?? idOf(1_000_000 + n),
    LayersPath: 'Ethernet/IPv4/TCP',
    Application: 'TCP',
    Link: { Protocol: 'ETHERNET', A: '02:00:00:00:00:0a', B: '02:00:00:00:00:0b', ID: 0 },
    Network: { Protocol: 'IPV4', A: '10.0.0.1', B: '10.0.0.2', ID: 0 },
    Transport: { Protocol: 'TCP', A: 40_000, B: 80, ID: 0 },
    Metric: metricOf(Start, Last),
    LastUpdateMetric: metricOf(Start, Last),
    Start,
    Last,
    NodeTID: 'node-1',
    CaptureID: 'capture-1',
    RawPacketsCaptured: 0,
    ...fields,
  };
}

const address = fc.oneof(
  fc.ipV4(),
  fc.constantFrom('10.0.0.1', '10.0.0.2', '2001:db8::1', 'fe80::1:0:0:1', '::', '::1', '1:0:0:2::3', '::ffff:10.0.0.1'),
  fc.constantFrom('010.0.0.1', '2001:DB8::1', 'not an address', ''),
);
const mac = fc.constantFrom('02:00:00:00:00:0a', 'ff:ff:ff:ff:ff:ff', '00:00:00:00:00:00', '02-00-00-00-00-0A', '');
const port = fc.constantFrom(0, 53, 80, 443, 65_535);
const counter = fc.oneof(fc.nat(1000), fc.constantFrom(2 ** 32, 2 ** 31, 2 ** 53 - 2, 127, 128, 0.5));
const id = fc.nat(0xffff);

function ends<P extends string, A>(protocols: readonly P[], value: fc.Arbitrary<A>) {
  return fc.record({ Protocol: fc.constantFrom(...protocols), A: value, B: value, ID: id });
}

/** Everything that a flow can have beside its ids and times. */
export const details: fc.Arbitrary<Partial<Flow>> = fc.record(
  {
    ParentUUID: fc.nat(5).map(idOf),
    TrackingID: fc.nat(5).map(idOf),
    L3TrackingID: fc.nat(5).map(idOf),
    L2TrackingID: fc.nat(5).map(idOf),
    CommunityID: fc.constantFrom('1:LQU9qZlK+B5F3KDmev6m5PMibrg=', '1:short', '2:LQU9qZlK+B5F3KDmev6m5PMibrg='),
    LayersPath: fc.constantFrom('Ethernet/IPv4/TCP', 'Ethernet/ARP', ''),
    Application: fc.constantFrom('TCP', 'DNS', 'TLS', 'ü'),
    Link: ends(['ETHERNET'] as const, mac),
    Network: ends(['IPV4', 'IPV6'] as const, address),
    Transport: ends(['TCP', 'UDP', 'SCTP'] as const, port),
    ICMP: fc.record({ Type: fc.constantFrom('ECHO', 'ECHO_REPLY'), Code: fc.nat(255), ID: id }),
    DNS: fc.constant({ questions: [{ name: 'example.org', type: 'A' }], answers: null }),
    TLS: fc.constant({ SNI: 'exämple.org' }),
    TCPMetric: fc.constant({ ABSynStart: 17, isCut: false }),
    IPMetric: fc.constant({ Fragments: 3, FragmentErrors: 1 }),
    Drops: fc.constant({ NO_SOCKET: 2 }),
    Process: fc.constantFrom({ A: 'curl' }, { A: 'curl', B: 'nginx' }),
    Pid: fc.constant({ B: 7 }),
    ContainerID: fc.constant({ A: 'c'.repeat(64) }),
    Service: fc.constant('nginx'),
    NAT: fc.constant({
      Type: 'SNAT',
      A: '192.0.2.1',
      B: '10.0.0.2',
      APort: 40_000,
      BPort: 443,
      TrackingID: '9e42a86914a043b8',
      IsTranslated: true,
      Node: 'router',
      Zone: 0,
    } as const),
    Retransmissions: fc.record({ AB: counter, BA: counter }),
    RTT: fc.record({ Handshake: counter, Smoothed: counter }, { requiredKeys: [] }),
    FinishType: fc.constantFrom(1, 2, 3),
    Sampling: fc.constantFrom(1, 100),
    RawPacketsCaptured: fc.constantFrom(0, 7),
    NodeTID: fc.constantFrom('node-1', 'node-2', ''),
    CaptureID: fc.constantFrom('capture-1', 'capture-2'),
  },
  { requiredKeys: [] },
);

/** What one more update of a flow says. */
export interface Update {
  readonly n: number;
  /** What passed since the update before, ms. */
  readonly passed: number;
  readonly fields: Partial<Flow>;
  readonly counts: readonly [ab: number, ba: number];
  readonly rtt: number | undefined;
}

const update: fc.Arbitrary<Update> = fc.record({
  n: fc.nat(12),
  passed: fc.oneof(fc.nat(50), fc.nat(20_000), fc.nat(2_000_000)),
  fields: details,
  counts: fc.tuple(fc.nat(1_000), fc.nat(1_000)),
  rtt: fc.option(fc.nat(1_000_000), { nil: undefined }),
});

/** Updates of some flows in the order of time, each as a table tells it. */
export const history: fc.Arbitrary<Flow[]> = fc.array(update, { minLength: 1, maxLength: 60 }).map(flowsFrom);

export function flowsFrom(updates: readonly Update[]): Flow[] {
  const known = new Map<number, Flow>();
  let time = T0;
  return updates.map(({ n, passed, fields, counts: [ab, ba], rtt }) => {
    const before = known.get(n);
    const since = before?.Last ?? time;
    time += passed;
    const start = before?.Start ?? since;
    const added = metricOf(before ? since : start, time, ab, ba);
    const total = before?.Metric;
    // Identity and place stay what they were; who began may turn out to be the other.
    const { TrackingID, L3TrackingID, NodeTID, CaptureID, Network, ...changing } = fields;
    const fixed = before ? turned(before, ab % 2 === 1) : { TrackingID, L3TrackingID, NodeTID, CaptureID, Network };
    const flow = flowOf(n, {
      ...changing,
      ...Object.fromEntries(
        (['TrackingID', 'L3TrackingID', 'NodeTID', 'CaptureID', 'Network'] as const).flatMap((name) =>
          fixed[name] === undefined ? [] : [[name, fixed[name]]],
        ),
      ),
      Start: start,
      Last: time,
      Metric: metricOf(start, time, (total?.ABPackets ?? 0) + ab, (total?.BAPackets ?? 0) + ba),
      LastUpdateMetric: rtt === undefined ? added : { ...added, RTT: rtt },
    });
    known.set(n, flow);
    return flow;
  });
}

function turned(flow: Flow, isTurned: boolean): Flow {
  const { Network } = flow;
  return isTurned && Network ? { ...flow, Network: { ...Network, A: Network.B, B: Network.A } } : flow;
}
