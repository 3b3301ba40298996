/** Flow of relay.proto, written and read by hand: flows are most of what is told, and a batch has thousands. */
import type { Both } from '../../flow/ends.ts';
import type { Endpoints, Flow, FlowMetric } from '../../flow/flow.ts';
import { objectFromJson, toJson } from './json.ts';
import { readMeasures, writeMeasures } from './measures.ts';
import type { NamesRead, NamesWritten } from './names.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

export function writeFlow(to: Writer, flow: Flow, names: NamesWritten): void {
  to.id(1, 47, flow.UUID);
  to.id(2, 48, flow.TrackingID);
  if (flow.L3TrackingID !== flow.TrackingID) to.id(3, 49, flow.L3TrackingID, true);
  if (flow.L2TrackingID !== undefined) to.id(4, 50, flow.L2TrackingID, true);
  if (flow.CommunityID !== undefined) to.text(5, flow.CommunityID, true);
  to.uint(6, names.same(flow.LayersPath, PLACES.layersPath));
  to.uint(7, names.same(flow.Application, PLACES.application));
  if (flow.Link) writeEndpoints(to, 8, flow.Link, PLACES.link, names);
  if (flow.Network) writeEndpoints(to, 9, flow.Network, PLACES.network, names);
  if (flow.Transport) writePorts(to, 10, flow.Transport, names);
  writeMetric(to, 11, flow.Metric);
  if (flow.LastUpdateMetric) writeMetric(to, 12, flow.LastUpdateMetric);
  to.double(13, flow.Start);
  to.double(14, flow.Last);
  to.uint(15, names.same(flow.NodeTID, PLACES.node));
  to.uint(32, names.same(flow.CaptureID, PLACES.capture));
  if (flow.ParentUUID !== '') to.id(33, 51, flow.ParentUUID);
  to.double(34, flow.RawPacketsCaptured);
  if (flow.FinishType !== undefined) to.double(35, flow.FinishType, true);
  if (flow.Sampling !== undefined) to.double(36, flow.Sampling, true);
  if (flow.RTT) writeNumbers(to, 38, flow.RTT.Handshake, flow.RTT.Smoothed);
  if (flow.TCPMetric) writeMeasures(to, 45, flow.TCPMetric, names);
  writeRare(to, flow, names);
  writeMore(to, flow);
}

/** Names that are the same in most flows of a batch. */
const PLACES = { layersPath: 0, application: 1, node: 2, capture: 3, link: 4, network: 5, transport: 6 } as const;

/** The reader stands at the beginning of the flow, and then at its end. */
export function readFlow(from: Reader, names: NamesRead): Flow {
  let [UUID, ParentUUID, TrackingID] = ['', '', ''];
  let L3TrackingID: string | undefined;
  let [LayersPath, Application, NodeTID, CaptureID] = ['', '', '', ''];
  let [Start, Last, RawPacketsCaptured] = [0, 0, 0];
  let L2TrackingID: string | undefined;
  let CommunityID: string | undefined;
  let Link: Flow['Link'];
  let Network: Flow['Network'];
  let Transport: Flow['Transport'];
  let Metric: FlowMetric | undefined;
  let LastUpdateMetric: FlowMetric | undefined;
  let FinishType: number | undefined;
  let RTT: Flow['RTT'];
  let rare: Mutable<Partial<Flow>> | undefined;
  for (let field = from.field(); field !== 0; field = from.field()) {
    switch (field) {
      case 1:
        UUID = from.id();
        break;
      case 2:
        TrackingID = from.id();
        break;
      case 3:
        L3TrackingID = from.id();
        break;
      case 4:
        L2TrackingID = from.id();
        break;
      case 5:
        CommunityID = from.text();
        break;
      case 6:
        LayersPath = names.at(from);
        break;
      case 7:
        Application = names.at(from);
        break;
      case 8:
        Link = readEndpoints(from, names) as Flow['Link'];
        break;
      case 9:
        Network = readEndpoints(from, names) as Flow['Network'];
        break;
      case 10:
        Transport = readPorts(from, names) as Flow['Transport'];
        break;
      case 11:
        Metric = readMetric(from);
        break;
      case 12:
        LastUpdateMetric = readMetric(from);
        break;
      case 13:
        Start = from.double();
        break;
      case 14:
        Last = from.double();
        break;
      case 15:
        NodeTID = names.at(from);
        break;
      case 32:
        CaptureID = names.at(from);
        break;
      case 33:
        ParentUUID = from.id();
        break;
      case 34:
        RawPacketsCaptured = from.double();
        break;
      case 35:
        FinishType = from.double();
        break;
      case 38:
        RTT = readRtt(from);
        break;
      case 47:
        UUID = from.text();
        break;
      case 48:
        TrackingID = from.text();
        break;
      case 49:
        L3TrackingID = from.text();
        break;
      case 50:
        L2TrackingID = from.text();
        break;
      case 51:
        ParentUUID = from.text();
        break;
      default:
        rare ??= {};
        readRare(from, rare, field, names);
    }
  }
  L3TrackingID ??= TrackingID;
  Metric ??= { ABPackets: 0, ABBytes: 0, BAPackets: 0, BABytes: 0, Start: 0, Last: 0 };
  const always = L2TrackingID !== undefined && CommunityID !== undefined && Link && Network && Transport;
  // What most flows have is made at once, in one order: a property that is added later costs as much as ten of these.
  const flow: Mutable<Flow> =
    always && LastUpdateMetric
      ? {
          UUID,
          ParentUUID,
          TrackingID,
          L3TrackingID,
          L2TrackingID: L2TrackingID as string,
          CommunityID: CommunityID as string,
          LayersPath,
          Application,
          Link: Link as NonNullable<Flow['Link']>,
          Network: Network as NonNullable<Flow['Network']>,
          Transport: Transport as NonNullable<Flow['Transport']>,
          Metric,
          LastUpdateMetric,
          Start,
          Last,
          NodeTID,
          CaptureID,
          RawPacketsCaptured,
        }
      : {
          UUID,
          ParentUUID,
          TrackingID,
          L3TrackingID,
          LayersPath,
          Application,
          Metric,
          Start,
          Last,
          NodeTID,
          CaptureID,
          RawPacketsCaptured,
        };
  if (!always || !LastUpdateMetric) {
    if (L2TrackingID !== undefined) flow.L2TrackingID = L2TrackingID;
    if (CommunityID !== undefined) flow.CommunityID = CommunityID;
    if (Link) flow.Link = Link;
    if (Network) flow.Network = Network;
    if (Transport) flow.Transport = Transport;
    if (LastUpdateMetric) flow.LastUpdateMetric = LastUpdateMetric;
  }
  if (RTT) flow.RTT = RTT;
  if (FinishType !== undefined) flow.FinishType = FinishType;
  if (rare) Object.assign(flow, rare);
  return flow;
}

function writeEndpoints(
  to: Writer,
  field: number,
  ends: Endpoints<string, string>,
  place: number,
  names: NamesWritten,
): void {
  const start = to.begin(field, 1);
  to.uint(1, names.same(ends.Protocol, place));
  to.uint(2, names.of(ends.A));
  to.uint(3, names.of(ends.B));
  to.double(4, ends.ID);
  to.end(start, 1);
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
  const start = to.begin(field, 1);
  to.uint(1, names.same(ends.Protocol, PLACES.transport));
  to.double(2, ends.A);
  to.double(3, ends.B);
  to.double(4, ends.ID);
  to.end(start, 1);
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
  const { RTT } = metric;
  to.doubles(field, RTT === undefined ? 6 : 7);
  to.plainDouble(metric.ABPackets);
  to.plainDouble(metric.ABBytes);
  to.plainDouble(metric.BAPackets);
  to.plainDouble(metric.BABytes);
  to.plainDouble(metric.Start);
  to.plainDouble(metric.Last);
  if (RTT !== undefined) to.plainDouble(RTT);
}

function readMetric(from: Reader): FlowMetric {
  const end = from.enter();
  const ABPackets = from.plainDouble();
  const ABBytes = from.plainDouble();
  const BAPackets = from.plainDouble();
  const BABytes = from.plainDouble();
  const Start = from.plainDouble();
  const Last = from.plainDouble();
  const RTT = from.isAtEnd ? undefined : from.plainDouble();
  from.leave(end);
  if (RTT === undefined) return { ABPackets, ABBytes, BAPackets, BABytes, Start, Last };
  return { ABPackets, ABBytes, BAPackets, BABytes, Start, Last, RTT };
}

function writeRare(to: Writer, flow: Flow, names: NamesWritten): void {
  if (flow.ICMP) {
    const start = to.begin(37);
    to.text(1, flow.ICMP.Type);
    to.double(2, flow.ICMP.Code);
    to.double(3, flow.ICMP.ID);
    to.end(start);
  }
  if (flow.Retransmissions) writeNumbers(to, 39, flow.Retransmissions.AB, flow.Retransmissions.BA);
  if (flow.Process) writeTexts(to, 40, flow.Process);
  if (flow.Pid) writeNumbers(to, 41, flow.Pid.A, flow.Pid.B);
  if (flow.ContainerID) writeTexts(to, 42, flow.ContainerID);
  if (flow.Service !== undefined) to.text(43, flow.Service, true);
  if (flow.Drops) writeMeasures(to, 46, flow.Drops, names);
}

function readRtt(from: Reader): NonNullable<Flow['RTT']> {
  const [Handshake, Smoothed] = readNumbers(from);
  if (Handshake !== undefined && Smoothed !== undefined) return { Handshake, Smoothed };
  return { ...(Handshake !== undefined && { Handshake }), ...(Smoothed !== undefined && { Smoothed }) };
}

function readRare(from: Reader, flow: Mutable<Partial<Flow>>, field: number, names: NamesRead): void {
  if (field === 45) flow.TCPMetric = readMeasures(from, names);
  else if (field === 36) flow.Sampling = from.double();
  else if (field === 37) flow.ICMP = readIcmp(from);
  else if (field === 39) {
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
  } else if (field === 46) flow.Drops = readMeasures(from, names) as NonNullable<Flow['Drops']>;
  else from.skip();
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

const MORE = ['DNS', 'DHCPv4', 'VRRPv2', 'TLS', 'HTTP', 'IPMetric', 'NAT'] as const;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
