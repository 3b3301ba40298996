/** Frames made by hand, layer by layer: each function puts its header in front of what it carries. */

export type Bytes = readonly number[];

export const macA = [0x02, 0, 0, 0, 0, 0x0a];
export const macB = [0x02, 0, 0, 0, 0, 0x0b];
export const ipA = [10, 0, 0, 1];
export const ipB = [10, 0, 0, 2];
export const ip6A = [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
export const ip6B = [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];

export const u16 = (value: number): number[] => [(value >> 8) & 255, value & 255];
export const u24 = (value: number): number[] => [(value >> 16) & 255, ...u16(value)];
export const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value)];
export const text = (value: string): number[] => [...Buffer.from(value)];

export const hex = (bytes: Bytes): string => Buffer.from(bytes).toString('hex');

/** `from` and `to` in the order of sending, not of the wire. */
interface Way<End> {
  readonly from?: End;
  readonly to?: End;
}

export const ethernet = (type: number, payload: Bytes, { from = macA, to = macB }: Way<Bytes> = {}): number[] => [
  ...to,
  ...from,
  ...u16(type),
  ...payload,
];

export const vlan = (tag: number, type: number, payload: Bytes): number[] => [...u16(tag), ...u16(type), ...payload];

interface Ipv4 extends Way<Bytes> {
  readonly options?: Bytes;
  readonly id?: number;
  /** Bytes. */
  readonly offset?: number;
  readonly isMore?: boolean;
  readonly ttl?: number;
  readonly total?: number;
}

export const ipv4 = (protocol: number, payload: Bytes, given: Ipv4 = {}): number[] => {
  const { from = ipA, to = ipB, options = [], id = 1, offset = 0, isMore = false, ttl = 64 } = given;
  const header = 20 + options.length;
  return [
    0x40 | (header / 4),
    0,
    ...u16(given.total ?? header + payload.length),
    ...u16(id),
    ...u16((isMore ? 0x2000 : 0) | (offset / 8)),
    ttl,
    protocol,
    0,
    0,
    ...from,
    ...to,
    ...options,
    ...payload,
  ];
};

export const ipv6 = (next: number, payload: Bytes, { from = ip6A, to = ip6B }: Way<Bytes> = {}): number[] => [
  0x60,
  0,
  0,
  0,
  ...u16(payload.length),
  next,
  64,
  ...from,
  ...to,
  ...payload,
];

/** Hop-by-hop, destination options…: `bytes` of it, a multiple of 8. */
export const extension = (next: number, payload: Bytes, bytes = 8): number[] => [
  next,
  bytes / 8 - 1,
  ...Array<number>(bytes - 2).fill(0),
  ...payload,
];

export const fragment6 = (
  next: number,
  payload: Bytes,
  { id = 1, offset = 0, isMore = false }: { id?: number; offset?: number; isMore?: boolean },
): number[] => [next, 0, ...u16(offset | (isMore ? 1 : 0)), ...u32(id), ...payload];

export const udp = (payload: Bytes, { from = 1000, to = 2000 }: Way<number> = {}): number[] => [
  ...u16(from),
  ...u16(to),
  ...u16(8 + payload.length),
  0,
  0,
  ...payload,
];

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const ACK = 16;

interface Tcp extends Way<number> {
  readonly flags?: number;
  readonly sequence?: number;
  readonly acknowledged?: number;
  readonly options?: Bytes;
}

export const tcp = (payload: Bytes = [], given: Tcp = {}): number[] => {
  const { from = 1000, to = 2000, flags = ACK, sequence = 0, acknowledged = 0, options = [] } = given;
  return [
    ...u16(from),
    ...u16(to),
    ...u32(sequence),
    ...u32(acknowledged),
    (5 + options.length / 4) << 4,
    flags,
    0xff,
    0xff,
    0,
    0,
    0,
    0,
    ...options,
    ...payload,
  ];
};

export const sctp = ({ from = 1000, to = 2000 }: Way<number> = {}): number[] => [
  ...u16(from),
  ...u16(to),
  ...u32(1),
  ...u32(0),
];

export const icmp = (type: number, { code = 0, id = 7, sequence = 1 } = {}): number[] => [
  type,
  code,
  0,
  0,
  ...u16(id),
  ...u16(sequence),
  ...text('ping'),
];

export const arp = (operation: number): number[] => [
  ...u16(1),
  ...u16(0x0800),
  6,
  4,
  ...u16(operation),
  ...macA,
  ...ipA,
  ...macB,
  ...ipB,
];

export const vxlan = (networkId: number, payload: Bytes): number[] => [8, 0, 0, 0, ...u24(networkId), 0, ...payload];

export const geneve = (networkId: number, type: number, payload: Bytes, options: Bytes = []): number[] => [
  options.length / 4,
  0,
  ...u16(type),
  ...u24(networkId),
  0,
  ...options,
  ...payload,
];

interface Gre {
  readonly key?: number;
  readonly sequence?: number;
  readonly hasChecksum?: boolean;
}

export const gre = (type: number, payload: Bytes, { key, sequence, hasChecksum = false }: Gre = {}): number[] => [
  ...u16((hasChecksum ? 0x8000 : 0) | (key !== undefined ? 0x2000 : 0) | (sequence !== undefined ? 0x1000 : 0)),
  ...u16(type),
  ...(hasChecksum ? u32(0) : []),
  ...(key !== undefined ? u32(key) : []),
  ...(sequence !== undefined ? u32(sequence) : []),
  ...payload,
];

export const erspan2 = (session: number, payload: Bytes): number[] => [0x10, 0, ...u16(session), ...u32(0), ...payload];

/** With `hasPlatform` eight more bytes. */
export const erspan3 = (session: number, payload: Bytes, hasPlatform = false): number[] => [
  0x20,
  0,
  ...u16(session),
  ...u32(0),
  ...u16(0),
  0,
  hasPlatform ? 1 : 0,
  ...(hasPlatform ? [...u32(0), ...u32(0)] : []),
  ...payload,
];

/** The last label is at the bottom of the stack. */
export const mpls = (labels: readonly number[], payload: Bytes): number[] => [
  ...labels.flatMap((label, at) => [...u24((label << 4) | (at === labels.length - 1 ? 1 : 0)), 64]),
  ...payload,
];
