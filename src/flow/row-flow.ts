/** From a row to the flow that queries and clients see. */
import { ipv4Text, ipv6Text, macText } from './address.ts';
import { communityId, icmpPorts } from './community-id.ts';
import type { Endpoints, Flow, FlowMetric } from './flow.ts';
import { icmpTypes, layerNames } from './layout.ts';
import { row as r, rareRow, state, tcpRow, updateRow } from './row.ts';
import type { FlowStore } from './store.ts';
import { type Ends, l2TrackingId, protocols } from './tracking.ts';
import { parentUuid } from './tunnels.ts';
import { hash, hex64 } from './xxhash64.ts';

export interface FlowNames {
  /** enum skb_drop_reason → the kernel's name. */
  readonly dropReason: (reason: number) => string;
  /** What a conversation without a known application is; undefined: its last layer. */
  readonly application: (protocol: number, aPort: number, bPort: number) => string | undefined;
}

type Draft = { -readonly [Key in keyof Flow]: Flow[Key] };

/** `isOver`: its time is up; what FIN and RST say comes first. `withDelta` false: its last update is no news. */
export function flowOf(
  store: FlowStore,
  row: number,
  names: FlowNames,
  { isOver = false, withDelta = true }: { readonly isOver?: boolean; readonly withDelta?: boolean } = {},
): Flow {
  const { rows } = store;
  const { place } = store.place(row);
  const tracking = idOf(store, row, r.tracking);
  const application = store.applications.of(row);
  const flow: Draft = {
    UUID: idOf(store, row, r.uuid),
    ParentUUID: parentUuid(store, row),
    TrackingID: tracking,
    L3TrackingID: tracking,
    LayersPath: layersPath(store, row),
    Application: applicationName(store, row, names),
    Metric: totals(store, row),
    Start: Math.floor(rows.float(row, r.startF)),
    Last: Math.floor(rows.float(row, r.lastF)),
    NodeTID: place.node,
    CaptureID: place.capture,
    RawPacketsCaptured: store.packets.captured(row),
  };
  const link = linkOf(store, row);
  if (link) flow.Link = link;
  const network = networkOf(store, row);
  if (network) flow.Network = network;
  const transport = transportEnds(store, row);
  if (transport) flow.Transport = transport;
  if (isIcmp(store, row)) flow.ICMP = icmpOf(store, row);
  if (link || network) addIds(flow, store, row);
  if (application) {
    for (const [name, layer] of Object.entries(application.layers)) {
      if (layerKeys.has(name) && (alwaysShown.has(name) || place.layers.has(name)))
        Object.assign(flow, { [name]: layer });
    }
  }
  if (withDelta) {
    const delta = lastUpdate(store, row);
    if (delta) flow.LastUpdateMetric = delta;
  }
  addFacts(flow, store, row, names);
  const finish = finishType(store, row, isOver);
  if (finish !== undefined) flow.FinishType = finish;
  return flow;
}

export function idOf(store: FlowStore, row: number, word: number): string {
  return hex64(store.rows.get(row, word + 1), store.rows.get(row, word));
}

export function isHiStarted(store: FlowStore, row: number): boolean {
  return (store.state(row) & state.hiStarted) !== 0;
}

/** Of `lo` (0) or `hi` (1). */
export function port(store: FlowStore, row: number, end: number): number {
  return end === 0 ? store.rows.get(row, r.ports) & 0xffff : store.rows.get(row, r.ports) >>> 16;
}

export function address(store: FlowStore, row: number, end: number): string {
  const word = store.rows.get(row, r.lo + end);
  if (store.family(row) === 4) return ipv4Text(word);
  const at = store.rows.get(row, r.lo);
  const from = end * 4;
  const { ipv6 } = store;
  return ipv6Text([ipv6.get(at, from), ipv6.get(at, from + 1), ipv6.get(at, from + 2), ipv6.get(at, from + 3)]);
}

export function mac(store: FlowStore, row: number, end: number): string {
  const upper = store.rows.get(row, r.macs);
  return macText(end === 0 ? upper & 0xffff : upper >>> 16, store.rows.get(row, r.macs + 1 + end));
}

export function layersPath(store: FlowStore, row: number): string {
  const path: string[] = [];
  for (let i = 0; i < 12; i++) {
    const layer = store.layer(row, i);
    if (layer === 0) break;
    path.push(layerNames[layer] ?? 'Unknown');
  }
  path.push(...(store.applications.of(row)?.path ?? []));
  return path.join('/');
}

export function applicationName(store: FlowStore, row: number, names: FlowNames): string {
  const known = store.applications.of(row);
  if (known) return known.name;
  if (transportOf(store, row)) {
    const [a, b] = isHiStarted(store, row) ? [1, 0] : [0, 1];
    const named = names.application(store.protocol(row), port(store, row, a), port(store, row, b));
    if (named !== undefined) return named;
  }
  let last = 0;
  for (let i = 0; i < 12 && store.layer(row, i) !== 0; i++) last = store.layer(row, i);
  return layerNames[last] ?? 'Unknown';
}

export function transportOf(store: FlowStore, row: number): 'TCP' | 'UDP' | 'SCTP' | undefined {
  const name = transports[store.protocol(row)];
  return name !== undefined && hasLayer(store, row, layerNames.indexOf(name)) ? name : undefined;
}

export function isIcmp(store: FlowStore, row: number): boolean {
  const protocol = store.protocol(row);
  return (protocol === protocols.icmp || protocol === protocols.icmpv6) && !endsWithFragment(store, row);
}

export function finishType(store: FlowStore, row: number, isOver: boolean): number | undefined {
  const flags = store.state(row);
  if ((flags & (state.finLo | state.finHi)) === (state.finLo | state.finHi)) return 2;
  if (flags & state.rst) return 3;
  return isOver ? 1 : undefined;
}

/** ns; 0 for not seen. */
export function rttOf(store: FlowStore, row: number): number {
  const tcp = store.rows.get(row, r.tcp);
  return (tcp !== 0 && store.tcp.get(tcp, tcpRow.rttNs)) || rareValue(store, row, rareRow.rttNs);
}

export function totals(store: FlowStore, row: number): FlowMetric {
  const { rows } = store;
  return metric(store, row, {
    value: (counter) => rows.float(row, r.loPacketsF + counter),
    start: rows.float(row, r.startF),
    last: rows.float(row, r.lastF),
  });
}

/** What the last update added; undefined before the first. */
export function lastUpdate(store: FlowStore, row: number): FlowMetric | undefined {
  if ((store.state(row) & state.updated) === 0) return undefined;
  const at = store.rows.get(row, r.update);
  if (at === 0) return totals(store, row);
  return metric(store, row, {
    value: (counter) => store.updates.float(at, updateRow.deltaF + counter),
    start: store.updates.float(at, updateRow.deltaStartF),
    last: store.updates.float(at, updateRow.deltaLastF),
  });
}

/** What was added since; undefined when nothing was. */
export function pending(store: FlowStore, row: number): FlowMetric | undefined {
  if ((store.state(row) & state.changed) === 0) return undefined;
  const at = store.rows.get(row, r.update);
  if (at === 0) return totals(store, row);
  return metric(store, row, {
    value: (counter) => store.rows.float(row, counter) - store.updates.float(at, updateRow.toldF + counter),
    start: store.updates.float(at, updateRow.pendingStartF),
    last: store.rows.float(row, r.lastF),
  });
}

const ethernet = layerNames.indexOf('Ethernet');
const fragment = layerNames.indexOf('Fragment');
const tunnels = [layerNames.indexOf('VXLAN'), layerNames.indexOf('Geneve')];
const transports: Readonly<Record<number, 'TCP' | 'UDP' | 'SCTP'>> = {
  [protocols.tcp]: 'TCP',
  [protocols.udp]: 'UDP',
  [protocols.sctp]: 'SCTP',
};
const layerKeys = new Set(['DNS', 'DHCPv4', 'VRRPv2', 'TLS', 'HTTP']);
const alwaysShown = new Set(['TLS', 'HTTP']);

function metric(
  store: FlowStore,
  row: number,
  { value, start, last }: { value: (counter: number) => number; start: number; last: number },
): FlowMetric {
  const isTurned = isHiStarted(store, row);
  const [a, b] = isTurned ? [2, 0] : [0, 2];
  const times = { Start: Math.floor(start), Last: Math.floor(last) };
  const counts = { ABPackets: value(a), ABBytes: value(a + 1), BAPackets: value(b), BABytes: value(b + 1), ...times };
  const rttNs = rttOf(store, row);
  return rttNs === 0 ? counts : { ...counts, RTT: rttNs };
}

function rareValue(store: FlowStore, row: number, word: number): number {
  const rare = store.rows.get(row, r.rare);
  return rare === 0 ? 0 : store.rare.get(rare, word);
}

function hasLayer(store: FlowStore, row: number, layer: number): boolean {
  for (let i = 0; i < 12; i++) {
    const at = store.layer(row, i);
    if (at === layer) return true;
    if (at === 0) return false;
  }
  return false;
}

function endsWithFragment(store: FlowStore, row: number): boolean {
  for (let i = 0; i < 12; i++) {
    if (store.layer(row, i) === fragment) return i === 11 || store.layer(row, i + 1) === 0;
  }
  return false;
}

export function linkOf(store: FlowStore, row: number): Endpoints<'ETHERNET', string> | undefined {
  if (store.layer(row, 0) !== ethernet) return undefined;
  const [a, b] = endsInOrder(store, row);
  const id = rareValue(store, row, rareRow.linkId + 1) * 0x1_0000_0000 + rareValue(store, row, rareRow.linkId);
  return { Protocol: 'ETHERNET', A: mac(store, row, a), B: mac(store, row, b), ID: id };
}

export function networkOf(store: FlowStore, row: number): Flow['Network'] {
  const family = store.family(row);
  if (family !== 4 && family !== 6) return undefined;
  const [a, b] = endsInOrder(store, row);
  const ID = rareValue(store, row, rareRow.networkId);
  return { Protocol: family === 4 ? 'IPV4' : 'IPV6', A: address(store, row, a), B: address(store, row, b), ID };
}

export function transportEnds(store: FlowStore, row: number): Flow['Transport'] {
  const Protocol = transportOf(store, row);
  if (Protocol === undefined) return undefined;
  const [a, b] = endsInOrder(store, row);
  return { Protocol, A: port(store, row, a), B: port(store, row, b), ID: 0 };
}

/** Which of lo (0) and hi (1) is A, and which is B. */
function endsInOrder(store: FlowStore, row: number): readonly [a: number, b: number] {
  return isHiStarted(store, row) ? HI_FIRST : LO_FIRST;
}

const [LO_FIRST, HI_FIRST] = [[0, 1] as const, [1, 0] as const];

export function icmpOf(store: FlowStore, row: number): NonNullable<Flow['ICMP']> {
  const word = store.rows.get(row, r.ports);
  return { Type: icmpTypes[word & 0xff] ?? 'UNKNOWN', Code: (word >>> 8) & 0xff, ID: word >>> 16 };
}

function addIds(flow: Draft, store: FlowStore, row: number): void {
  const l2 = l2TrackingOf(store, row);
  if (l2 !== undefined) flow.L2TrackingID = l2;
  const community = communityOf(store, row);
  if (community !== undefined) flow.CommunityID = community;
}

export function l2TrackingOf(store: FlowStore, row: number): string | undefined {
  if (store.layer(row, 0) !== ethernet) return undefined;
  l2TrackingId(endsOf(store, row));
  return hex64(hash.high, hash.low);
}

export function communityOf(store: FlowStore, row: number): string | undefined {
  const ends = endsOf(store, row);
  const { family, protocol } = ends;
  if (family !== 4 && family !== 6) return undefined;
  const [from, to] = isHiStarted(store, row) ? [ends.hi, ends.lo] : [ends.lo, ends.hi];
  if (isIcmp(store, row)) {
    const ports = icmpPorts(family, ends.icmpClass, ends.icmpCode);
    if (!ports) return undefined;
    return communityId({ family, protocol, from, to, fromPort: ports.from, toPort: ports.to }, ports.isOneWay);
  }
  // A fragment has no ports to be told by.
  const hasPorts = transportOf(store, row) !== undefined;
  if (transports[protocol] !== undefined && !hasPorts) return undefined;
  const [a, b] = endsInOrder(store, row);
  const [fromPort, toPort] = hasPorts ? [port(store, row, a), port(store, row, b)] : [0, 0];
  return communityId({ family, protocol, from, to, fromPort, toPort });
}

const scratch = { lo: new Uint8Array(16), hi: new Uint8Array(16), loMac: new Uint8Array(6), hiMac: new Uint8Array(6) };

/** Good until the next call. */
function endsOf(store: FlowStore, row: number): Ends {
  const { rows, ipv6 } = store;
  const family = store.family(row);
  const protocol = store.protocol(row);
  if (family === 4) {
    put32(scratch.lo, 0, rows.get(row, r.lo));
    put32(scratch.hi, 0, rows.get(row, r.hi));
  } else if (family === 6) {
    const at = rows.get(row, r.lo);
    for (let word = 0; word < 4; word++) {
      put32(scratch.lo, word * 4, ipv6.get(at, word));
      put32(scratch.hi, word * 4, ipv6.get(at, word + 4));
    }
  }
  const macs = rows.get(row, r.macs);
  scratch.loMac[0] = macs >>> 8;
  scratch.loMac[1] = macs;
  scratch.hiMac[0] = macs >>> 24;
  scratch.hiMac[1] = macs >>> 16;
  put32(scratch.loMac, 2, rows.get(row, r.macs + 1));
  put32(scratch.hiMac, 2, rows.get(row, r.macs + 2));
  const word = rows.get(row, r.ports);
  const isIcmpProtocol = protocol === protocols.icmp || protocol === protocols.icmpv6;
  const [loPort, hiPort] = isIcmpProtocol ? [0, 0] : [word & 0xffff, word >>> 16];
  return {
    family,
    protocol,
    lo: scratch.lo,
    hi: scratch.hi,
    loPort,
    hiPort,
    icmpClass: isIcmpProtocol ? word & 0xff : 0,
    icmpCode: isIcmpProtocol ? (word >>> 8) & 0xff : 0,
    icmpId: isIcmpProtocol ? word >>> 16 : 0,
    loMac: scratch.loMac,
    hiMac: scratch.hiMac,
    tunnelPort: tunnels.some((tunnel) => hasLayer(store, row, tunnel)) ? tunnelPort(loPort, hiPort) : 0,
    networkId: rareValue(store, row, rareRow.networkId),
  };
}

/** Source ports of a tunnel are above 49151 (RFC 7348 §5), so its own is the lower one that there is. */
function tunnelPort(loPort: number, hiPort: number): number {
  return loPort === 0 || hiPort === 0 ? loPort + hiPort : Math.min(loPort, hiPort);
}

function put32(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

function addFacts(flow: Draft, store: FlowStore, row: number, names: FlowNames): void {
  const tcp = store.rows.get(row, r.tcp);
  const [a, b] = isHiStarted(store, row) ? [1, 0] : ([0, 1] as const);
  const rttNs = rttOf(store, row);
  const smoothed = tcp === 0 ? 0 : store.tcp.get(tcp, tcpRow.smoothedRttNs);
  if (tcp !== 0) {
    const [ab, ba] = [store.tcp.get(tcp, tcpRow.retransmissions + a), store.tcp.get(tcp, tcpRow.retransmissions + b)];
    if (ab + ba > 0) flow.Retransmissions = { AB: ab, BA: ba };
    if (store.place(row).place.hasTcpMetric) {
      flow.TCPMetric = { ...tcpMetric(store, tcp, a, 'AB'), ...tcpMetric(store, tcp, b, 'BA') };
    }
  }
  if (transportOf(store, row) === 'TCP' && rttNs + smoothed > 0) {
    flow.RTT = { ...(rttNs > 0 && { Handshake: rttNs }), ...(smoothed > 0 && { Smoothed: smoothed }) };
  }
  const sampling = rareValue(store, row, rareRow.sampling);
  if (sampling > 1) flow.Sampling = sampling;
  const fragments = rareValue(store, row, rareRow.fragments);
  const errors = rareValue(store, row, rareRow.fragmentErrors);
  if (fragments + errors > 0) flow.IPMetric = { Fragments: fragments, FragmentErrors: errors };
  const drops = store.drops.get(row);
  if (drops)
    flow.Drops = Object.fromEntries([...drops].map(([reason, packets]) => [names.dropReason(reason), packets]));
}

function tcpMetric(store: FlowStore, at: number, end: number, prefix: 'AB' | 'BA'): Record<string, number | boolean> {
  const { tcp } = store;
  const ms = (float: number) => Math.floor(tcp.float(at, float + end));
  const [syn, fin, rst] = [ms(tcpRow.synF), ms(tcpRow.finF), ms(tcpRow.rstF)];
  return {
    [`${prefix}SynStart`]: syn,
    [`${prefix}SynTTL`]: (tcp.get(at, tcpRow.ttl) >>> (end * 8)) & 0xff,
    [`${prefix}FinStart`]: fin,
    [`${prefix}RstStart`]: rst,
    [`${prefix}SegmentOutOfOrder`]: tcp.get(at, tcpRow.outOfOrder + end),
    [`${prefix}SegmentSkipped`]: tcp.get(at, tcpRow.skipped + end),
    [`${prefix}SegmentSkippedBytes`]: ms(tcpRow.skippedBytesF),
    [`${prefix}Packets`]: tcp.get(at, tcpRow.segments + end),
    [`${prefix}Bytes`]: ms(tcpRow.payloadBytesF),
    [`${prefix}SawStart`]: syn > 0,
    [`${prefix}SawEnd`]: fin > 0 || rst > 0,
  };
}
