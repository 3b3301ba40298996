/** Writes batches into the tables. Transactions are the caller's: after a rollback it calls `forget`. */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { ElementName } from '../archive.ts';
import { EVENT_CODES, EVENT_FIELDS, KIND_CODES, type Packed, type PackedBatch, SAMPLE_FIELDS } from './packed.ts';
import { RELAYED_TABLE } from './schema.ts';
import { Texts } from './texts.ts';

/** Nodes, and edges, whose row numbers are remembered, about 200 bytes each; others are looked up, in about 5 µs. */
const ELEMENTS_REMEMBERED_MAX = 30_000;

interface LifeRow {
  life: number;
  /** Start of its newest version, and the revision of that. */
  since: number;
  revision: number;
  deleted: number | null;
}

/** An element with its open life, which is 0 when it has none. */
interface Known extends LifeRow {
  readonly element: number;
  created: number;
  /** It may have had others. */
  hasLives: boolean;
  /** Its row says that there are samples of it. */
  isCounted: boolean;
}

export class Appends {
  /** By id; nodes, then edges: an id can be one of each. */
  readonly #elements = [new Map<string, Known>(), new Map<string, Known>()] as const;
  readonly #sources: Texts;
  readonly #series: Texts;
  readonly #shapes: Texts;
  readonly #sql: ReturnType<typeof statements>;
  /** The batch that is being written was there already. */
  #isKnown = false;
  #source = 0;
  #versions = 0;
  #samples = 0;
  #first = 0;
  #last = 0;

  constructor(db: DatabaseSync) {
    db.exec(RELAYED_TABLE);
    this.#sql = statements(db);
    this.#sources = new Texts(db, { table: 'sources', number: 'source', text: 'words' });
    this.#series = new Texts(db, { table: 'series', number: 'series', text: 'name' });
    this.#shapes = new Texts(db, { table: 'shapes', number: 'shape', text: 'names' });
  }

  /** Does nothing when the batch was there already. */
  append({ writer, n, time, isRelayed, events, samples, isFirst }: PackedBatch): void {
    const hear = isRelayed ? this.#sql.hearRelayed : this.#sql.hear;
    if (isFirst) this.#isKnown = hear.run(writer, n, time, time).changes === 0;
    if (this.#isKnown) return;
    this.#versions = this.#samples = 0;
    this.#first = isRelayed ? Number.POSITIVE_INFINITY : time;
    this.#last = isRelayed ? Number.NEGATIVE_INFINITY : time;
    for (let at = 0; at < events.length; at += EVENT_FIELDS) this.#writeEvent(events, at);
    for (let at = 0; at < samples.length; at += SAMPLE_FIELDS) this.#writeSample(samples, at);
    // A batch passed on, of which everything was there, says nothing.
    if (this.#last >= this.#first) this.#sql.count.run(this.#first, this.#last, this.#versions, this.#samples);
  }

  /** Ends the lives they had at `time`. */
  closeLost(lost: readonly ElementName[], time: number, recordedAt: number): void {
    for (const { kind, id } of lost) {
      const known = this.#element(KIND_CODES[kind], JSON.stringify(id));
      const row = this.#sql.lifeAt.get(known.element, time, time);
      if (!row) continue;
      // It was so for a moment at least: we had heard of it.
      const at = Math.max(time, Number(row.since) + 1);
      this.#end(Number(row.life), Number(row.created), at, Math.max(at, recordedAt));
      if (known.life === row.life) known.life = 0;
    }
  }

  /** Row numbers of one element, or all of them, are not true any more. */
  forget(element?: { readonly kind: number; readonly id: string }): void {
    if (element) {
      this.#known(element.kind).delete(element.id);
      return;
    }
    for (const known of this.#elements) known.clear();
    for (const texts of [this.#sources, this.#series, this.#shapes]) texts.forget();
  }

  #writeEvent(fields: readonly Packed[], at: number): void {
    const words = fields[at + 5];
    if (typeof words === 'string') this.#source = this.#sources.numberOf(words);
    const code = fields[at] as number;
    const created = fields[at + 6] as number;
    const since = fields[at + 7] as number;
    const revision = fields[at + 10] as number;
    const known = this.#element(fields[at + 1] as number, fields[at + 2] as string);
    const isCurrent = known.life !== 0 && known.created === created;
    const life = isCurrent ? known : this.#goTo(known, fields, at);
    const isNews = this.#writeVersion(life, fields, at);
    if (code === EVENT_CODES.removed) {
      const deleted = fields[at + 9] as number;
      // What has another version since did not end with this one.
      if (revision < life.revision || life.deleted === deleted) return;
      this.#end(life.life, created, deleted, Math.max(deleted, fields[at + 8] as number));
      if (known.life === life.life) known.life = 0;
      this.#saw(deleted);
    } else if (
      code === EVENT_CODES.added &&
      isNews &&
      known.life === 0 &&
      since >= (life.deleted ?? Number.POSITIVE_INFINITY)
    ) {
      // It ended and began again within one millisecond: it never ended.
      this.#reopen(known, life, fields, at);
    }
  }

  /** Whether that is news: a version that is here already, by its revision, changes nothing. */
  #writeVersion(life: LifeRow, fields: readonly Packed[], at: number): boolean {
    const since = fields[at + 7] as number;
    const revision = fields[at + 10] as number;
    if (revision === life.revision && since === life.since) return false;
    const recorded = fields[at + 8] as number;
    const metadata = fields[at + 11] as string;
    const isNewest = revision > life.revision && since > life.since;
    const there = isNewest ? undefined : this.#sql.versionAt.get(life.life, since);
    // Of two of one moment the first was never so.
    if (there && Number(there.revision) >= revision) return false;
    if (!isNewest && !there && revision <= life.revision && this.#sql.versionNamed.get(life.life, revision))
      return false;
    if (there) this.#sql.replace.run(recorded, revision, this.#source, metadata, life.life, since);
    else {
      this.#sql.version.run(life.life, since, recorded, revision, this.#source, metadata);
      this.#versions++;
    }
    life.since = Math.max(life.since, since);
    life.revision = Math.max(life.revision, revision);
    this.#saw(since);
    return true;
  }

  /** The life that began when the event's element did: an earlier one, or one that begins now. */
  #goTo(known: Known, fields: readonly Packed[], at: number): LifeRow {
    const created = fields[at + 6] as number;
    const since = fields[at + 7] as number;
    const earlier = known.hasLives ? lifeRow(this.#sql.lifeOf.get(known.element, created)) : undefined;
    const isReopened = fields[at] === EVENT_CODES.reopened;
    if (earlier && !isReopened) return earlier;
    const next = known.hasLives ? this.#sql.nextLife.get(known.element, since, created)?.created : undefined;
    if (next) {
      if (earlier) return earlier;
      // Late, and nothing was told of its end yet: it was over when the next began.
      const life = this.#begin(known, fields, at);
      const deleted = Number(next);
      this.#end(life, created, deleted, Math.max(deleted, fields[at + 8] as number));
      return { life, since: Number.NEGATIVE_INFINITY, revision: 0, deleted };
    }
    // A life that begins while another goes on ends it: one id is one element at a time.
    if (known.life !== 0) {
      const end = created > known.created ? created : since;
      this.#end(known.life, known.created, end, Math.max(end, fields[at + 8] as number));
    }
    if (earlier) {
      this.#reopen(known, earlier, fields, at);
      return known;
    }
    known.life = this.#begin(known, fields, at);
    known.created = created;
    known.since = Number.NEGATIVE_INFINITY;
    known.revision = 0;
    known.deleted = null;
    return known;
  }

  #begin(known: Known, fields: readonly Packed[], at: number): number {
    known.hasLives = true;
    const [parent, child] = [fields[at + 3] ?? null, fields[at + 4] ?? null];
    return Number(this.#sql.begin.run(known.element, parent, child, fields[at + 6] as number).lastInsertRowid);
  }

  #reopen(known: Known, { life, since, revision }: LifeRow, fields: readonly Packed[], at: number): void {
    this.#sql.reopen.run(fields[at + 3] ?? null, fields[at + 4] ?? null, life);
    Object.assign(known, { life, since, revision, deleted: null, created: fields[at + 6] });
  }

  #end(life: number, created: number, at: number, recordedAt: number): void {
    this.#sql.end.run(at, recordedAt, lengthClass(at - created), life);
  }

  #saw(time: number): void {
    if (time < this.#first) this.#first = time;
    if (time > this.#last) this.#last = time;
  }

  #known(kind: number): Map<string, Known> {
    return this.#elements[kind === 0 ? 0 : 1];
  }

  #element(kind: number, id: string): Known {
    const elements = this.#known(kind);
    let known = elements.get(id);
    if (known) return known;
    // Most that are not remembered are new.
    const added = this.#sql.newElement.run(id, kind);
    known = added.changes > 0 ? newcomer(Number(added.lastInsertRowid)) : this.#read(kind, id);
    if (elements.size >= ELEMENTS_REMEMBERED_MAX) elements.clear();
    elements.set(id, known);
    return known;
  }

  #read(kind: number, id: string): Known {
    const row = this.#sql.element.get(id, kind);
    return {
      element: Number(row?.element),
      life: Number(row?.life ?? 0),
      created: Number(row?.created),
      since: Number(row?.since),
      revision: Number(row?.revision),
      deleted: null,
      hasLives: true,
      isCounted: row?.counted === 1,
    };
  }

  #writeSample(fields: readonly Packed[], at: number): void {
    const id = fields[at] as string;
    const known = this.#countedElement(id);
    if (!known.isCounted) {
      this.#sql.counted.run(known.element);
      known.isCounted = true;
    }
    const series = this.#series.numberOf(fields[at + 1] as string);
    const shape = this.#shapes.numberOf(fields[at + 4] as string);
    const totalNames = fields[at + 6];
    const totalShape = typeof totalNames === 'string' ? this.#shapes.numberOf(totalNames) : null;
    const [start, last] = [fields[at + 2] as number, fields[at + 3] as number];
    const [counts, totals] = [fields[at + 5] as string, fields[at + 7] ?? null];
    const { changes } = this.#sql.sample.run(known.element, series, start, last, shape, counts, totalShape, totals);
    if (changes === 0) return;
    this.#samples++;
    this.#saw(last);
  }

  /** A sample does not tell whether its id is a node's or an edge's: it is an edge's when there is no such node. */
  #countedElement(id: string): Known {
    const node = this.#known(0).get(id);
    if (node) return node;
    return this.#element(Number(this.#sql.kindOf.get(id)?.kind ?? 0), id);
  }
}

function newcomer(element: number): Known {
  return { element, life: 0, created: 0, since: 0, revision: 0, deleted: null, hasLives: false, isCounted: false };
}

function lifeRow(row: Record<string, SQLOutputValue> | undefined): LifeRow | undefined {
  if (!row) return undefined;
  const { life, since, revision, deleted } = row;
  return { life: Number(life), since: Number(since), revision: Number(revision), deleted: deleted as number | null };
}

/** Lives are found by how long they were, as a power of two: see queries.ts. */
function lengthClass(lengthMs: number): number {
  return Math.floor(Math.log2(Math.max(1, lengthMs)));
}

function statements(db: DatabaseSync) {
  return {
    hear: db.prepare(hearing('writers')),
    hearRelayed: db.prepare(hearing('relayed')),
    count: db.prepare(`update state set first = min(ifnull(first, ?1), ?1), last = max(ifnull(last, ?2), ?2),
      versions = versions + ?3, samples = samples + ?4`),
    element: db.prepare(`select e.element, e.counted, l.life, l.created,
        ${NEWEST}
      from elements e left join lives l on l.element = e.element and l.deleted is null
      where e.id = ? and e.kind = ?`),
    newElement: db.prepare('insert into elements (id, kind) values (?, ?) on conflict do nothing'),
    kindOf: db.prepare('select kind from elements where id = ? order by kind limit 1'),
    counted: db.prepare('update elements set counted = 1 where element = ?'),
    lifeOf: db.prepare(`select l.life, l.deleted, ${NEWEST} from lives l where element = ? and created = ?`),
    nextLife: db.prepare(
      'select created from lives where element = ? and created > ? and created <> ? order by created limit 1',
    ),
    versionAt: db.prepare('select revision from versions where life = ? and since = ?'),
    versionNamed: db.prepare('select 1 from versions where life = ? and revision = ?'),
    lifeAt: db.prepare(`select life, created, (select max(since) from versions v where v.life = l.life) as since
      from lives l where element = ? and created <= ? and (deleted is null or deleted > ?)
      order by created desc limit 1`),
    begin: db.prepare('insert into lives (element, parent, child, created) values (?, ?, ?, ?)'),
    reopen: db.prepare(`update lives set parent = ?, child = ?, deleted = null, deleted_recorded = null, class = null
      where life = ?`),
    end: db.prepare('update lives set deleted = ?, deleted_recorded = ?, class = ? where life = ?'),
    version: db.prepare(`insert into versions (life, since, recorded, revision, source, metadata)
      values (?, ?, ?, ?, ?, ?)`),
    replace: db.prepare(`update versions set recorded = ?, revision = ?, source = ?, metadata = ?
      where life = ? and since = ?`),
    sample: db.prepare(`insert into samples (element, series, start, last, shape, counts, total_shape, totals)
      select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
      where not exists (select 1 from samples where element = ?1 and series = ?2 and last = ?4)`),
  };
}

/** Does nothing when the number is not a new one. */
const hearing = (table: 'writers' | 'relayed') => `insert into ${table} (writer, n, first, last) values (?, ?, ?, ?)
  on conflict (writer) do update set n = excluded.n, last = max(last, excluded.last) where excluded.n > n`;

const NEWEST = `(select max(since) from versions v where v.life = l.life) as since,
  (select revision from versions v where v.life = l.life order by since desc limit 1) as revision`;
