/** What is asked of the past, as SQL. Each answer comes in parts, so that appends can go between them. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { mistake } from '../../std/mistake.ts';
import type { Read, Summary } from './protocol.ts';

/** Rows in one part: reading them takes about 2 ms. */
const PART_ROWS = 1_000;

/** JSON lists of elements, or of `[id, sample]` pairs. */
export function read(db: DatabaseSync, what: Read, spanVersionsMax: number): Generator<string> {
  switch (what.kind) {
    case 'at':
      return what.knownAt === undefined
        ? versionRows(db, AT, { at: what.time })
        : versionRows(db, KNOWN_AT, { at: what.time, known: what.knownAt });
    case 'between':
      return bounded(versionRows(db, BETWEEN, { ...what.span }), spanVersionsMax);
    case 'versions':
      return bounded(versionRows(db, OF_IDS, { ids: jsonIds(what.ids), ...what.span }), spanVersionsMax);
    case 'open':
      return versionRows(db, OPEN, {});
    case 'samples':
      return sampleRows(db, what);
  }
}

export function summary(
  db: DatabaseSync,
  gapsOf: (rows: { first: number; last: number }[]) => Summary['gaps'],
): Omit<Summary, 'sizeBytes'> {
  const state = db.prepare('select * from state').get() as Record<string, number | null>;
  const heard = db.prepare('select first, last from writers').all() as unknown as { first: number; last: number }[];
  return {
    range:
      state.first === null || state.last === null ? undefined : { from: Number(state.first), to: Number(state.last) },
    gaps: gapsOf(heard),
    versions: Number(state.versions),
    samples: Number(state.samples),
  };
}

/**
 * Lives that overlap [:from, :to]. Those that go on are few. Of those that ended, a class of lengths below 2^n ms that
 * touches the span ends within 2^n ms of it: one short stretch of the index for each class.
 */
const alive = (from: string, to: string) => `
  classes (class) as (select 0 union all select class + 1 from classes where class < 44),
  alive (life) as (
    select life from lives where deleted is null and created <= ${to}
    union all
    select l.life from classes c cross join lives l on l.class = c.class and l.deleted > ${from}
      and l.deleted <= ${to} + (2 << c.class) and l.created <= ${to})`;

const COLUMNS = (deleted: string, validTo: string) => `
  select e.kind, e.id, v.metadata, s.words, l.created, v.since, ${deleted}, ${validTo}, v.recorded, v.revision, l.parent, l.child`;

const NEXT = '(select min(n.since) from versions n where n.life = v.life and n.since > v.since)';

const DETAILS = 'cross join elements e on e.element = l.element cross join sources s on s.source = v.source';

const AT = `with recursive ${alive(':at', ':at')}
  ${COLUMNS('l.deleted', `ifnull(${NEXT}, l.deleted)`)}
  from alive a cross join lives l on l.life = a.life
  cross join versions v on v.version = (select x.version from versions x
    where x.life = l.life and x.since <= :at order by x.since desc limit 1)
  ${DETAILS}`;

/** As `AT`, without all that was recorded later: the ends of lives too. */
const KNOWN_AT = `with known (life, deleted) as (
    select life, iif(deleted_recorded <= :known, deleted, null) from lives where created <= :at)
  ${COLUMNS(
    'k.deleted',
    `ifnull((select min(n.since) from versions n
    where n.life = v.life and n.since > v.since and n.recorded <= :known), k.deleted)`,
  )}
  from known k cross join lives l on l.life = k.life
  cross join versions v on v.version = (select x.version from versions x
    where x.life = l.life and x.since <= :at and x.recorded <= :known order by x.since desc limit 1)
  ${DETAILS}
  where k.deleted is null or k.deleted > :at`;

const OVERLAPPING = `v.life = l.life and v.since <= :to and v.since >= ifnull((select max(x.since) from versions x
    where x.life = l.life and x.since <= :from), v.since) and (l.deleted is null or v.since < l.deleted)`;

const BETWEEN = `with recursive ${alive(':from', ':to')}
  ${COLUMNS('l.deleted', `ifnull(${NEXT}, l.deleted)`)}
  from alive a cross join lives l on l.life = a.life
  cross join versions v on ${OVERLAPPING}
  ${DETAILS}`;

const OF_IDS = `
  ${COLUMNS('l.deleted', `ifnull(${NEXT}, l.deleted)`)}
  from json_each(:ids) i cross join elements e on e.id = i.value
  cross join lives l on l.element = e.element and l.created <= :to and (l.deleted is null or l.deleted > :from)
  cross join versions v on ${OVERLAPPING}
  cross join sources s on s.source = v.source
  order by i.key, e.kind, l.created, v.since`;

const OPEN = `
  ${COLUMNS('null', 'null')}
  from lives l cross join versions v on v.version = (select x.version from versions x
    where x.life = l.life order by x.since desc limit 1)
  ${DETAILS}
  where l.deleted is null order by l.created, l.life`;

const SAMPLES = `select e.id, s.start, s.last, w.text, s.counts
  from json_each(:ids) i cross join elements e on e.id = i.value
  cross join samples s on s.element = e.element and s.series = (select word from words where text = :series) and s.last > :from
  cross join words w on w.word = s.shape
  where s.start < :to order by i.key, s.last`;

/** An answer becomes objects in memory: one that would not fit is refused instead. */
function* bounded(parts: Iterable<string>, max: number): Generator<string> {
  let rows = 0;
  for (const part of parts) {
    if (rows >= max)
      throw mistake(
        'archive.too-many-versions',
        `more than ${max.toLocaleString('en')} versions lie in this span`,
        'ask for a shorter one',
      );
    rows += PART_ROWS;
    yield part;
  }
}

function* versionRows(db: DatabaseSync, sql: string, values: Record<string, SQLInputValue>): Generator<string> {
  let part = '';
  let rows = 0;
  for (const row of rowsOf(db, sql, values)) {
    part += `${rows === 0 ? '[' : ','}${elementText(row as unknown as ElementRow)}`;
    if (++rows < PART_ROWS) continue;
    yield `${part}]`;
    part = '';
    rows = 0;
  }
  if (rows > 0) yield `${part}]`;
}

type ElementRow = readonly [
  kind: number,
  id: string,
  metadata: string,
  words: string,
  created: number,
  since: number,
  deleted: number | null,
  validTo: number | null,
  recorded: number,
  revision: number,
  parent: string | null,
  child: string | null,
];

function elementText(row: ElementRow): string {
  const [kind, id, metadata, words, created, since, deleted, validTo, recorded, revision, parent, child] = row;
  const what = kind === 0 ? '"kind":"node"' : `"kind":"edge","parent":${parent},"child":${child}`;
  const end = `${deleted === null ? '' : `,"deletedAt":${deleted}`}${validTo === null ? '' : `,"validTo":${validTo}`}`;
  return `{${what},"id":${id},"metadata":${metadata},${words},"createdAt":${created},"updatedAt":${since}${end},"recordedAt":${recorded},"revision":${revision}}`;
}

function* sampleRows(db: DatabaseSync, { ids, series, span }: Read & { kind: 'samples' }): Generator<string> {
  let part: string[] = [];
  const values = { ids: jsonIds(ids), series, ...span };
  for (const [id, start, last, names, counts] of rowsOf(db, SAMPLES, values)) {
    part.push(`[${id},${start},${last},${names},${counts}]`);
    if (part.length < PART_ROWS) continue;
    yield `[${part}]`;
    part = [];
  }
  if (part.length > 0) yield `[${part}]`;
}

function rowsOf(db: DatabaseSync, sql: string, values: Record<string, SQLInputValue>): Iterable<unknown[]> {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement.iterate(values) as unknown as Iterable<unknown[]>;
}

/** A list of ids as they lie in the table: JSON texts, in a JSON list. */
function jsonIds(ids: readonly string[]): string {
  return JSON.stringify(ids.map((id) => JSON.stringify(id)));
}
