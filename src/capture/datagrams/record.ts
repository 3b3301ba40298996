/** One data record by its template: as a flow, or as what an options record says of its exporter. */
import type { ByteReader } from '../../flow/application/byte-reader.ts';
import { element as e } from './elements.ts';
import { type ExportedFlow, emptyFlow } from './exported-flow.ts';
import { sinceBoot } from './netflow5.ts';
import { type Template, variableLength } from './template.ts';

/** What a record's times and counters are relative to. */
export interface RecordContext {
  readonly exportMs: number;
  /** Of the exporter's boot to the export; undefined in IPFIX, which has systemInitMs instead. */
  readonly uptimeMs: number | undefined;
  readonly systemInitMs: number | undefined;
  readonly samplingOf: (sampler: number | undefined) => number;
}

export interface Options {
  readonly sampler: number | undefined;
  readonly sampling: number | undefined;
  readonly systemInitMs: number | undefined;
}

/** Numbers and bytes of a record, by element. */
export class DataRecord {
  readonly numbers = new Map<number, number>();
  readonly reverse = new Map<number, number>();
  readonly bytes = new Map<number, Uint8Array>();

  /** Reads one; the reader is cut when it was not all there. */
  constructor(template: Template, set: ByteReader) {
    for (const { id, length, kind } of template.fields) {
      const size = length === variableLength ? variable(set) : length;
      if (kind === 'foreign' || !understood.has(id)) set.skip(size);
      else if (kind === 'reverse') this.reverse.set(id, numberOf(set, size));
      else if (asBytes.has(id)) this.bytes.set(id, set.take(size));
      else this.numbers.set(id, numberOf(set, size));
    }
  }

  /** The first of these elements that is there. */
  first(...ids: readonly number[]): number | undefined {
    for (const id of ids) {
      const value = this.numbers.get(id);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  sized(id: number, length: number): Uint8Array | undefined {
    const value = this.bytes.get(id);
    return value?.length === length ? value : undefined;
  }
}

/** RFC 7011 §7. */
function variable(set: ByteReader): number {
  const short = set.u8();
  return short === 255 ? set.u16() : short;
}

/** None of those that we read is longer than eight bytes. */
function numberOf(set: ByteReader, size: number): number {
  if (size <= 8) return set.unsigned(size);
  set.skip(size);
  return 0;
}

const understood = new Set<number>(Object.values(e));
/** Addresses, and times and fractions that are no whole number. */
const asBytes = new Set<number>([
  ...[e.sourceIpv4, e.destinationIpv4, e.sourceIpv6, e.destinationIpv6],
  ...[e.sourceMac, e.destinationMac, e.postDestinationMac],
  ...[e.startMicroseconds, e.endMicroseconds, e.startNanoseconds, e.endNanoseconds, e.samplingProbability],
]);

export function optionsOf(record: DataRecord): Options {
  return {
    sampler: record.first(e.samplerId, e.selectorId),
    sampling: samplingOf(record),
    systemInitMs: record.first(e.systemInit),
  };
}

/** One of so many, however it is said (RFC 5477 §8.2); undefined when it is not. */
function samplingOf(record: DataRecord): number | undefined {
  const interval = record.first(e.samplingPacketInterval);
  if (interval) return rate((interval + (record.first(e.samplingPacketSpace) ?? 0)) / interval);
  const size = record.first(e.samplingSize);
  const population = record.first(e.samplingPopulation);
  if (size && population) return rate(population / size);
  const probability = record.sized(e.samplingProbability, 8);
  if (probability) return rate(1 / new DataView(probability.buffer, probability.byteOffset).getFloat64(0));
  return rate(record.first(e.samplingInterval, e.samplerRandomInterval));
}

function rate(value: number | undefined): number | undefined {
  return value !== undefined && value >= 1 && value <= 0xffff_ffff ? Math.round(value) : undefined;
}

/** Undefined when it says nothing of a conversation: no ends, or no packets either way. */
export function flowOf(record: DataRecord, context: RecordContext): ExportedFlow | undefined {
  const flow = emptyFlow(context.exportMs);
  ends(flow, record);
  counts(flow, record);
  if (!flow.from.ip && !flow.from.mac) return undefined;
  if (flow.sent.packets === 0 && !flow.received?.packets) return undefined;
  times(flow, record, context);
  flow.tcpFlags = (record.first(e.tcpFlags) ?? 0) & 0xff;
  flow.reverseTcpFlags = (record.reverse.get(e.tcpFlags) ?? 0) & 0xff;
  flow.sampling = samplingOf(record) ?? context.samplingOf(record.first(e.samplerId, e.selectorId));
  const direction = record.first(e.direction);
  flow.direction = direction === 0 ? 'ingress' : direction === 1 ? 'egress' : undefined;
  const biflow = record.first(e.biflowDirection);
  flow.startedBy = biflow === 1 ? 'from' : biflow === 2 ? 'to' : undefined;
  return flow;
}

function ends(flow: ExportedFlow, record: DataRecord): void {
  flow.protocol = record.first(e.protocol) ?? 0;
  const isV4 = record.sized(e.sourceIpv4, 4) !== undefined;
  const fromIp = record.sized(e.sourceIpv4, 4) ?? record.sized(e.sourceIpv6, 16);
  const toIp = isV4 ? record.sized(e.destinationIpv4, 4) : record.sized(e.destinationIpv6, 16);
  if (fromIp && toIp) [flow.from.ip, flow.to.ip] = [fromIp, toIp];
  const fromMac = record.sized(e.sourceMac, 6);
  // Many exporters have no other field for it than the one of what is sent on.
  const toMac = record.sized(e.destinationMac, 6) ?? record.sized(e.postDestinationMac, 6);
  if (fromMac && toMac) [flow.from.mac, flow.to.mac] = [fromMac, toMac];
  flow.etherType = record.first(e.etherType) ?? (flow.from.ip ? (isV4 ? 0x0800 : 0x86dd) : 0);
  const vlans = [record.first(e.dot1qVlan, e.vlan), record.first(e.dot1qCustomerVlan)];
  if (flow.from.mac) flow.vlans = vlans.filter((vlan) => vlan !== undefined && vlan !== 0) as number[];
  const fromPort = record.first(e.sourcePort, e.udpSourcePort, e.tcpSourcePort);
  const toPort = record.first(e.destinationPort, e.udpDestinationPort, e.tcpDestinationPort);
  const isIcmp = flow.protocol === 1 || flow.protocol === 58;
  if (isIcmp) flow.icmp = icmpOf(record, toPort);
  else [flow.from.port, flow.to.port] = [(fromPort ?? 0) & 0xffff, (toPort ?? 0) & 0xffff];
}

function icmpOf(record: DataRecord, port: number | undefined): ExportedFlow['icmp'] {
  const type = record.first(e.icmpTypeIpv4, e.icmpTypeIpv6);
  if (type !== undefined) return { type, code: record.first(e.icmpCodeIpv4, e.icmpCodeIpv6) ?? 0 };
  const both = record.first(e.icmpTypeCodeIpv4, e.icmpTypeCodeIpv6) ?? port;
  return both === undefined ? undefined : { type: (both >> 8) & 0xff, code: both & 0xff };
}

/** Totals are of records that are sent once, at the end of a flow; who sends them again and again has deltas too. */
function counts(flow: ExportedFlow, record: DataRecord): void {
  const linkBytes = flow.from.mac && record.first(e.layer2OctetDelta);
  flow.hasLinkBytes = linkBytes !== undefined;
  flow.sent = {
    packets: record.first(e.packetDelta, e.initiatorPackets, e.packetTotal) ?? 0,
    bytes: linkBytes ?? record.first(e.octetDelta, e.initiatorOctets, e.octetTotal) ?? 0,
  };
  const packets =
    record.reverse.get(e.packetDelta) ?? record.reverse.get(e.packetTotal) ?? record.first(e.responderPackets);
  const bytes = record.reverse.get(e.octetDelta) ?? record.reverse.get(e.octetTotal) ?? record.first(e.responderOctets);
  if (packets !== undefined) flow.received = { packets, bytes: bytes ?? 0 };
}

/** A clock that is off by more is not believed: the flow then is of the moment it was exported. */
const clockOffMaxMs = 30 * 86_400_000;

function times(flow: ExportedFlow, record: DataRecord, context: RecordContext): void {
  const { exportMs } = context;
  const start = moment(record, context, startElements);
  const end = moment(record, context, endElements);
  const duration = record.first(e.durationMs) ?? (record.first(e.durationUs) ?? 0) / 1_000;
  flow.startMs = believable(start ?? (end !== undefined ? end - duration : undefined), exportMs);
  flow.endMs = Math.max(
    believable(end ?? (start !== undefined ? start + duration : undefined), exportMs),
    flow.startMs,
  );
}

function believable(ms: number | undefined, exportMs: number): number {
  return ms !== undefined && Math.abs(exportMs - ms) <= clockOffMaxMs ? ms : exportMs;
}

interface TimeElements {
  readonly ms: number;
  readonly seconds: number;
  readonly ntp: readonly number[];
  readonly uptime: number;
  readonly delta: number;
}

const startElements: TimeElements = {
  ms: e.startMilliseconds,
  seconds: e.startSeconds,
  ntp: [e.startMicroseconds, e.startNanoseconds],
  uptime: e.startUptime,
  delta: e.startDeltaMicroseconds,
};

const endElements: TimeElements = {
  ms: e.endMilliseconds,
  seconds: e.endSeconds,
  ntp: [e.endMicroseconds, e.endNanoseconds],
  uptime: e.endUptime,
  delta: e.endDeltaMicroseconds,
};

function moment(record: DataRecord, context: RecordContext, which: TimeElements): number | undefined {
  const { exportMs, uptimeMs, systemInitMs } = context;
  const ms = record.first(which.ms);
  if (ms !== undefined) return ms;
  for (const id of which.ntp) {
    const bytes = record.sized(id, 8);
    if (bytes) return ntpMs(bytes);
  }
  const delta = record.first(which.delta);
  if (delta !== undefined) return exportMs - delta / 1_000;
  const seconds = record.first(which.seconds);
  if (seconds !== undefined) return seconds * 1_000;
  const uptime = record.first(which.uptime);
  if (uptime === undefined) return undefined;
  const sinceInitMs = uptimeMs ?? (systemInitMs === undefined ? undefined : exportMs - systemInitMs);
  return sinceInitMs === undefined ? undefined : sinceBoot(uptime, { exportMs, uptimeMs: sinceInitMs });
}

/** RFC 7011 §6.1.9: seconds since 1900 and their fraction. */
function ntpMs(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return (view.getUint32(0) - 2_208_988_800) * 1_000 + (view.getUint32(4) / 2 ** 32) * 1_000;
}
