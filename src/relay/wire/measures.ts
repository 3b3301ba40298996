/** Measures of relay.proto: numbers, and what is true or false, by their names. */
import { put } from '../../graph/value.ts';
import { RECORDS_MAX } from './bounds.ts';
import type { NamesRead, NamesWritten } from './names.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

type Measures = Readonly<Record<string, number | boolean>>;

export function writeMeasures(to: Writer, field: number, measures: Measures, names: NamesWritten): void {
  const start = to.begin(field);
  const all = Object.keys(measures);
  const { length } = all;
  if (length > 0) {
    const positions = to.begin(1);
    for (let i = 0; i < length; i++) to.plain(names.same(all[i] as string, PLACE + i));
    to.end(positions);
    to.doubles(2, length);
    let claims = 0;
    for (let i = 0; i < length; i++) {
      const value = measures[all[i] as string];
      if (typeof value === 'boolean') claims++;
      to.plainDouble(Number(value));
    }
    if (claims > 0) writeClaims(to, Object.values(measures));
  }
  to.end(start);
}

/** Names without a number, and numbers without a name, are passed by. */
export function readMeasures(from: Reader, names: NamesRead): Record<string, number | boolean> {
  const end = from.enter();
  positions.length = 0;
  values.length = 0;
  claims.length = 0;
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field === 1) readPacked(from, positions);
    else if (field === 2) readDoubles(from, values);
    else if (field === 3) readPacked(from, claims);
    else from.skip();
  }
  from.leave(end);
  const measures: Record<string, number | boolean> = {};
  const count = Math.min(positions.length, values.length);
  for (let i = 0; i < count; i++) {
    const value = values[i] as number;
    const isClaim = claims.length > 0 && claims.includes(i);
    put(
      measures as Record<string, number>,
      names.named(positions[i] as number, from),
      (isClaim ? value !== 0 : value) as number,
    );
  }
  return measures;
}

/** Small numbers, one after another. */
export function readPacked(from: Reader, into: number[]): void {
  const end = from.enter();
  while (!from.isAtEnd) {
    if (into.length === RECORDS_MAX) throw from.fault('more numbers than a batch may have');
    into.push(from.plain());
  }
  from.leave(end);
}

function readDoubles(from: Reader, into: number[]): void {
  const end = from.enter();
  while (!from.isAtEnd) {
    if (into.length === RECORDS_MAX) throw from.fault('more numbers than a batch may have');
    into.push(from.plainDouble());
  }
  from.leave(end);
}

function writeClaims(to: Writer, values: readonly unknown[]): void {
  const start = to.begin(3);
  for (const [at, value] of values.entries()) if (typeof value === 'boolean') to.plain(at);
  to.end(start);
}

/** The first of those that flows do not use. */
const PLACE = 16;

// While one is read: no other is.
const positions: number[] = [];
const values: number[] = [];
const claims: number[] = [];
