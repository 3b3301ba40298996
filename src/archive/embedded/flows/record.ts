/**
 * A flow as a row: what is searched for in columns, all else in three runs of bytes. `details` has what nearly every
 * flow has, number by number; `newest` is what its last update added; `more` is JSON, for what few have.
 */
import type { Endpoints, Flow, FlowMetric } from '../../../flow/flow.ts';
import { type Address, addressText, macNumber, macText } from './address.ts';
import { ByteReader, type ByteWriter } from './bytes.ts';

/** Where each field lies. One that is added to Flow and has no place here is an error of types. */
const PLACES: Record<keyof Flow, 'column' | 'details' | 'newest' | 'more'> = {
  UUID: 'column',
  TrackingID: 'column',
  LayersPath: 'column',
  Application: 'column',
  NodeTID: 'column',
  CaptureID: 'column',
  Start: 'column',
  Last: 'column',
  ParentUUID: 'details',
  L3TrackingID: 'details',
  L2TrackingID: 'details',
  CommunityID: 'details',
  Link: 'details',
  // Their addresses and ports are columns.
  Network: 'details',
  Transport: 'details',
  ICMP: 'details',
  Metric: 'details',
  RawPacketsCaptured: 'details',
  FinishType: 'details',
  Retransmissions: 'details',
  RTT: 'details',
  Sampling: 'details',
  LastUpdateMetric: 'newest',
  DNS: 'more',
  DHCPv4: 'more',
  VRRPv2: 'more',
  TLS: 'more',
  HTTP: 'more',
  TCPMetric: 'more',
  IPMetric: 'more',
  Drops: 'more',
  Process: 'more',
  Pid: 'more',
  ContainerID: 'more',
  Service: 'more',
  NAT: 'more',
};
const MORE = (Object.keys(PLACES) as (keyof Flow)[]).filter((name) => PLACES[name] === 'more');

const LINK = ['ETHERNET'] as const;
const NETWORK = ['IPV4', 'IPV6'] as const;
const TRANSPORT = ['TCP', 'UDP', 'SCTP'] as const;

const HAS = {
  parent: 1,
  l3: 1 << 1,
  l2: 1 << 2,
  community: 1 << 3,
  link: 1 << 4,
  network: 1 << 5,
  transport: 1 << 6,
  icmp: 1 << 7,
  finish: 1 << 8,
  retransmissions: 1 << 9,
  rtt: 1 << 10,
  sampling: 1 << 11,
  rawPackets: 1 << 12,
} as const;

/** The columns beside the three runs of bytes. */
export interface FlowColumns {
  readonly uuid: string;
  readonly tracking: string;
  readonly start: number;
  readonly last: number;
  readonly node: string;
  readonly capture: string;
  readonly layers: string;
  readonly application: string;
  readonly a: Address | undefined;
  readonly b: Address | undefined;
  readonly aPort: number | undefined;
  readonly bPort: number | undefined;
}

export function writeDetails(flow: Flow, into: ByteWriter): void {
  const { Link, Network, Transport, ICMP, Retransmissions, RTT } = flow;
  into.number(
    (flow.ParentUUID === '' ? 0 : HAS.parent) |
      (flow.L3TrackingID === flow.TrackingID ? 0 : HAS.l3) |
      (flow.L2TrackingID === undefined ? 0 : HAS.l2) |
      (flow.CommunityID === undefined ? 0 : HAS.community) |
      (Link ? HAS.link : 0) |
      (Network ? HAS.network : 0) |
      (Transport ? HAS.transport : 0) |
      (ICMP ? HAS.icmp : 0) |
      (flow.FinishType === undefined ? 0 : HAS.finish) |
      (Retransmissions ? HAS.retransmissions : 0) |
      (RTT ? HAS.rtt : 0) |
      (flow.Sampling === undefined ? 0 : HAS.sampling) |
      (flow.RawPacketsCaptured === 0 ? 0 : HAS.rawPackets),
  );
  if (flow.ParentUUID !== '') into.id(flow.ParentUUID);
  if (flow.L3TrackingID !== flow.TrackingID) into.id(flow.L3TrackingID);
  if (flow.L2TrackingID !== undefined) into.id(flow.L2TrackingID);
  if (flow.CommunityID !== undefined) writeCommunity(flow.CommunityID, into);
  if (Link) {
    writeMac(Link.A, into);
    writeMac(Link.B, into);
    into.number(Link.ID);
  }
  if (Network) writeEnd(NETWORK.indexOf(Network.Protocol), Network.ID, into);
  if (Transport) writeEnd(TRANSPORT.indexOf(Transport.Protocol), Transport.ID, into);
  if (ICMP) {
    into.text(ICMP.Type);
    into.number(ICMP.Code);
    into.number(ICMP.ID);
  }
  if (flow.FinishType !== undefined) into.number(flow.FinishType);
  if (Retransmissions) {
    into.number(Retransmissions.AB);
    into.number(Retransmissions.BA);
  }
  if (RTT) {
    into.number(RTT.Handshake === undefined ? 0 : RTT.Handshake + 1);
    into.number(RTT.Smoothed === undefined ? 0 : RTT.Smoothed + 1);
  }
  if (flow.Sampling !== undefined) into.number(flow.Sampling);
  if (flow.RawPacketsCaptured !== 0) into.number(flow.RawPacketsCaptured);
  writeMetric(flow.Metric, flow.Start, into);
}

/** Times are written as what lies between them and `origin`. */
export function writeMetric(metric: FlowMetric, origin: number, into: ByteWriter): void {
  into.number(metric.ABPackets);
  into.number(metric.ABBytes);
  into.number(metric.BAPackets);
  into.number(metric.BABytes);
  into.number(metric.Start - origin);
  into.number(metric.Last - metric.Start);
  into.number(metric.RTT === undefined ? 0 : metric.RTT + 1);
}

export function readMetric(from: ByteReader, origin: number): FlowMetric {
  const ABPackets = from.number();
  const ABBytes = from.number();
  const BAPackets = from.number();
  const BABytes = from.number();
  const Start = origin + from.number();
  const Last = Start + from.number();
  const rtt = from.number();
  const metric = { ABPackets, ABBytes, BAPackets, BABytes, Start, Last };
  return rtt === 0 ? metric : { ...metric, RTT: rtt - 1 };
}

/** JSON; undefined when there is nothing in it. */
export function moreOf(flow: Flow): string | undefined {
  let more: Record<string, unknown> | undefined;
  for (const name of MORE) {
    if (flow[name] === undefined) continue;
    more ??= {};
    more[name] = flow[name];
  }
  return more && JSON.stringify(more);
}

export function flowOf(
  columns: FlowColumns,
  details: Uint8Array,
  newest: Uint8Array | undefined,
  more: string | undefined,
): Flow {
  const { uuid, tracking, start, last } = columns;
  const from = new ByteReader(details);
  const has = from.number();
  const parent = has & HAS.parent ? from.id() : '';
  const l3 = has & HAS.l3 ? from.id() : tracking;
  return {
    UUID: uuid,
    ParentUUID: parent,
    TrackingID: tracking,
    L3TrackingID: l3,
    ...(has & HAS.l2 && { L2TrackingID: from.id() }),
    ...(has & HAS.community && { CommunityID: readCommunity(from) }),
    LayersPath: columns.layers,
    Application: columns.application,
    ...(has & HAS.link && { Link: { Protocol: LINK[0], A: readMac(from), B: readMac(from), ID: from.number() } }),
    ...(has & HAS.network && { Network: readEnd(NETWORK, textOf(columns.a), textOf(columns.b), from) }),
    ...(has & HAS.transport && { Transport: readEnd(TRANSPORT, columns.aPort ?? 0, columns.bPort ?? 0, from) }),
    ...(has & HAS.icmp && { ICMP: { Type: from.text(), Code: from.number(), ID: from.number() } }),
    ...(has & HAS.finish && { FinishType: from.number() }),
    ...(has & HAS.retransmissions && { Retransmissions: { AB: from.number(), BA: from.number() } }),
    ...(has & HAS.rtt && { RTT: readRtt(from) }),
    ...(has & HAS.sampling && { Sampling: from.number() }),
    RawPacketsCaptured: has & HAS.rawPackets ? from.number() : 0,
    Metric: readMetric(from, start),
    ...(newest && { LastUpdateMetric: readMetric(new ByteReader(newest), 0) }),
    Start: start,
    Last: last,
    NodeTID: columns.node,
    CaptureID: columns.capture,
    ...(more !== undefined && (JSON.parse(more) as Partial<Flow>)),
  };
}

function readRtt(from: ByteReader): { Handshake?: number; Smoothed?: number } {
  const [handshake, smoothed] = [from.number(), from.number()];
  return { ...(handshake > 0 && { Handshake: handshake - 1 }), ...(smoothed > 0 && { Smoothed: smoothed - 1 }) };
}

function writeEnd(protocol: number, id: number, into: ByteWriter): void {
  into.byte(protocol);
  into.number(id);
}

function readEnd<Protocol extends string, A>(
  protocols: readonly Protocol[],
  A: A,
  B: A,
  from: ByteReader,
): Endpoints<Protocol, A> {
  return { Protocol: protocols[from.byte()] as Protocol, A, B, ID: from.number() };
}

function textOf(address: Address | undefined): string {
  return address === undefined ? '' : addressText(address);
}

/** One more than the number, 0 before a text that is none. */
function writeMac(text: string, into: ByteWriter): void {
  const number = macNumber(text);
  into.number(number + 1);
  if (number < 0) into.text(text);
}

function readMac(from: ByteReader): string {
  const number = from.number();
  return number === 0 ? from.text() : macText(number - 1);
}

/** `1:` and 20 bytes in Base64, or, after a 0, a text that is something else. */
function writeCommunity(text: string, into: ByteWriter): void {
  const bytes = text.startsWith('1:') ? Buffer.from(text.slice(2), 'base64') : undefined;
  const isPlain = bytes?.length === 20 && text.length === 30;
  into.byte(isPlain ? 1 : 0);
  if (isPlain) into.raw(bytes);
  else into.text(text);
}

function readCommunity(from: ByteReader): string {
  if (from.byte() === 0) return from.text();
  return `1:${Buffer.from(from.raw(20)).toString('base64')}`;
}
