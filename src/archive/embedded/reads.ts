/** Answers about the past. Each comes in parts, so that appends can go between them. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { mistake } from '../../std/mistake.ts';
import type { Part, Read } from './protocol.ts';
import {
  AT,
  BETWEEN,
  COUNTERS,
  DUMP_SAMPLES,
  DUMP_VERSIONS,
  KNOWN_AT,
  OF_IDS,
  OPEN,
  ROWS_OF_SAMPLES,
  ROWS_OF_VERSIONS,
  SAMPLES,
  SAMPLES_IN,
  VERSIONS_IN,
} from './queries.ts';

/** Rows in one part: reading them takes about 2 ms. */
const PART_ROWS = 1_000;

export class Reads {
  readonly #db: DatabaseSync;
  readonly #spanRowsMax: number;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync, { spanRowsMax }: { readonly spanRowsMax: number }) {
    this.#db = db;
    this.#spanRowsMax = spanRowsMax;
  }

  read(what: Read): Generator<Part> {
    switch (what.kind) {
      case 'at': {
        const { time: at, knownAt: known } = what;
        return this.#view(known === undefined ? this.#rows(AT, { at }) : this.#rows(KNOWN_AT, { at, known }), at);
      }
      case 'between':
        return this.#view(this.#bounded('versions', this.#rows(BETWEEN, { ...what.span })), what.span.to);
      case 'versions':
        return inParts(
          'elements',
          elementTexts(this.#bounded('versions', this.#rows(OF_IDS, { ids: jsonIds(what.ids), ...what.span }))),
        );
      case 'open':
        return inParts('elements', elementTexts(this.#rows(OPEN, {})));
      case 'dump': {
        const { of, after, rowsMax } = what;
        const rows = this.#rows(of === 'versions' ? DUMP_VERSIONS : DUMP_SAMPLES, { after, rowsMax });
        return inParts('dumped', of === 'versions' ? versionTexts(rows) : sampleTexts(rows));
      }
      case 'rowsIn': {
        const { of, span, after } = what;
        return inParts(
          'rows',
          numberTexts(this.#rows(of === 'versions' ? VERSIONS_IN : SAMPLES_IN, { ...span, after })),
        );
      }
      case 'dumpRows': {
        const { of, rows: numbers } = what;
        const rows = this.#rows(of === 'versions' ? ROWS_OF_VERSIONS : ROWS_OF_SAMPLES, {
          rows: JSON.stringify(numbers),
        });
        return inParts('dumped', of === 'versions' ? versionTexts(rows) : sampleTexts(rows));
      }
      case 'samples': {
        const rows = this.#rows(SAMPLES, { ids: jsonIds(what.ids), series: what.series, ...what.span });
        return inParts('samples', listTexts(this.#bounded('samples', rows)));
      }
    }
  }

  /** The versions, and after them the counters, as known at `time`, of those that have any. */
  *#view(rows: Iterable<Row>, time: number): Generator<Part> {
    const counted = new Map<number, number>();
    yield* inParts('elements', elementTexts(rows, counted));
    if (counted.size === 0) return;
    const [at, lives] = [time, JSON.stringify([...counted])];
    yield* inParts('counters', counterTexts(this.#rows(COUNTERS, { at, lives })));
  }

  #rows(sql: string, values: Record<string, SQLInputValue>): Iterable<Row> {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      statement.setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement.iterate(values) as unknown as Iterable<Row>;
  }

  /** An answer becomes objects in memory: one that would not fit is refused instead. */
  *#bounded(what: string, rows: Iterable<Row>): Generator<Row> {
    const max = this.#spanRowsMax;
    let count = 0;
    for (const row of rows) {
      if (++count > max)
        throw mistake(
          'archive.answer-too-long',
          `more than ${max.toLocaleString('en')} ${what} lie in this span`,
          'ask for a shorter one',
        );
      yield row;
    }
  }
}

type Row = readonly (string | number | null)[];

/** What is stored as JSON goes out as it is: nothing is parsed and written again on the way. */
function* inParts(of: Part['of'], texts: Iterable<string>): Generator<Part> {
  let text = '';
  let rows = 0;
  for (const next of texts) {
    text += rows === 0 ? `[${next}` : `,${next}`;
    if (++rows < PART_ROWS) continue;
    yield { of, text: `${text}]` };
    text = '';
    rows = 0;
  }
  if (rows > 0) yield { of, text: `${text}]` };
}

/** Notes in `counted` the births of elements that have counters. */
function* elementTexts(rows: Iterable<Row>, counted?: Map<number, number>): Generator<string> {
  for (const row of rows) {
    const [kind, id, metadata, words, created, since, deleted, validTo, recorded, revision, parent, child] = row;
    if (row[13] === 1) counted?.set(row[12] as number, created as number);
    const what = kind === 0 ? '"kind":"node"' : `"kind":"edge","parent":${parent},"child":${child}`;
    const end = `${deleted === null ? '' : `,"deletedAt":${deleted}`}${validTo === null ? '' : `,"validTo":${validTo}`}`;
    yield `{${what},"id":${id},"metadata":${metadata},${words},"createdAt":${created},"updatedAt":${since}${end},"recordedAt":${recorded},"revision":${revision}}`;
  }
}

function* versionTexts(rows: Iterable<Row>): Generator<string> {
  for (const row of rows) for (const text of elementTexts([row])) yield `[${row[14]},${row[15]},${text}]`;
}

function* sampleTexts(rows: Iterable<Row>): Generator<string> {
  for (const [sample, ...counters] of rows)
    for (const text of counterTexts([counters])) yield `[${sample},${text.slice(1)}`;
}

function* listTexts(rows: Iterable<Row>): Generator<string> {
  for (const row of rows) yield `[${row.join()}]`;
}

function* numberTexts(rows: Iterable<Row>): Generator<string> {
  for (const [number] of rows) yield String(number);
}

/** The name of a series is the one text that does not lie as JSON. */
function* counterTexts(rows: Iterable<Row>): Generator<string> {
  for (const [id, series, ...rest] of rows) {
    const values = rest.map((value) => value ?? 'null');
    yield `[${id},${JSON.stringify(series)},${values.join()}]`;
  }
}

/** A list of ids as they lie in the table: JSON texts, in a JSON list. */
function jsonIds(ids: readonly string[]): string {
  return JSON.stringify(ids.map((id) => JSON.stringify(id)));
}
