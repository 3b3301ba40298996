/** Cuts the least needed out of encoded facts, and says in their own `lost` what it was: the rest is not decoded. */
import type { Lost } from '../message.ts';
import { FACTS } from '../wire/facts.ts';
import { Reader } from '../wire/reader.ts';
import { decodeLost, encodeLost } from '../wire/records.ts';
import { Writer } from '../wire/writer.ts';

/** What goes: samples and updates of flows that go on; then all of flows; then everything. */
export type Stage = 1 | 2 | 3;

export interface Thinned {
  readonly bytes: Uint8Array;
  readonly time: number;
  readonly lost: readonly Lost[];
}

/** `since`: the time of the batch before. */
export function thin(facts: Uint8Array, stage: Stage, since: number): Thinned {
  const from = new Reader(facts);
  const to = new Writer();
  const counts = new Map<Lost['what'], number>();
  const told: Lost[] = [];
  let time = 0;
  for (let start = from.at, field = from.field(); field !== 0; start = from.at, field = from.field()) {
    const part = PARTS.get(field);
    if (part !== undefined && part.goesAt <= stage) {
      if (part.what) counts.set(part.what, (counts.get(part.what) ?? 0) + countIn(from, part.record));
      else from.skip();
      continue;
    }
    if (field === FACTS.time) time = from.double();
    else if (field === FACTS.lost && stage === 3) {
      told.push(decodeLost(from.bytes(), 0));
      continue;
    } else if (stage === 3) {
      from.skip();
      continue;
    } else from.skip();
    to.raw(facts.subarray(start, from.at));
  }
  const lost = [...counts].map(([what, count]) => ({ what, count, from: since || time, to: time }));
  for (const each of addLost(told, lost)) to.bytes(FACTS.lost, encodeLost(each));
  return { bytes: to.finish(), time, lost };
}

/** By what it is: counts together, from the first to the last. */
export function addLost(before: readonly Lost[], more: readonly Lost[]): Lost[] {
  const all = new Map<Lost['what'], Lost>();
  for (const lost of [...before, ...more]) {
    const known = all.get(lost.what);
    const { what, count } = lost;
    if (count === 0) continue;
    const [from, to] = [Math.min(known?.from ?? lost.from, lost.from), Math.max(known?.to ?? lost.to, lost.to)];
    all.set(what, { what, count: (known?.count ?? 0) + count, from, to });
  }
  return [...all.values()];
}

function countIn(from: Reader, record: number): number {
  const end = from.enter();
  let count = 0;
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field === record) count++;
    from.skip();
  }
  from.leave(end);
  return count;
}

interface Part {
  readonly goesAt: Stage;
  readonly what?: Lost['what'];
  /** Field number of its records. */
  readonly record: number;
}

const PARTS = new Map<number, Part>([
  [FACTS.samples, { goesAt: 1, what: 'samples', record: 1 }],
  [FACTS.living, { goesAt: 1, what: 'flows', record: 2 }],
  [FACTS.ended, { goesAt: 2, what: 'flows', record: 2 }],
  [FACTS.endedAt, { goesAt: 2, record: 0 }],
  [FACTS.rawPackets, { goesAt: 2, what: 'rawPackets', record: 1 }],
  [FACTS.graph, { goesAt: 3, what: 'graph', record: 1 }],
  [FACTS.sockets, { goesAt: 3, what: 'sockets', record: 1 }],
]);
