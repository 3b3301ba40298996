/** Frames made by hand, from the inside out: ethernet(0x0800, ipv4(17, udp(1, 2, payload))). */

type Bytes = Uint8Array;

const MACS = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];

export const joined = (...parts: (Bytes | readonly number[])[]): Bytes =>
  Buffer.concat(parts.map((part) => Uint8Array.from(part)));
const half = (value: number) => [value >> 8, value & 255];
const word = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

export const ethernet = (type: number, inside: Bytes) => joined(MACS, half(type), inside);
export const tagged = (tags: readonly number[], type: number, inside: Bytes) =>
  joined(MACS, ...tags.map((tag) => [...half(0x8100), ...half(tag)]), half(type), inside);
/** `from` and `to`: the last 24 bits of addresses in 10/8. */
export const ipv4 = (protocol: number, inside: Bytes, { from = 1, to = 2, fragment = 0, options = 0 } = {}) =>
  joined(
    [0x45 + options, 0, ...half(20 + 4 * options + inside.length), 0, 7, ...half(fragment), 64, protocol, 0, 0],
    word(0x0a000000 | from),
    word(0x0a000000 | to),
    new Uint8Array(4 * options),
    inside,
  );
export const ipv6 = (next: number, inside: Bytes, { from = 1, to = 2 } = {}) =>
  joined(
    [0x60, 0, 0, 0, ...half(inside.length), next, 64],
    [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, ...word(from)],
    [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, ...word(to)],
    inside,
  );
export const udp = (from: number, to: number, payload: Bytes = new Uint8Array(10)) =>
  joined(half(from), half(to), half(8 + payload.length), [0, 0], payload);
export const tcp = (from: number, to: number, flags: number, payload: Bytes = new Uint8Array(0)) =>
  joined(half(from), half(to), word(1), word(1), [0x50, flags, 1, 0, 0, 0, 0, 0], payload);
export const icmp = (type: number, code: number, id: number) =>
  joined([type, code, 0, 0], half(id), [0, 1], new Uint8Array(20));
export const arp = (operation: number) => joined([0, 1, 8, 0, 6, 4], half(operation), new Uint8Array(20));
export const vxlan = (vni: number, inside: Bytes) => udp(40000, 4789, joined([8, 0, 0, 0], word(vni << 8), inside));
export const geneve = (vni: number, inside: Bytes) =>
  udp(40001, 6081, joined([1, 0, 0x65, 0x58], word(vni << 8), [0, 0, 0, 0], inside));
export const gre = (type: number, inside: Bytes, key?: number) =>
  key === undefined ? joined([0, 0], half(type), inside) : joined([0x20, 0], half(type), word(key), inside);
export const erspan = (inside: Bytes) => joined([0x10, 0, 0x88, 0xbe], word(1), [0x10, 5, 0, 9, 0, 0, 0, 0], inside);
export const mpls = (label: number, inside: Bytes) => joined(word((label << 12) | 0x140), inside);
