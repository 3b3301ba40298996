/** Questions to the live table: the best index first, then each condition on what is left. */
import { mergeRuns } from '../std/merge-runs.ts';
import { canonicalField, fieldValue } from './fields.ts';
import type { Flow } from './flow.ts';
import { row as r } from './row.ts';
import { type RowReader, rowFields } from './row-fields.ts';
import { glance } from './row-glance.ts';
import type { RowIndex } from './row-index.ts';
import { partMaker } from './row-part.ts';
import {
  AllRows,
  BREATH,
  type Indexed,
  ListedRows,
  NONE,
  RememberedRows,
  type RowChain,
  type Rows,
} from './row-scan.ts';
import type { FlowNames } from './row-values.ts';
import type { FlowStore } from './store.ts';
import type { FlowCondition, FlowQuery, FlowValue, Span } from './view.ts';

/** Flows given at once. */
const BATCH = 256;
/** Rows looked at before an empty batch lets the event loop turn: by what they have themselves, and by what has to be made. */
const ROWS_PER_BREATH = 4096;
const MADE_PER_BREATH = 256;

/**
 * Flows in the order that is asked for, by default that of the store. A flow that ends while the answer is being read is
 * no longer live and left out.
 */
export function* findFlows(
  store: FlowStore,
  names: FlowNames,
  query: FlowQuery,
  expireMs: number,
): Generator<readonly Flow[]> {
  const skip = query.skip ?? 0;
  const end = skip + (query.limit ?? Number.POSITIVE_INFINITY);
  if (end <= skip) return;
  const matching = new Matching(store, names, query, expireMs);
  const rows: Rows = query.sort ? yield* sorted(store, names, matching, query.sort, end) : matching;
  const make = partMaker(query.fields);
  let batch: Flow[] = [];
  for (let seen = 0; seen < end; ) {
    const row = rows.next();
    if (row === NONE) break;
    if (row !== BREATH && seen++ >= skip) batch.push(make(store, row, names));
    if (seen === end || (row !== BREATH && batch.length < BATCH)) continue;
    rows.pause();
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** How many they are, in parts to add up: each is a bounded piece of work. */
export function* countFlows(store: FlowStore, names: FlowNames, query: FlowQuery, expireMs: number): Generator<number> {
  const { skip = 0, limit = Number.POSITIVE_INFINITY } = query;
  const known = knownCount(store, query);
  if (known !== undefined) {
    yield Math.max(0, Math.min(known - skip, limit));
    return;
  }
  const matching = new Matching(store, names, query, expireMs);
  let [seen, part, sinceBreath] = [0, 0, 0];
  for (let row = matching.next(); row !== NONE && seen < skip + limit; row = matching.next()) {
    if (row !== BREATH && seen++ >= skip) part++;
    if (row !== BREATH && ++sinceBreath < matching.rowsPerBreath) continue;
    matching.pause();
    yield part;
    [part, sinceBreath] = [0, 0];
  }
  yield part;
}

type Test = (row: number) => boolean;

/** Rows that meet all of a query but its order. */
class Matching implements Rows {
  readonly rowsPerBreath: number;
  readonly #store: FlowStore;
  readonly #candidates: Rows;
  readonly #tests: readonly Test[];

  constructor(store: FlowStore, names: FlowNames, query: FlowQuery, expireMs: number) {
    const indexed = bestIndex(store, query.where);
    const tests = query.where.map((condition) => conditionTest(store, names, condition));
    const isRead = query.where.every(({ anyOf }) => anyOf.every(({ field }) => rowFields.has(canonicalField(field))));
    this.rowsPerBreath = isRead ? ROWS_PER_BREATH : MADE_PER_BREATH;
    this.#store = store;
    this.#tests = query.time ? [timeTest(store, query.time, expireMs), ...tests] : tests;
    this.#candidates = indexed ? new ListedRows(store, indexed) : new AllRows(store);
  }

  next(): number {
    for (let looked = 0; looked < this.rowsPerBreath; looked++) {
      const row = this.#candidates.next();
      if (row === NONE) return NONE;
      if (row !== BREATH && this.#store.isAlive(row) && this.#passes(row)) return row;
    }
    return BREATH;
  }

  #passes(row: number): boolean {
    for (const test of this.#tests) if (!test(row)) return false;
    return true;
  }

  pause(): void {
    this.#candidates.pause();
  }
}

/** Of all that lives, and of all of some places: nobody has to look. */
function knownCount(store: FlowStore, { time, where }: FlowQuery): number | undefined {
  if (time) return undefined;
  const [only, ...others] = where;
  if (only === undefined) return store.size;
  return others.length === 0 ? bestIndex(store, [only])?.size : undefined;
}

/** The narrowest index that a condition can be answered from; undefined: there is none. */
function bestIndex(store: FlowStore, where: readonly FlowCondition[]): Indexed | undefined {
  for (const { fields, chain } of idIndexes) {
    for (const { anyOf } of where) {
      if (!anyOf.every(({ field, equals }) => equals && fields.has(canonicalField(field)))) continue;
      const ids = new Set(anyOf.flatMap(({ equals = [] }) => equals));
      return { lists: [...ids].map((id) => chain(store, id)) };
    }
  }
  const ofPlaces = where.find(({ anyOf }) => anyOf.every(({ field }) => placeFields.has(canonicalField(field))));
  return ofPlaces && placesIndex(store, ofPlaces);
}

const idIndexes = [
  {
    fields: new Set(['UUID']),
    chain: (store: FlowStore, id: FlowValue): RowChain => ({ first: rowOfId(store.byUuid, id), nextWord: undefined }),
  },
  {
    fields: new Set(['TrackingID', 'L3TrackingID']),
    chain: (store: FlowStore, id: FlowValue): RowChain => ({
      first: rowOfId(store.byTracking, id),
      nextWord: r.trackingBefore + 1,
    }),
  },
] as const;

/** Of an id as it is shown; 0 for none. */
export function rowOfId(index: RowIndex, id: FlowValue): number {
  if (typeof id !== 'string' || !/^[0-9a-f]{16}$/.test(id)) return 0;
  return index.find(Number.parseInt(id.slice(0, 8), 16), Number.parseInt(id.slice(8), 16));
}

const placeFields: ReadonlySet<string> = new Set(['NodeTID', 'CaptureID']);

/** All flows of a place have the same node and capture, so it is enough to ask the place. */
function placesIndex(store: FlowStore, { anyOf }: FlowCondition): Indexed {
  const places = new Set(
    store.places.filter((stored) => {
      if (!stored) return false;
      const { node, capture } = stored.place;
      return anyOf.some(({ field, test }) => test(canonicalField(field) === 'NodeTID' ? node : capture));
    }),
  );
  const found = [...places];
  return {
    lists: found.map((stored) => ({ first: stored?.flows.first ?? 0, nextWord: r.placeBefore + 1 })),
    size: found.reduce((sum, stored) => sum + (stored?.flows.size ?? 0), 0),
    has: (row) => places.has(store.places[store.source(row)]),
  };
}

function conditionTest(store: FlowStore, names: FlowNames, { anyOf }: FlowCondition): Test {
  const tests = anyOf.map((asked): Test => {
    const { test } = asked;
    const read = reader(asked.field);
    const mayPass = glance(store, asked);
    if (mayPass) return (row) => mayPass(row) && test(read(store, row, names));
    return (row) => test(read(store, row, names));
  });
  const [only] = tests;
  return only && tests.length === 1 ? only : (row) => tests.some((test) => test(row));
}

function reader(field: string): RowReader {
  const canonical = canonicalField(field);
  const known = rowFields.get(canonical);
  if (known) return known;
  const make = partMaker(new Set([canonical.split('.', 1)[0] as string]));
  return (store, row, names) => fieldValue(make(store, row, names), canonical);
}

/** At an instant: those that had begun and were not over; over a span those that overlap it. */
function timeTest(store: FlowStore, { from, to }: Span, expireMs: number): Test {
  const since = from === to ? from - expireMs : from;
  return (row) =>
    Math.floor(store.rows.float(row, r.startF)) <= to && Math.floor(store.rows.float(row, r.lastF)) >= since;
}

interface Keyed {
  readonly row: number;
  readonly uuid: number;
  readonly key: FlowValue | undefined;
}

/** The first `most` of the order. */
function* sorted(
  store: FlowStore,
  names: FlowNames,
  matching: Matching,
  sort: NonNullable<FlowQuery['sort']>,
  most: number,
): Generator<readonly Flow[], Rows> {
  const read = reader(sort.field);
  const perBreath = rowFields.has(canonicalField(sort.field)) ? matching.rowsPerBreath : MADE_PER_BREATH;
  const order = (a: Keyed, b: Keyed) => compare(a.key, b.key, sort.isDescending ? -1 : 1);
  let found: Keyed[] = [];
  const runs: Keyed[][] = [];
  let sinceBreath = 0;
  for (let row = matching.next(); row !== NONE; row = matching.next()) {
    if (row !== BREATH) found.push({ row, uuid: store.rows.get(row, r.uuid), key: read(store, row, names) });
    if (found.length >= RUN_LENGTH) {
      // Of a short part twice as many as are needed, then the better half: the order costs little, whatever there is.
      found.sort(order);
      if (most <= RUN_LENGTH / 2) found = found.slice(0, most);
      else {
        runs.push(found);
        found = [];
      }
    }
    if (row !== BREATH && ++sinceBreath < perBreath) continue;
    matching.pause();
    yield [];
    sinceBreath = 0;
  }
  runs.push(found.sort(order));
  const merging = mergeRuns(runs, order);
  let step = merging.next();
  for (; !step.done; step = merging.next()) yield [];
  const rows = new RememberedRows(store);
  for (const [i, { row, uuid }] of step.value.entries()) {
    if (i === most) break;
    rows.add(row, uuid);
    if (i % perBreath === perBreath - 1) yield [];
  }
  return rows;
}

/** Sorted at once. */
const RUN_LENGTH = 1024;

/** Numbers by size, all else as text; what a flow has not comes last either way. */
function compare(a: FlowValue | undefined, b: FlowValue | undefined, sign: number): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  if (typeof a === 'number' && typeof b === 'number') return (a - b) * sign;
  const [x, y] = [text(a), text(b)];
  return x < y ? -sign : x > y ? sign : 0;
}

function text(value: FlowValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
