/** Every field of a flow that can be asked for, declared once: queries, the archive and the reference all read it here. */
import type { Flow } from './flow.ts';
import { layerFields } from './layer-fields.ts';
import type { FlowValue } from './view.ts';

export interface FlowField {
  readonly name: string;
  /** One sentence. */
  readonly doc: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'any';
  readonly unit?: 'ms' | 'ns' | 'bytes' | 'packets';
  readonly example: string | number | boolean;
}

/** The canonical name, with Skydive's aliases resolved: 'IPV4.A' is 'Network.A'. Aliases do not check the protocol. */
export function canonicalField(name: string): string {
  const dot = name.indexOf('.');
  const head = dot < 0 ? name : name.slice(0, dot);
  const alias = aliases.get(head);
  return alias === undefined ? name : alias + (dot < 0 ? '' : name.slice(dot));
}

/** The name at the top of a flow under which it lies. */
export function topOf(name: string): string {
  return canonicalField(name).split('.', 1)[0] as string;
}

/** Whether a flow can have it. What is inside of application layers is open. */
export function isFlowField(name: string): boolean {
  const canonical = canonicalField(name);
  return declared.has(canonical) || openLayers.has(canonical.split('.', 1)[0] as string);
}

/** What a flow has under the name: a list for 'Network' (both ends) and where layers have several; undefined for nothing. */
export function fieldValue(flow: Flow, name: string): FlowValue | undefined {
  const canonical = canonicalField(name);
  if (bothEnds.has(canonical)) {
    const ends = flow[canonical as 'Link' | 'Network' | 'Transport' | 'Process' | 'Pid' | 'ContainerID'];
    return ends && [ends.A, ends.B].filter((value) => value !== undefined);
  }
  return valueAt(flow as unknown as Tree, canonical.split('.'), 0);
}

export const aliases: ReadonlyMap<string, string> = new Map([
  ['ETHERNET', 'Link'],
  ['IPV4', 'Network'],
  ['IPV6', 'Network'],
  ['TCP', 'Transport'],
  ['UDP', 'Transport'],
  ['SCTP', 'Transport'],
]);

/** Stand for either end when nothing follows them. */
export const bothEnds: ReadonlySet<string> = new Set(['Link', 'Network', 'Transport', 'Process', 'Pid', 'ContainerID']);

type Tree = FlowValue | undefined;

function valueAt(tree: Tree, path: readonly string[], at: number): FlowValue | undefined {
  if (at === path.length) return tree;
  if (Array.isArray(tree)) {
    // Lists fan out: 'DNS.questions.name' is the list of names.
    const values = tree.map((each) => valueAt(each, path, at)).filter((value) => value !== undefined);
    return values.length > 0 ? values.flat() : undefined;
  }
  if (typeof tree !== 'object' || tree === null) return undefined;
  const key = path[at] as string;
  return Object.hasOwn(tree, key)
    ? valueAt((tree as { readonly [name: string]: FlowValue })[key], path, at + 1)
    : undefined;
}

const string = (name: string, doc: string, example: string): FlowField => ({ name, doc, type: 'string', example });
const integer = (name: string, doc: string, example: number, unit?: FlowField['unit']): FlowField =>
  unit === undefined ? { name, doc, type: 'integer', example } : { name, doc, type: 'integer', unit, example };
const boolean = (name: string, doc: string): FlowField => ({ name, doc, type: 'boolean', example: true });

const metricFields = (prefix: string, of: string): FlowField[] => [
  integer(`${prefix}.ABPackets`, `Packets from A to B ${of}.`, 12, 'packets'),
  integer(`${prefix}.ABBytes`, `Bytes from A to B ${of}, as they were on the wire.`, 3480, 'bytes'),
  integer(`${prefix}.BAPackets`, `Packets from B to A ${of}.`, 10, 'packets'),
  integer(`${prefix}.BABytes`, `Bytes from B to A ${of}, as they were on the wire.`, 51200, 'bytes'),
  integer(`${prefix}.Start`, `The first packet ${of}.`, 1721220000123, 'ms'),
  integer(`${prefix}.Last`, `The last packet ${of}.`, 1721220009876, 'ms'),
  integer(`${prefix}.RTT`, 'Round-trip time of the handshake or the first echo, as seen from here.', 330000, 'ns'),
];

const tcpFields = (from: 'A' | 'B', to: 'A' | 'B'): FlowField[] => [
  integer(`TCPMetric.${from}${to}SynStart`, `First SYN from ${from}.`, 1721220000123, 'ms'),
  integer(`TCPMetric.${from}${to}SynTTL`, `TTL or hop limit of that SYN.`, 64),
  integer(`TCPMetric.${from}${to}FinStart`, `First FIN from ${from}.`, 1721220009876, 'ms'),
  integer(`TCPMetric.${from}${to}RstStart`, `First RST from ${from}.`, 1721220009876, 'ms'),
  integer(`TCPMetric.${from}${to}SegmentOutOfOrder`, `Segments from ${from} that came out of order.`, 1, 'packets'),
  integer(`TCPMetric.${from}${to}SegmentSkipped`, `Gaps in what ${from} sent (with ReassembleTCP).`, 1),
  integer(`TCPMetric.${from}${to}SegmentSkippedBytes`, `Bytes in those gaps.`, 1460, 'bytes'),
  integer(`TCPMetric.${from}${to}Packets`, `Segments from ${from} in order (with ReassembleTCP).`, 10, 'packets'),
  integer(`TCPMetric.${from}${to}Bytes`, `Their payload.`, 14600, 'bytes'),
  boolean(`TCPMetric.${from}${to}SawStart`, `The SYN of ${from} was seen.`),
  boolean(`TCPMetric.${from}${to}SawEnd`, `A FIN or RST of ${from} was seen.`),
];

/** In full: 64 digits. */
const CONTAINER = '4f1d6f3c9f5e0a7b8c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b';

export const flowFields: readonly FlowField[] = [
  string('UUID', 'This conversation at this place.', '0c1f5c5a9b1e2d3f'),
  string('ParentUUID', 'UUID of the tunnel it was seen in; empty for none.', '8e1a2b3c4d5e6f70'),
  string('TrackingID', 'The same wherever the conversation is seen.', '9e42a86914a043b8'),
  string('L3TrackingID', 'The same as TrackingID.', '9e42a86914a043b8'),
  string('L2TrackingID', 'TrackingID with the MACs of this place.', '6952cad8cd38c63c'),
  string('CommunityID', 'Community ID v1, seed 0, as Zeek and Suricata have it.', '1:LQU9qZlK+B5F3KDmev6m5PMibrg='),
  string('LayersPath', 'Decoded layers, from the outside in.', 'Ethernet/IPv4/TCP'),
  string('Application', 'The last layer that was understood.', 'TLS'),
  string('Link', 'MAC of either end.', '52:54:00:aa:bb:cc'),
  string('Link.Protocol', 'ETHERNET.', 'ETHERNET'),
  string('Link.A', 'MAC of the initiator.', '52:54:00:aa:bb:cc'),
  string('Link.B', 'MAC of the other end.', '52:54:00:aa:bb:dd'),
  integer('Link.ID', 'VLAN tags, 12 bits each, the outermost in the lowest.', 40968),
  string('Network', 'Address of either end.', '10.0.0.1'),
  string('Network.Protocol', 'IPV4 or IPV6.', 'IPV4'),
  string('Network.A', 'Address of the initiator.', '10.0.0.1'),
  string('Network.B', 'Address of the other end.', '10.0.0.2'),
  integer('Network.ID', 'Key of the tunnel this is the outside of: VNI, GRE key, MPLS label.', 42),
  integer('Transport', 'Port of either end.', 443),
  string('Transport.Protocol', 'TCP, UDP or SCTP.', 'TCP'),
  integer('Transport.A', 'Port of the initiator.', 34855),
  integer('Transport.B', 'Port of the other end.', 443),
  integer('Transport.ID', 'Always 0.', 0),
  string('ICMP.Type', 'Kind of message; request and reply, IPv4 and IPv6 have one name.', 'ECHO'),
  integer('ICMP.Code', 'Code of the message.', 0),
  integer('ICMP.ID', 'Identifier of an exchange.', 23604),
  ...metricFields('Metric', 'since the flow began'),
  ...metricFields('LastUpdateMetric', 'of the last update period'),
  ...tcpFields('A', 'B'),
  ...tcpFields('B', 'A'),
  integer('IPMetric.Fragments', 'Fragments that were put together.', 2, 'packets'),
  integer('IPMetric.FragmentErrors', 'Fragments that could not be.', 0, 'packets'),
  integer('Start', 'First packet.', 1721220000123, 'ms'),
  integer('Last', 'Last packet.', 1721220009876, 'ms'),
  string('NodeTID', 'TID of the node it was captured at.', 'f3a1b2c4-0d1e-5f60-8a7b-9c0d1e2f3a4b'),
  string('CaptureID', 'UUID of the capture.', '1c9d3f5e-7a2b-4c6d-8e0f-1a2b3c4d5e6f'),
  integer('RawPacketsCaptured', 'Packets that were kept.', 5, 'packets'),
  integer('FinishType', 'How it ended: 1 timeout, 2 FIN from both ends, 3 RST. Absent while it lives.', 2),
  integer('Retransmissions.AB', 'Segments that A sent again.', 1, 'packets'),
  integer('Retransmissions.BA', 'Segments that B sent again.', 0, 'packets'),
  integer('RTT.Handshake', 'Round-trip time of the TCP handshake.', 330000, 'ns'),
  integer('RTT.Smoothed', 'Round-trip time that the kernel of an end keeps.', 410000, 'ns'),
  integer('Sampling', 'One of so many packets was seen; counters are scaled by it.', 1024),
  string('Process', 'Name of the process at either end.', 'curl'),
  string('Process.A', 'Name of the process that began it, where it runs on this host.', 'curl'),
  string('Process.B', 'Name of the process at the other end, where it runs on this host.', 'nginx'),
  integer('Pid', 'Number of the process at either end.', 4711),
  integer('Pid.A', 'Number of the process that began it.', 4711),
  integer('Pid.B', 'Number of the process at the other end.', 812),
  string('ContainerID', 'Container of the process at either end.', CONTAINER),
  string('ContainerID.A', 'Container of the process that began it.', CONTAINER),
  string('ContainerID.B', 'Container of the process at the other end.', CONTAINER),
  string('Service', "Name of the process that listens at B's port, where it runs on this host.", 'nginx'),
  string('NAT.Type', 'How its addresses are translated: SNAT, DNAT or both: SNAT,DNAT.', 'SNAT'),
  string('NAT.A', 'Address of the initiator on the other side of the translation.', '192.0.2.1'),
  string('NAT.B', 'Address of the other end there.', '198.51.100.7'),
  integer('NAT.APort', 'Port of the initiator there.', 40000),
  integer('NAT.BPort', 'Port of the other end there.', 443),
  string('NAT.TrackingID', 'TrackingID of the conversation there.', '9e42a86914a043b8'),
  boolean('NAT.IsTranslated', 'This flow is what came of the translation: the other side is what it was before.'),
  string('NAT.Node', 'Id of the namespace that translates.', '8a6f5d1e-3b2c-5d4e-9f80-7a6b5c4d3e2f'),
  integer('NAT.Zone', 'Zone of connection tracking that translates.', 0),
  ...layerFields,
];

/** Layers of applications: their names are those of the protocol. 'Drops': the kernel's reasons. */
const openLayers: ReadonlySet<string> = new Set(['DNS', 'DHCPv4', 'VRRPv2', 'TLS', 'HTTP', 'Drops']);

const declared: ReadonlySet<string> = new Set([
  ...flowFields.map(({ name }) => name),
  ...['ICMP', 'Metric', 'LastUpdateMetric', 'TCPMetric', 'IPMetric', 'Retransmissions', 'RTT', 'NAT'],
]);
