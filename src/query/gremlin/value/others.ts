/** The order of what has no place of its own in the order of values: within one type as Java compares it, else by name. */
import { Token, tokenNames } from './token.ts';
import { Binary, Duration, type GValue } from './value.ts';

export function compareOthers(a: GValue, b: GValue): number {
  if (a instanceof Duration && b instanceof Duration) return a.seconds - b.seconds || a.nanos - b.nanos;
  if (a instanceof Binary && b instanceof Binary) return compareBytes(a.bytes, b.bytes);
  if (a instanceof Token && b instanceof Token && a.type === b.type) return place(a) - place(b);
  return compareTexts(nameOf(a), nameOf(b));
}

/** Only these compare in a predicate. */
export function areOfOneType(a: GValue, b: GValue): boolean {
  if (a instanceof Token && b instanceof Token) return a.type === b.type;
  return a?.constructor === b?.constructor;
}

/** As they are declared. */
function place({ type, name }: Token): number {
  return (tokenNames[type] as readonly string[]).indexOf(name);
}

/** Bytes have a sign in Java. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const difference = signed(a[at] as number) - signed(b[at] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function signed(byte: number): number {
  return byte < 128 ? byte : byte - 256;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function nameOf(value: GValue): string {
  if (value instanceof Token) return `${value.type} ${value.name}`;
  return value === null ? '' : value.constructor.name;
}
