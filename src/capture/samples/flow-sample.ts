/** One sampled packet: its header, or what the agent made of it. */
import type { ByteReader } from '../../flow/application/byte-reader.ts';

export interface FlowSample {
  /** Of this source. */
  readonly sequence: number;
  /** What was sampled: an interface or another data source of the agent. */
  readonly source: string;
  /** One of so many packets. */
  readonly rate: number;
  /** Samples this source could not take, since it started. */
  readonly drops: number;
  readonly header: SampledHeader | undefined;
  readonly ip: SampledIp | undefined;
  readonly ethernet: SampledEthernet | undefined;
  readonly vlan: number | undefined;
}

export interface SampledHeader {
  /** LINKTYPE_ number. */
  readonly linkType: number;
  /** On the wire, from the first byte of the header on. */
  readonly length: number;
  readonly bytes: Uint8Array;
}

export interface SampledIp {
  readonly length: number;
  readonly protocol: number;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly fromPort: number;
  readonly toPort: number;
  readonly tcpFlags: number;
}

export interface SampledEthernet {
  readonly length: number;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly type: number;
}

const record = { header: 1, ethernet: 2, ipv4: 3, ipv6: 4, extendedSwitch: 1001 } as const;
/** Of one sample. */
const recordsMax = 64;

/** By header_protocol: ethernet_iso88023, PPP, IPv4, IPv6. */
const linkTypes: Readonly<Record<number, number>> = { 1: 1, 7: 9, 11: 101, 12: 101 };

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** As far as it goes; the reader is cut when that is not to its end. */
export function flowSample(body: ByteReader, isExpanded: boolean): FlowSample {
  const sequence = body.u32();
  const source = isExpanded ? `${body.u32()}/${body.u32()}` : compactSource(body.u32());
  const rate = body.u32();
  // How many packets could have been sampled.
  body.skip(4);
  const drops = body.u32();
  // Interfaces it came in and went out by.
  body.skip(isExpanded ? 16 : 8);
  const sample: Mutable<FlowSample> = {
    sequence,
    source,
    rate: Math.max(rate, 1),
    drops,
    header: undefined,
    ip: undefined,
    ethernet: undefined,
    vlan: undefined,
  };
  const count = Math.min(body.u32(), recordsMax);
  for (let i = 0; i < count && !body.isCut; i++) {
    const format = body.u32();
    const data = body.part(body.u32());
    if (body.isCut) break;
    if (format === record.header) sample.header = header(data);
    else if (format === record.ethernet) sample.ethernet = ethernet(data);
    else if (format === record.ipv4) sample.ip = ip(data, 4);
    else if (format === record.ipv6) sample.ip = ip(data, 16);
    else if (format === record.extendedSwitch) sample.vlan = data.u32();
    // What an agent cut short is no record, and no reason to distrust the others.
  }
  return sample;
}

/** Eight bits of type, then an index. */
export function compactSource(id: number): string {
  return `${id >>> 24}/${id & 0xff_ffff}`;
}

function header(data: ByteReader): SampledHeader | undefined {
  const linkType = linkTypes[data.u32()];
  const frameLength = data.u32();
  const stripped = data.u32();
  const bytes = data.take(data.u32());
  if (data.isCut || linkType === undefined || bytes.length === 0) return undefined;
  // What was taken away before (the checksum of the frame) is counted in its length.
  return { linkType, length: Math.max(frameLength - stripped, bytes.length), bytes };
}

/** MACs are padded to a multiple of four bytes. */
function ethernet(data: ByteReader): SampledEthernet | undefined {
  const length = data.u32();
  const from = data.take(6);
  data.skip(2);
  const to = data.take(6);
  data.skip(2);
  const type = data.u32();
  return data.isCut ? undefined : { length, from, to, type };
}

function ip(data: ByteReader, size: 4 | 16): SampledIp | undefined {
  const [length, protocol] = [data.u32(), data.u32() & 0xff];
  const [from, to] = [data.take(size), data.take(size)];
  const [fromPort, toPort, tcpFlags] = [data.u32() & 0xffff, data.u32() & 0xffff, data.u32() & 0xff];
  return data.isCut ? undefined : { length, protocol, from, to, fromPort, toPort, tcpFlags };
}
