/** Questions to the live table: the best index first, then each condition on what is left. */
import { canonicalField, fieldValue } from './fields.ts';
import type { Flow } from './flow.ts';
import { row as r } from './row.ts';
import { type RowReader, rowFields } from './row-fields.ts';
import { type FlowNames, flowOf } from './row-flow.ts';
import { glance } from './row-glance.ts';
import type { RowIndex } from './row-index.ts';
import type { FlowStore } from './store.ts';
import type { FlowCondition, FlowQuery, FlowValue, Span } from './view.ts';

/** Flows given at once. */
const BATCH = 256;
/** Rows looked at before an empty batch lets the event loop turn. */
const ROWS_PER_BREATH = 8192;

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
  let batch: Flow[] = [];
  for (let seen = 0; seen < end; ) {
    const row = rows.next();
    if (row === NONE) break;
    if (row !== BREATH && seen++ >= skip) batch.push(flowOf(store, row, names));
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
    if (row !== BREATH && ++sinceBreath < ROWS_PER_BREATH) continue;
    matching.pause();
    yield part;
    [part, sinceBreath] = [0, 0];
  }
  yield part;
}

/** What `next` gives beside rows. */
const NONE = 0;
const BREATH = -1;

interface Rows {
  next(): number;
  /** Before others run: rows may end, and come again as other flows. */
  pause(): void;
}

type Test = (row: number) => boolean;

/** Rows that meet all of a query but its order. */
class Matching implements Rows {
  readonly #store: FlowStore;
  readonly #candidates: Rows;
  readonly #tests: readonly Test[];

  constructor(store: FlowStore, names: FlowNames, query: FlowQuery, expireMs: number) {
    const indexed = bestIndex(store, query.where);
    const tests = query.where.map((condition) => conditionTest(store, names, condition));
    this.#store = store;
    this.#tests = query.time ? [timeTest(store, query.time, expireMs), ...tests] : tests;
    this.#candidates = indexed ? new ListedRows(store, indexed.lists) : new AllRows(store);
  }

  next(): number {
    for (let looked = 0; looked < ROWS_PER_BREATH; looked++) {
      const row = this.#candidates.next();
      if (row === NONE) return NONE;
      if (this.#store.isAlive(row) && this.#passes(row)) return row;
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

class AllRows implements Rows {
  readonly #store: FlowStore;
  #at = 0;

  constructor(store: FlowStore) {
    this.#store = store;
  }

  next(): number {
    return ++this.#at < this.#store.rows.end ? this.#at : NONE;
  }

  pause(): void {
    // A place among all rows stays what it is.
  }
}

/** Rows of linked lists, one list after the other. */
class ListedRows implements Rows {
  readonly #store: FlowStore;
  readonly #lists: RowChain[];
  #at = 0;
  #rest: RememberedRows | undefined;

  constructor(store: FlowStore, lists: readonly RowChain[]) {
    this.#store = store;
    this.#lists = [...lists];
  }

  next(): number {
    if (this.#rest) return this.#rest.next();
    while (this.#at === 0) {
      const list = this.#lists[0];
      if (!list) return NONE;
      this.#at = list.first;
      if (this.#at === 0) this.#lists.shift();
    }
    const row = this.#at;
    const word = (this.#lists[0] as RowChain).nextWord;
    this.#at = word === undefined ? 0 : this.#store.rows.get(row, word);
    if (this.#at === 0) this.#lists.shift();
    return row;
  }

  pause(): void {
    if (this.#rest) return;
    const rest = new RememberedRows(this.#store);
    for (let row = this.next(); row !== NONE; row = this.next()) rest.add(row, this.#store.rows.get(row, r.uuid));
    this.#rest = rest;
  }
}

/** Rows with what tells whether they still hold the same flow. */
class RememberedRows implements Rows {
  readonly #store: FlowStore;
  readonly #rows: number[] = [];
  readonly #uuids: number[] = [];
  #at = 0;

  constructor(store: FlowStore) {
    this.#store = store;
  }

  /** `uuid`: its lower half. */
  add(row: number, uuid: number): void {
    this.#rows.push(row);
    this.#uuids.push(uuid);
  }

  next(): number {
    while (this.#at < this.#rows.length) {
      const row = this.#rows[this.#at] as number;
      const uuid = this.#uuids[this.#at++] as number;
      if (this.#store.isAlive(row) && this.#store.rows.get(row, r.uuid) === uuid) return row;
    }
    return NONE;
  }

  pause(): void {
    // What it goes by is remembered already.
  }
}

interface RowChain {
  readonly first: number;
  /** The word of a row that names the next one; undefined: there is but one. */
  readonly nextWord: number | undefined;
}

/** Of all that lives, and of all of some places: nobody has to look. */
function knownCount(store: FlowStore, { time, where }: FlowQuery): number | undefined {
  if (time) return undefined;
  const [only, ...others] = where;
  if (only === undefined) return store.size;
  return others.length === 0 ? bestIndex(store, [only])?.size : undefined;
}

interface Indexed {
  readonly lists: readonly RowChain[];
  /** How many there are, where that is known without looking. */
  readonly size?: number;
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
  const places = store.places.filter((stored) => {
    if (!stored) return false;
    const { node, capture } = stored.place;
    return anyOf.some(({ field, test }) => test(canonicalField(field) === 'NodeTID' ? node : capture));
  });
  return {
    lists: places.map((stored) => ({ first: stored?.flows.first ?? 0, nextWord: r.placeBefore + 1 })),
    size: places.reduce((sum, stored) => sum + (stored?.flows.size ?? 0), 0),
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
  return rowFields.get(canonical) ?? ((store, row, names) => fieldValue(flowOf(store, row, names), canonical));
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
  matching: Rows,
  sort: NonNullable<FlowQuery['sort']>,
  most: number,
): Generator<readonly Flow[], Rows> {
  const read = reader(sort.field);
  const order = (a: Keyed, b: Keyed) => compare(a.key, b.key, sort.isDescending ? -1 : 1);
  let found: Keyed[] = [];
  let sinceBreath = 0;
  for (let row = matching.next(); row !== NONE; row = matching.next()) {
    if (row !== BREATH) found.push({ row, uuid: store.rows.get(row, r.uuid), key: read(store, row, names) });
    // Twice as many as are needed, then the better half: the order costs little, whatever there is.
    if (found.length >= most * 2 + 1024) found = found.sort(order).slice(0, most);
    if (row !== BREATH && ++sinceBreath < ROWS_PER_BREATH) continue;
    matching.pause();
    yield [];
    sinceBreath = 0;
  }
  const rows = new RememberedRows(store);
  for (const { row, uuid } of found.sort(order).slice(0, most)) rows.add(row, uuid);
  return rows;
}

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
