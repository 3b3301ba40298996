/** Flow of relay.proto, written and read by hand: flows are most of what is told, and a batch has thousands. */
import type { Both } from '../../flow/ends.ts';
import type { Endpoints, Flow, FlowMetric } from '../../flow/flow.ts';
import { objectFromJson, toJson } from './json.ts';
import type { NamesRead, NamesWritten } from './names.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

export function writeFlow(to: Writer, flow: Flow, names: NamesWritten): void {
  to.text(1, flow.UUID);
  to.text(2, flow.TrackingID);
  to.uint(3, names.of(flow.L3TrackingID));
  if (flow.L2TrackingID !== undefined) to.text(4, flow.L2TrackingID, true);
  if (flow.CommunityID !== undefined) to.text(5, flow.CommunityID, true);
  to.uint(6, names.of(flow.LayersPath));
  to.uint(7, names.of(flow.Application));
  if (flow.Link) writeEndpoints(to, 8, flow.Link, names);
  if (flow.Network) writeEndpoints(to, 9, flow.Network, names);
  if (flow.Transport) writePorts(to, 10, flow.Transport, names);
  writeMetric(to, 11, flow.Metric);
  if (flow.LastUpdateMetric) writeMetric(to, 12, flow.LastUpdateMetric);
  to.double(13, flow.Start);
  to.double(14, flow.Last);
  to.uint(15, names.of(flow.NodeTID));
  to.uint(32, names.of(flow.CaptureID));
  to.text(33, flow.ParentUUID);
  to.double(34, flow.RawPacketsCaptured);
  if (flow.FinishType !== undefined) to.double(35, flow.FinishType, true);
  if (flow.Sampling !== undefined) to.double(36, flow.Sampling, true);
  writeRare(to, flow);
  writeMore(to, flow);
}

/** The reader stands at the beginning of the flow, and then at its end. */
export function readFlow(from: Reader, names: NamesRead): Flow {
  const flow: Mutable<Flow> = {
    UUID: '',
    ParentUUID: '',
    TrackingID: '',
    L3TrackingID: '',
    LayersPath: '',
    Application: '',
    Metric: NO_METRIC,
    Start: 0,
    Last: 0,
    NodeTID: '',
    CaptureID: '',
    RawPacketsCaptured: 0,
  };
  for (let field = from.field(); field !== 0; field = from.field()) {
    switch (field) {
      case 1:
        flow.UUID = from.text();
        break;
      case 2:
        flow.TrackingID = from.text();
        break;
      case 3:
        flow.L3TrackingID = names.at(from);
        break;
      case 4:
        flow.L2TrackingID = from.text();
        break;
      case 5:
        flow.CommunityID = from.text();
        break;
      case 6:
        flow.LayersPath = names.at(from);
        break;
      case 7:
        flow.Application = names.at(from);
        break;
      case 8:
        flow.Link = readEndpoints(from, names) as NonNullable<Flow['Link']>;
        break;
      case 9:
        flow.Network = readEndpoints(from, names) as NonNullable<Flow['Network']>;
        break;
      case 10:
        flow.Transport = readPorts(from, names) as NonNullable<Flow['Transport']>;
        break;
      case 11:
        flow.Metric = readMetric(from);
        break;
      case 12:
        flow.LastUpdateMetric = readMetric(from);
        break;
      case 13:
        flow.Start = from.double();
        break;
      case 14:
        flow.Last = from.double();
        break;
      case 15:
        flow.NodeTID = names.at(from);
        break;
      case 32:
        flow.CaptureID = names.at(from);
        break;
      case 33:
        flow.ParentUUID = from.text();
        break;
      case 34:
        flow.RawPacketsCaptured = from.double();
        break;
      case 35:
        flow.FinishType = from.double();
        break;
      case 36:
        flow.Sampling = from.double();
        break;
      default:
        readRare(from, flow, field);
    }
  }
  // The same object for all of them while it is read; nobody shares it after.
  if (flow.Metric === NO_METRIC) flow.Metric = { ...NO_METRIC };
  return flow;
}

function writeEndpoints(to: Writer, field: number, ends: Endpoints<string, string>, names: NamesWritten): void {
  const start = to.begin(field);
  to.uint(1, names.of(ends.Protocol));
  to.uint(2, names.of(ends.A));
  to.uint(3, names.of(ends.B));
  to.double(4, ends.ID);
  to.end(start);
}

function readEndpoints(from: Reader, names: NamesRead): Endpoints<string, string> {
  const end = from.enter();
  let [Protocol, A, B, ID] = ['', '', '', 0];
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field === 1) Protocol = names.at(from);
    else if (field === 2) A = names.at(from);
    else if (field === 3) B = names.at(from);
    else if (field === 4) ID = from.double();
    else from.skip();
  }
  from.leave(end);
  return { Protocol, A, B, ID };
}

function writePorts(to: Writer, field: number, ends: Endpoints<string, number>, names: NamesWritten): void {
  const start = to.begin(field);
  to.uint(1, names.of(ends.Protocol));
  to.double(2, ends.A);
  to.double(3, ends.B);
  to.double(4, ends.ID);
  to.end(start);
}

function readPorts(from: Reader, names: NamesRead): Endpoints<string, number> {
  const end = from.enter();
  let [Protocol, A, B, ID] = ['', 0, 0, 0];
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field === 1) Protocol = names.at(from);
    else if (field === 2) A = from.double();
    else if (field === 3) B = from.double();
    else if (field === 4) ID = from.double();
    else from.skip();
  }
  from.leave(end);
  return { Protocol, A, B, ID };
}

function writeMetric(to: Writer, field: number, metric: FlowMetric): void {
  const start = to.begin(field);
  to.double(1, metric.ABPackets);
  to.double(2, metric.ABBytes);
  to.double(3, metric.BAPackets);
  to.double(4, metric.BABytes);
  to.double(5, metric.Start);
  to.double(6, metric.Last);
  if (metric.RTT !== undefined) to.double(7, metric.RTT, true);
  to.end(start);
}

function readMetric(from: Reader): FlowMetric {
  const end = from.enter();
  let [ABPackets, ABBytes, BAPackets, BABytes, Start, Last] = [0, 0, 0, 0, 0, 0];
  let RTT: number | undefined;
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field === 1) ABPackets = from.double();
    else if (field === 2) ABBytes = from.double();
    else if (field === 3) BAPackets = from.double();
    else if (field === 4) BABytes = from.double();
    else if (field === 5) Start = from.double();
    else if (field === 6) Last = from.double();
    else if (field === 7) RTT = from.double();
    else from.skip();
  }
  from.leave(end);
  if (RTT === undefined) return { ABPackets, ABBytes, BAPackets, BABytes, Start, Last };
  return { ABPackets, ABBytes, BAPackets, BABytes, Start, Last, RTT };
}

function writeRare(to: Writer, flow: Flow): void {
  if (flow.ICMP) {
    const start = to.begin(37);
    to.text(1, flow.ICMP.Type);
    to.double(2, flow.ICMP.Code);
    to.double(3, flow.ICMP.ID);
    to.end(start);
  }
  if (flow.RTT) writeNumbers(to, 38, flow.RTT.Handshake, flow.RTT.Smoothed);
  if (flow.Retransmissions) writeNumbers(to, 39, flow.Retransmissions.AB, flow.Retransmissions.BA);
  if (flow.Process) writeTexts(to, 40, flow.Process);
  if (flow.Pid) writeNumbers(to, 41, flow.Pid.A, flow.Pid.B);
  if (flow.ContainerID) writeTexts(to, 42, flow.ContainerID);
  if (flow.Service !== undefined) to.text(43, flow.Service, true);
}

function readRare(from: Reader, flow: Mutable<Flow>, field: number): void {
  if (field === 37) flow.ICMP = readIcmp(from);
  else if (field === 38) {
    const [Handshake, Smoothed] = readNumbers(from);
    flow.RTT = { ...(Handshake !== undefined && { Handshake }), ...(Smoothed !== undefined && { Smoothed }) };
  } else if (field === 39) {
    const [AB = 0, BA = 0] = readNumbers(from);
    flow.Retransmissions = { AB, BA };
  } else if (field === 40) flow.Process = readTexts(from);
  else if (field === 41) flow.Pid = both(...readNumbers(from));
  else if (field === 42) flow.ContainerID = readTexts(from);
  else if (field === 43) flow.Service = from.text();
  else if (field === 44) {
    const { at } = from;
    const more = objectFromJson(from.bytes(), at) as Mutable<Flow>;
    for (const name of MORE) if (Object.hasOwn(more, name)) Object.assign(flow, { [name]: more[name] });
  } else from.skip();
}

function readIcmp(from: Reader): NonNullable<Flow['ICMP']> {
  const end = from.enter();
  let [Type, Code, ID] = ['', 0, 0];
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field === 1) Type = from.text();
    else if (field === 2) Code = from.double();
    else if (field === 3) ID = from.double();
    else from.skip();
  }
  from.leave(end);
  return { Type, Code, ID };
}

function writeNumbers(to: Writer, field: number, a: number | undefined, b: number | undefined): void {
  const start = to.begin(field);
  if (a !== undefined) to.double(1, a, true);
  if (b !== undefined) to.double(2, b, true);
  to.end(start);
}

function readNumbers(from: Reader): [number | undefined, number | undefined] {
  const end = from.enter();
  let a: number | undefined;
  let b: number | undefined;
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field === 1) a = from.double();
    else if (field === 2) b = from.double();
    else from.skip();
  }
  from.leave(end);
  return [a, b];
}

function writeTexts(to: Writer, field: number, { A, B }: Both<string>): void {
  const start = to.begin(field);
  if (A !== undefined) to.text(1, A, true);
  if (B !== undefined) to.text(2, B, true);
  to.end(start);
}

function readTexts(from: Reader): Both<string> {
  const end = from.enter();
  let a: string | undefined;
  let b: string | undefined;
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field === 1) a = from.text();
    else if (field === 2) b = from.text();
    else from.skip();
  }
  from.leave(end);
  return both(a, b);
}

function both<T>(A: T | undefined, B: T | undefined): Both<T> {
  return { ...(A !== undefined && { A }), ...(B !== undefined && { B }) };
}

function writeMore(to: Writer, flow: Flow): void {
  let more: Record<string, unknown> | undefined;
  for (const name of MORE) {
    const value = flow[name];
    if (value === undefined) continue;
    more ??= {};
    more[name] = value;
  }
  if (more) to.bytes(44, toJson(more));
}

const MORE = ['DNS', 'DHCPv4', 'VRRPv2', 'TLS', 'HTTP', 'TCPMetric', 'IPMetric', 'Drops', 'NAT'] as const;

const NO_METRIC: FlowMetric = { ABPackets: 0, ABBytes: 0, BAPackets: 0, BABytes: 0, Start: 0, Last: 0 };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
