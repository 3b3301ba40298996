/** Writes batches into the tables. Transactions are the caller's: after a rollback it calls `forget`. */
import type { DatabaseSync } from 'node:sqlite';
import type { ElementName } from '../archive.ts';
import { EVENT_CODES, EVENT_FIELDS, KIND_CODES, type Packed, type PackedBatch, SAMPLE_FIELDS } from './packed.ts';
import { Texts } from './texts.ts';

/** Nodes, and edges, whose row numbers are remembered, about 200 bytes each; others are looked up, in about 5 µs. */
const ELEMENTS_REMEMBERED_MAX = 30_000;

interface Known {
  readonly element: number;
  /** Its open life; 0 when it has none. */
  life: number;
  created: number;
  /** Start of the newest version of that life. */
  since: number;
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
  #first = 0;
  #last = 0;

  constructor(db: DatabaseSync) {
    this.#sql = statements(db);
    this.#sources = new Texts(db, { table: 'sources', number: 'source', text: 'words' });
    this.#series = new Texts(db, { table: 'series', number: 'series', text: 'name' });
    this.#shapes = new Texts(db, { table: 'shapes', number: 'shape', text: 'names' });
  }

  /** Does nothing when the batch was there already. */
  append({ writer, n, time, events, samples, isFirst }: PackedBatch): void {
    if (isFirst) this.#isKnown = this.#sql.hear.run(writer, n, time, time).changes === 0;
    if (this.#isKnown) return;
    this.#versions = 0;
    this.#first = this.#last = time;
    for (let at = 0; at < events.length; at += EVENT_FIELDS) this.#writeEvent(events, at);
    for (let at = 0; at < samples.length; at += SAMPLE_FIELDS) this.#writeSample(samples, at);
    this.#sql.count.run(this.#first, this.#last, this.#versions, samples.length / SAMPLE_FIELDS);
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
    const code = fields[at] as number;
    const created = fields[at + 6] as number;
    const since = fields[at + 7] as number;
    const recorded = fields[at + 8] as number;
    const known = this.#element(fields[at + 1] as number, fields[at + 2] as string);
    const isCurrent = known.life !== 0 && known.created === created;
    const { life, isNew } = isCurrent ? { life: known.life, isNew: false } : this.#goTo(known, fields, at);
    const words = fields[at + 5];
    if (typeof words === 'string') this.#source = this.#sources.numberOf(words);
    if (code !== EVENT_CODES.removed || isNew) {
      const revision = fields[at + 10] as number;
      const metadata = fields[at + 11] as string;
      const isNewest = known.life === life && since > known.since;
      // Two versions of one moment: the first was never so.
      const isAgain =
        !isNewest && this.#sql.replace.run(recorded, revision, this.#source, metadata, life, since).changes > 0;
      if (!isAgain) {
        this.#sql.version.run(life, since, recorded, revision, this.#source, metadata);
        this.#versions++;
      }
      if (isNewest) known.since = since;
      this.#saw(since);
    }
    if (code === EVENT_CODES.removed) {
      const deleted = fields[at + 9] as number;
      this.#end(life, created, deleted, Math.max(deleted, recorded));
      if (known.life === life) known.life = 0;
      this.#saw(deleted);
    }
  }

  /** The life that began when the event's element did: an earlier one, or one that begins now. */
  #goTo(known: Known, fields: readonly Packed[], at: number): { life: number; isNew: boolean } {
    const created = fields[at + 6] as number;
    const [parent, child] = [fields[at + 3] ?? null, fields[at + 4] ?? null];
    const earlier = this.#sql.lifeOf.get(known.element, created);
    // It ended and began again within one millisecond: it never ended. Otherwise this is late news of a life that is over.
    if (earlier && fields[at] !== EVENT_CODES.added) return { life: Number(earlier.life), isNew: false };
    // A life that begins while another goes on ends it: one id is one element at a time.
    if (known.life !== 0) this.#end(known.life, known.created, created, Math.max(created, fields[at + 8] as number));
    if (earlier) this.#sql.reopen.run(parent, child, earlier.life ?? 0);
    known.life = Number(
      earlier ? earlier.life : this.#sql.begin.run(known.element, parent, child, created).lastInsertRowid,
    );
    known.created = created;
    known.since = earlier ? created : Number.NEGATIVE_INFINITY;
    return { life: known.life, isNew: !earlier };
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
    this.#sql.sample.run(known.element, series, start, last, shape, counts, totalShape, totals);
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
  return { element, life: 0, created: 0, since: 0, isCounted: false };
}

/** Lives are found by how long they were, as a power of two: see queries.ts. */
function lengthClass(lengthMs: number): number {
  return Math.floor(Math.log2(Math.max(1, lengthMs)));
}

function statements(db: DatabaseSync) {
  return {
    hear: db.prepare(`insert into writers (writer, n, first, last) values (?, ?, ?, ?)
      on conflict (writer) do update set n = excluded.n, last = max(last, excluded.last) where excluded.n > n`),
    count: db.prepare(`update state set first = min(ifnull(first, ?1), ?1), last = max(ifnull(last, ?2), ?2),
      versions = versions + ?3, samples = samples + ?4`),
    element: db.prepare(`select e.element, e.counted, l.life, l.created,
        (select max(since) from versions v where v.life = l.life) as since
      from elements e left join lives l on l.element = e.element and l.deleted is null
      where e.id = ? and e.kind = ?`),
    newElement: db.prepare('insert into elements (id, kind) values (?, ?) on conflict do nothing'),
    kindOf: db.prepare('select kind from elements where id = ? order by kind limit 1'),
    counted: db.prepare('update elements set counted = 1 where element = ?'),
    lifeOf: db.prepare('select life from lives where element = ? and created = ?'),
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
      values (?, ?, ?, ?, ?, ?, ?, ?)`),
  };
}
