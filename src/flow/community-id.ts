/** Community ID v1, seed 0 (https://github.com/corelight/community-id-spec): the name of a conversation that others use too. */
import { Sha1 } from './sha1.ts';

/** From initiator to the other end. ICMP: `class` of icmpTypes. */
export interface Tuple {
  readonly family: 4 | 6;
  /** IP protocol number. */
  readonly protocol: number;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly fromPort: number;
  readonly toPort: number;
}

/** Ports of ICMP: type of what the first sends and the type that answers it, or type and code where nothing does. */
export function icmpPorts(
  family: 4 | 6,
  icmpClass: number,
  code: number,
): { readonly from: number; readonly to: number; readonly isOneWay: boolean } | undefined {
  const pair = (family === 4 ? pairs4 : pairs6)[icmpClass];
  if (pair) return { from: pair[0], to: pair[1], isOneWay: false };
  const type = (family === 4 ? oneWay4 : oneWay6)[icmpClass];
  return type === undefined ? undefined : { from: type, to: code, isOneWay: true };
}

export function communityId(tuple: Tuple, isOneWay = false): string {
  const size = tuple.family === 4 ? 4 : 16;
  const isOrdered = isOneWay || isInOrder(tuple, size);
  const [first, second] = isOrdered ? [tuple.from, tuple.to] : [tuple.to, tuple.from];
  const [firstPort, secondPort] = isOrdered ? [tuple.fromPort, tuple.toPort] : [tuple.toPort, tuple.fromPort];
  // The seed, two bytes, is 0.
  input[0] = input[1] = 0;
  for (let i = 0; i < size; i++) {
    input[2 + i] = first[i] as number;
    input[2 + size + i] = second[i] as number;
  }
  let at = 2 + size * 2;
  input[at++] = tuple.protocol;
  input[at++] = 0;
  if (hasPorts.has(tuple.protocol)) {
    input[at++] = firstPort >>> 8;
    input[at++] = firstPort;
    input[at++] = secondPort >>> 8;
    input[at++] = secondPort;
  }
  return `1:${base64(sha1.digest(input, at))}`;
}

const input = new Uint8Array(40);
const sha1 = new Sha1();
const hasPorts = new Set([1, 6, 17, 58, 132]);

/** By class: what asks and what answers. */
const pairs4: Readonly<Record<number, readonly [number, number]>> = {
  2: [8, 0],
  4: [17, 18],
  5: [15, 16],
  8: [10, 9],
  11: [13, 14],
};
const pairs6: Readonly<Record<number, readonly [number, number]>> = { 2: [128, 129], 3: [135, 136], 8: [133, 134] };

/** By class: what nothing answers. */
const oneWay4: Readonly<Record<number, number>> = { 1: 3, 6: 12, 7: 5, 9: 4, 10: 11 };
const oneWay6: Readonly<Record<number, number>> = { 1: 1, 6: 4, 7: 137, 10: 3, 12: 2 };

function isInOrder({ from, to, fromPort, toPort }: Tuple, size: number): boolean {
  for (let i = 0; i < size; i++) {
    const difference = (from[i] as number) - (to[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return fromPort <= toPort;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i] as number, bytes[i + 1], bytes[i + 2]];
    text += alphabet[a >>> 2];
    text += alphabet[((a & 3) << 4) | ((b ?? 0) >>> 4)];
    text += b === undefined ? '=' : alphabet[((b & 15) << 2) | ((c ?? 0) >>> 6)];
    text += c === undefined ? '=' : alphabet[c & 63];
  }
  return text;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
