/** Rules as switches tell of them: in statistics, and in what a monitor hears. */
import { roundUp8, whole } from './bytes.ts';
import { type Instructions, onlyActions, readInstructions } from './instructions.ts';
import { type Match, matchOf, readMatch } from './match.ts';
import { MATCH10_BYTES, MATCH11_BYTES, readMatch10, readMatch11 } from './oldmatch.ts';

export interface Rule {
  readonly table: number;
  readonly priority: number;
  readonly cookie: number | string;
  readonly match: Match;
  readonly instructions: Instructions;
  /** Seconds, 0 for never. Undefined where it is not told. */
  readonly idleTimeout: number;
  readonly hardTimeout: number;
  readonly importance: number;
  readonly flags: number;
}

/** A rule that is not read yet: mostly it is one that is known. */
export interface RawRule {
  /** Everything but time and counters, as it was on the wire. */
  readonly raw: string;
  readonly packets: number;
  readonly bytes: number;
  read(): Rule;
}

/** How rules stand in an answer: Nicira's statistics, those of OpenFlow 1.0, of 1.1 to 1.4, of 1.5. */
export type RuleShape = 'nxst' | 'first' | 'middle' | 'desc';

/** Cuts one answer into its rules. What is cut off, or says a wrong length, ends it: `isWhole` is false then. */
export function cutRules(
  body: Buffer,
  shape: RuleShape,
  version: number,
): { readonly rules: RawRule[]; readonly isWhole: boolean } {
  const rules: RawRule[] = [];
  const cut = cutters[shape];
  let at = 0;
  while (at + 2 <= body.length) {
    const length = body.readUInt16BE(at);
    if (length < fixed[shape] || at + length > body.length) break;
    const rule = cut(body.subarray(at, at + length), version);
    if (!rule) break;
    rules.push(rule);
    at += length;
  }
  return { rules, isWhole: at === body.length };
}

const fixed: Readonly<Record<RuleShape, number>> = { nxst: 48, first: 88, middle: 48, desc: 32 };

type Cutter = (entry: Buffer, version: number) => RawRule | undefined;

const cutters: Readonly<Record<RuleShape, Cutter>> = {
  nxst(entry, version) {
    const matchEnd = 48 + entry.readUInt16BE(18);
    const from = 48 + roundUp8(entry.readUInt16BE(18));
    if (from > entry.length) return undefined;
    return {
      raw: text(entry, 2, 3) + text(entry, 12, 20) + text(entry, 24, 32) + text(entry, 48),
      packets: counter(entry, 32),
      bytes: counter(entry, 40),
      read: () => ({
        ...{ table: entry.readUInt8(2), priority: entry.readUInt16BE(12), cookie: whole(entry.subarray(24, 32)) },
        ...{ idleTimeout: entry.readUInt16BE(14), hardTimeout: entry.readUInt16BE(16), importance: 0, flags: 0 },
        match: readMatch(entry.subarray(48, matchEnd)),
        instructions: onlyActions(entry.subarray(from), version),
      }),
    };
  },
  first(entry, version) {
    return {
      raw: text(entry, 2, 44) + text(entry, 52, 58) + text(entry, 64, 72) + text(entry, 88),
      packets: counter(entry, 72),
      bytes: counter(entry, 80),
      read: () => ({
        ...{ table: entry.readUInt8(2), priority: entry.readUInt16BE(52), cookie: whole(entry.subarray(64, 72)) },
        ...{ idleTimeout: entry.readUInt16BE(54), hardTimeout: entry.readUInt16BE(56), importance: 0, flags: 0 },
        match: readMatch10(entry.subarray(4, 4 + MATCH10_BYTES)),
        instructions: onlyActions(entry.subarray(88), version),
      }),
    };
  },
  middle(entry, version) {
    const end = matchLength(entry, 48);
    if (end === undefined) return undefined;
    return {
      raw: text(entry, 2, 3) + text(entry, 12, 22) + text(entry, 24, 32) + text(entry, 48),
      packets: counter(entry, 32),
      bytes: counter(entry, 40),
      read: () => ({
        ...{ table: entry.readUInt8(2), priority: entry.readUInt16BE(12), cookie: whole(entry.subarray(24, 32)) },
        ...{ idleTimeout: entry.readUInt16BE(14), hardTimeout: entry.readUInt16BE(16) },
        ...{ flags: version >= 4 ? entry.readUInt16BE(18) : 0, importance: version >= 5 ? entry.readUInt16BE(20) : 0 },
        match: readAnyMatch(entry.subarray(48, end)),
        instructions: readInstructions(entry.subarray(48 + roundUp8(end - 48)), version),
      }),
    };
  },
  desc(entry, version) {
    const end = matchLength(entry, 24);
    if (end === undefined) return undefined;
    const stats = 24 + roundUp8(end - 24);
    if (stats + 4 > entry.length) return undefined;
    const after = stats + roundUp8(Math.max(4, entry.readUInt16BE(stats + 2)));
    if (after > entry.length) return undefined;
    const { packets, bytes } = readOxs(entry.subarray(stats + 4, stats + entry.readUInt16BE(stats + 2)));
    return {
      raw: text(entry, 4, stats) + text(entry, after),
      ...{ packets, bytes },
      read: () => ({
        ...{ table: entry.readUInt8(4), priority: entry.readUInt16BE(6), cookie: whole(entry.subarray(16, 24)) },
        ...{ idleTimeout: entry.readUInt16BE(8), hardTimeout: entry.readUInt16BE(10) },
        ...{ flags: entry.readUInt16BE(12), importance: entry.readUInt16BE(14) },
        match: readAnyMatch(entry.subarray(24, end)),
        instructions: readInstructions(entry.subarray(after), version),
      }),
    };
  },
};

/** Where a match ends that says its length itself; undefined when that cannot be. Padding follows. */
export function matchLength(bytes: Buffer, at: number): number | undefined {
  if (at + 4 > bytes.length) return undefined;
  const length = bytes.readUInt16BE(at + 2);
  return length < 4 || at + roundUp8(length) > bytes.length ? undefined : at + length;
}

/** Type 0 is that of OpenFlow 1.1, 1 is OXM. */
export function readAnyMatch(bytes: Buffer): Match {
  const type = bytes.readUInt16BE(0);
  if (type === 1) return readMatch(bytes.subarray(4));
  if (type === 0 && bytes.length >= MATCH11_BYTES) return readMatch11(bytes);
  return matchOf([], bytes);
}

/** Statistics of OpenFlow 1.5 (§7.2.4): class, number, length, value. */
function readOxs(bytes: Buffer): { readonly packets: number; readonly bytes: number } {
  const found = { packets: 0, bytes: 0 };
  let at = 0;
  while (at + 4 <= bytes.length) {
    const [ofClass, number, length] = [bytes.readUInt16BE(at), bytes.readUInt8(at + 2) >> 1, bytes.readUInt8(at + 3)];
    at += 4;
    if (at + length > bytes.length) break;
    if (ofClass === 0x8002 && length === 8 && number === 4) found.packets = counter(bytes, at);
    if (ofClass === 0x8002 && length === 8 && number === 5) found.bytes = counter(bytes, at);
    at += length;
  }
  return found;
}

function text(bytes: Buffer, from: number, to = bytes.length): string {
  return bytes.toString('latin1', from, to);
}

/** All ones: not counted. Beyond 2^53 the last digits are lost. */
export function counter(bytes: Buffer, at: number): number {
  const value = bytes.readUInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);
  return value >= 0xffff_ffff_ffff_f000 ? 0 : value;
}
