/** From a row to the flow that queries and clients see. */
import type { Flow } from './flow.ts';
import { row as r, rareRow, tcpRow } from './row.ts';
import { endsOf } from './row-ends.ts';
import { communityOf, l2TrackingOf } from './row-ids.ts';
import { lastUpdate, rttOf, totals } from './row-metric.ts';
import {
  applicationName,
  type FlowNames,
  finishType,
  icmpOf,
  idOf,
  isHiStarted,
  isIcmp,
  layersPath,
  linkOf,
  networkOf,
  rareValue,
  transportEnds,
  transportOf,
} from './row-values.ts';
import type { FlowStore } from './store.ts';
import { parentUuid } from './tunnels.ts';

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
  const ends = endsOf(store, row);
  if (ends) Object.assign(flow, ends);
  return flow;
}

const layerKeys = new Set(['DNS', 'DHCPv4', 'VRRPv2', 'TLS', 'HTTP']);
const alwaysShown = new Set(['TLS', 'HTTP']);

function addIds(flow: Draft, store: FlowStore, row: number): void {
  const l2 = l2TrackingOf(store, row);
  if (l2 !== undefined) flow.L2TrackingID = l2;
  const community = communityOf(store, row);
  if (community !== undefined) flow.CommunityID = community;
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
