/** Whether a value is one of those that a rule or a set names, all as nft writes them. */
import { contains, parseAddress, parsePrefix } from '../../../std/address.ts';

/** `10.0.0.1 . 22` is in `10.0.0.0/8 . 20-30`. */
export function isIn(value: string, element: string): boolean {
  if (element === '*' || value === element) return true;
  const values = value.split(' . ');
  const elements = element.split(' . ');
  return values.length === elements.length && values.every((one, at) => isPartIn(one, elements[at] as string));
}

function isPartIn(value: string, element: string): boolean {
  if (value === element) return true;
  if (element.endsWith('*')) return value.startsWith(element.slice(0, -1));
  const [, from, to] = /^([0-9.]+|[0-9a-f:.]+)-([0-9.]+|[0-9a-f:.]+)$/.exec(element) ?? [];
  if (from !== undefined && to !== undefined) {
    const [low, high] = [ordered(from, value), ordered(value, to)];
    return low !== undefined && high !== undefined && low <= 0 && high <= 0;
  }
  if (/[/:.]/.test(element)) {
    const prefix = parsePrefix(element);
    const address = parseAddress(value);
    return prefix !== undefined && address !== undefined && contains(prefix, address);
  }
  return ordered(value, element) === 0;
}

/** Negative where the first is less; undefined where they cannot be compared. */
export function ordered(one: string, other: string): number | undefined {
  const [a, b] = [numberIn(one), numberIn(other)];
  if (a !== undefined && b !== undefined) return a - b;
  const [left, right] = [parseAddress(one), parseAddress(other)];
  if (left === undefined || right === undefined || left.family !== right.family) return undefined;
  for (let at = 0; at < left.bytes.length; at++) {
    const difference = (left.bytes[at] as number) - (right.bytes[at] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function numberIn(text: string): number | undefined {
  return /^(\d+|0x[0-9a-f]+)$/.test(text) ? Number(text) : undefined;
}

/** What an element of a map leads to: of `80 : 10.0.0.2` the second half. */
export function leadsTo(value: string, map: readonly string[]): string | undefined {
  for (const entry of map) {
    const at = entry.lastIndexOf(' : ');
    if (at >= 0 && isIn(value, entry.slice(0, at))) return entry.slice(at + 3);
  }
  return undefined;
}
