/** Facts of any kind, for what has to hold for all of them. */
import fc from 'fast-check';
import type { Flow } from '../../src/flow/flow.ts';
import { lossStages } from '../../src/flow/loss.ts';
import type { Metadata } from '../../src/graph/element.ts';
import type { Told } from '../../src/graph/told.ts';
import type { Facts } from '../../src/relay/message.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 16, maxLength: 16 });
const id = fc.oneof({ weight: 4, arbitrary: hex }, text);
const number = fc.oneof(fc.nat(), fc.double({ noNaN: true }), fc.constant(1_780_000_000_123.25));
/** What JSON can say: it knows no -0. */
const metadata = fc
  .dictionary(text, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 })
  .map((value) => JSON.parse(JSON.stringify(value)) as Metadata);

function some<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }, required: readonly (keyof T)[]): fc.Arbitrary<T> {
  return fc.record(fields as never, { requiredKeys: required as never, noNullPrototype: true }) as fc.Arbitrary<T>;
}
function all<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(fields as never, { noNullPrototype: true }) as unknown as fc.Arbitrary<T>;
}

const maybe = fc.option(number, { nil: undefined });
const version = {
  id,
  metadata,
  host: text,
  origin: text,
  createdAt: number,
  updatedAt: number,
  deletedAt: maybe,
  validTo: maybe,
  recordedAt: number,
  revision: fc.nat(),
};
const of = fc.constantFrom<'node' | 'edge'>('node', 'edge');
export const told: fc.Arbitrary<Told> = fc.oneof(
  all({
    kind: fc.constant<'version'>('version'),
    element: fc.oneof(
      all({ kind: fc.constant<'node'>('node'), ...version }),
      all({ kind: fc.constant<'edge'>('edge'), ...version, parent: id, child: id }),
    ),
  }),
  all({
    kind: fc.constant<'update'>('update'),
    of,
    id,
    createdAt: number,
    revision: fc.nat(),
    updatedAt: number,
    set: metadata,
    unset: fc.array(text, { maxLength: 3 }),
  }),
  all({ kind: fc.constant<'gone'>('gone'), of, id, createdAt: number, revision: fc.nat(), deletedAt: number }),
);

const metric = some<Flow['Metric']>(
  {
    ABPackets: number,
    ABBytes: number,
    BAPackets: number,
    BABytes: number,
    Start: number,
    Last: number,
    RTT: number as never,
  },
  ['ABPackets', 'ABBytes', 'BAPackets', 'BABytes', 'Start', 'Last'],
);
const both = <T>(of: fc.Arbitrary<T>) => some<{ A: T; B: T }>({ A: of, B: of }, []);
const layer = metadata as fc.Arbitrary<never>;
export const flow = some<Required<Flow>>(
  {
    UUID: id,
    ParentUUID: id,
    TrackingID: id,
    L3TrackingID: id,
    L2TrackingID: id,
    CommunityID: text,
    LayersPath: text,
    Application: text,
    Link: all({ Protocol: fc.constant<'ETHERNET'>('ETHERNET'), A: text, B: text, ID: number }),
    Network: all({ Protocol: fc.constantFrom<'IPV4' | 'IPV6'>('IPV4', 'IPV6'), A: text, B: text, ID: number }),
    Transport: all({ Protocol: fc.constantFrom<'TCP' | 'UDP'>('TCP', 'UDP'), A: number, B: number, ID: number }),
    ICMP: all({ Type: text, Code: number, ID: number }),
    DNS: layer,
    DHCPv4: layer,
    VRRPv2: layer,
    TLS: layer,
    HTTP: layer,
    Metric: metric,
    LastUpdateMetric: metric,
    TCPMetric: fc.dictionary(text, fc.oneof(number, fc.boolean()), { maxKeys: 4, noNullPrototype: true }),
    IPMetric: all({ Fragments: fc.nat(), FragmentErrors: fc.nat() }),
    Start: number,
    Last: number,
    NodeTID: text,
    CaptureID: text,
    RawPacketsCaptured: number,
    FinishType: fc.constantFrom(1, 2, 3),
    Drops: fc.dictionary(text, number, { maxKeys: 3, noNullPrototype: true }),
    Retransmissions: all({ AB: number, BA: number }),
    RTT: some({ Handshake: number, Smoothed: number }, []),
    Sampling: number,
    Process: both(text),
    Pid: both(number),
    ContainerID: both(text),
    Service: text,
    NAT: layer,
  },
  [
    'UUID',
    'ParentUUID',
    'TrackingID',
    'L3TrackingID',
    'LayersPath',
    'Application',
    'Metric',
    'Start',
    'Last',
    'NodeTID',
    'CaptureID',
    'RawPacketsCaptured',
  ],
) as fc.Arbitrary<Flow>;

const counters = fc.dictionary(fc.string({ maxLength: 8 }), number, { maxKeys: 4, noNullPrototype: true });
type Record = Facts['samples'][number];
const sample = some<Required<Record>>({ id, series: text, start: number, last: number, counters, total: counters }, [
  'id',
  'series',
  'start',
  'last',
  'counters',
]) as fc.Arbitrary<Record>;
const packet = all({
  uuid: id,
  packet: all({
    timestampMs: number,
    index: fc.nat(),
    data: fc.uint8Array({ maxLength: 40 }),
    length: fc.nat(),
    linkType: fc.nat(),
  }),
});
const loss = all({
  node: text,
  capture: text,
  host: text,
  stage: fc.constantFrom(...lossStages),
  reason: text,
  packets: number,
  bytes: number,
  flows: number,
  from: number,
  to: number,
});
type Socket = Facts['sockets'][number];
const process = some<Required<NonNullable<Socket['process']>>>(
  { pid: number, name: text, path: text, command: text, user: text, container: text },
  ['pid', 'name'],
);
const traffic = some<Required<NonNullable<Socket['traffic']>>>(
  { sentBytes: number, receivedBytes: number, rttUs: number, retransmits: number },
  ['sentBytes', 'receivedBytes'],
);
const socket = some<Required<Socket>>(
  {
    id,
    node: id,
    protocol: fc.constantFrom('TCP', 'UDP'),
    localAddress: text,
    localPort: fc.nat(),
    remoteAddress: text,
    remotePort: fc.nat(),
    state: fc.constantFrom('ESTABLISHED', 'LISTEN', 'CLOSE'),
    openedAt: number,
    closedAt: number,
    process: process as never,
    traffic: traffic as never,
  },
  ['id', 'node', 'protocol', 'localAddress', 'localPort', 'remoteAddress', 'remotePort', 'state', 'openedAt'],
) as fc.Arbitrary<Socket>;
const lost = all({
  what: fc.constantFrom('graph', 'samples', 'flows', 'rawPackets', 'sockets'),
  count: number,
  from: number,
  to: number,
}) as fc.Arbitrary<Facts['lost'][number]>;

export const facts: fc.Arbitrary<Facts> = all<Facts>({
  time: number,
  isWholeGraph: fc.boolean(),
  isAllSockets: fc.boolean(),
  graph: fc.array(told, { maxLength: 4 }),
  samples: fc.array(sample, { maxLength: 3 }),
  flows: fc.array(flow, { maxLength: 5 }),
  rawPackets: fc.array(packet, { maxLength: 2 }),
  losses: fc.array(loss, { maxLength: 2 }),
  sockets: fc.array(socket, { maxLength: 3 }),
  lost: fc.array(lost, { maxLength: 2 }),
});
