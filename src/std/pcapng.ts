/**
 * Capture files as they are written: pcapng (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html), little-endian,
 * times in nanoseconds. The blocks in their order are a file: a header, interfaces, then packets; an interface is named by
 * its number, from 0 on in the order they were written.
 */

export interface PcapngInterface {
  /** LINKTYPE_… */
  readonly linkType: number;
  /** Bytes kept of each packet at most; 0: all. */
  readonly snapLength: number;
  readonly name?: string;
  readonly description?: string;
  /** pcap syntax. */
  readonly filter?: string;
}

export interface PcapngPacket {
  /** Number of its interface. */
  readonly interface: number;
  /** Epoch. */
  readonly timestampNs: bigint;
  readonly data: Uint8Array;
  /** On the wire. */
  readonly length: number;
  readonly comment?: string;
}

/** The media type by which files of it are known. */
export const PCAPNG_TYPE = 'application/x-pcapng';

/** Section header block; `application` is who wrote it. */
export function pcapngHeader(application: string, comment?: string): Uint8Array {
  const options = [...textOption(OPTION.comment, comment), ...textOption(OPTION.application, application)];
  const { bytes, view, at } = block(BLOCK.section, 16, options);
  view.setUint32(at, BYTE_ORDER, LITTLE);
  view.setUint16(at + 4, 1, LITTLE);
  view.setBigInt64(at + 8, -1n, LITTLE); // length of the section: until the end
  return bytes;
}

/** Interface description block. */
export function pcapngInterface(described: PcapngInterface): Uint8Array {
  const { linkType, snapLength, name, description, filter } = described;
  const options = [
    ...textOption(OPTION.interfaceName, name),
    ...textOption(OPTION.interfaceDescription, description),
    ...(filter === undefined ? [] : [{ code: OPTION.filter, value: utf8(`\0${filter}`) }]), // 0: pcap syntax
    { code: OPTION.resolution, value: Uint8Array.of(NANOSECONDS) },
  ];
  const { bytes, view, at } = block(BLOCK.interface, 8, options);
  view.setUint16(at, linkType, LITTLE);
  view.setUint32(at + 4, snapLength, LITTLE);
  return bytes;
}

/** Enhanced packet block. */
export function pcapngPacket(packet: PcapngPacket): Uint8Array {
  const { timestampNs, data, length, comment } = packet;
  const { bytes, view, at } = block(BLOCK.packet, 20 + data.length, textOption(OPTION.comment, comment));
  view.setUint32(at, packet.interface, LITTLE);
  setTime(view, at + 4, timestampNs);
  view.setUint32(at + 12, data.length, LITTLE);
  view.setUint32(at + 16, length, LITTLE);
  bytes.set(data, at + 20);
  return bytes;
}

/** Totals of one interface since the beginning. */
export interface PcapngStatistics {
  readonly interface: number;
  /** Epoch. */
  readonly timestampNs: bigint;
  readonly received: number;
  /** Of those, what there was no room for. */
  readonly dropped: number;
  /** Of those, what was written. */
  readonly delivered: number;
}

/** Interface statistics block; a later one replaces an earlier one. */
export function pcapngStatistics(told: PcapngStatistics): Uint8Array {
  const { bytes, view, at } = block(BLOCK.statistics, 12, [
    countOption(OPTION.received, told.received),
    countOption(OPTION.osDropped, told.dropped),
    countOption(OPTION.delivered, told.delivered),
  ]);
  view.setUint32(at, told.interface, LITTLE);
  setTime(view, at + 4, told.timestampNs);
  return bytes;
}

const LITTLE = true;
const BYTE_ORDER = 0x1a2b3c4d;
const BLOCK = { section: 0x0a0d0d0a, interface: 1, statistics: 5, packet: 6 } as const;
const OPTION = {
  comment: 1,
  interfaceName: 2,
  interfaceDescription: 3,
  application: 4,
  resolution: 9,
  filter: 11,
  // Of statistics: isb_ifrecv, isb_osdrop, isb_usrdeliv.
  received: 4,
  osDropped: 7,
  delivered: 8,
} as const;
/** 10⁻⁹ s */
const NANOSECONDS = 9;
const BLOCK_HEAD = 8;
const OPTION_HEAD = 4;
const LENGTH_BYTES = 4;

interface Option {
  readonly code: number;
  readonly value: Uint8Array;
}

/** A block with its lengths and options; its own fields begin at `at`. */
function block(type: number, fieldBytes: number, options: readonly Option[]) {
  const optionBytes = options.reduce((sum, { value }) => sum + OPTION_HEAD + padded(value.length), 0);
  // The end of options is itself one, of length 0; where there is none, there is no end either.
  const ended = options.length > 0 ? optionBytes + OPTION_HEAD : 0;
  const size = BLOCK_HEAD + padded(fieldBytes) + ended + LENGTH_BYTES;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, LITTLE);
  view.setUint32(4, size, LITTLE);
  view.setUint32(size - LENGTH_BYTES, size, LITTLE);
  let at = BLOCK_HEAD + padded(fieldBytes);
  for (const { code, value } of options) {
    view.setUint16(at, code, LITTLE);
    view.setUint16(at + 2, value.length, LITTLE);
    bytes.set(value, at + OPTION_HEAD);
    at += OPTION_HEAD + padded(value.length);
  }
  return { bytes, view, at: BLOCK_HEAD };
}

/** An option counts its length in 16 bits: a longer text is cut. */
function textOption(code: number, text: string | undefined): Option[] {
  return text === undefined ? [] : [{ code, value: utf8(text).subarray(0, 0xffff) }];
}

function countOption(code: number, count: number): Option {
  const value = new Uint8Array(8);
  new DataView(value.buffer).setBigUint64(0, BigInt(Math.trunc(count)), LITTLE);
  return { code, value };
}

/** The upper half comes first, whatever the order of bytes. */
function setTime(view: DataView, at: number, timestampNs: bigint): void {
  view.setUint32(at, Number(BigInt.asUintN(32, timestampNs >> 32n)), LITTLE);
  view.setUint32(at + 4, Number(BigInt.asUintN(32, timestampNs)), LITTLE);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function padded(size: number): number {
  return (size + 3) & ~3;
}
