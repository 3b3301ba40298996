/** Writes batches into the tables. Transactions are the caller's: after a rollback it calls `forget`. */
import type { DatabaseSync } from 'node:sqlite';
import { EVENT_CODES, EVENT_FIELDS, type Packed, type PackedBatch, SAMPLE_FIELDS } from './packed.ts';

/** Elements whose row numbers are remembered, about 200 bytes each. */
export const ELEMENTS_REMEMBERED_MAX = 100_000;

/** Texts (counter names, hosts with origins) whose row numbers are remembered. */
const WORDS_REMEMBERED_MAX = 10_000;

interface Known {
  readonly element: number;
  /** Its open life; 0 when it has none. */
  life: number;
  created: number;
  /** Start of the newest version of that life. */
  since: number;
}

export class Appends {
  /** By id; nodes, then edges: an id can be one of each. */
  readonly #elements = [new Map<string, Known>(), new Map<string, Known>()] as const;
  readonly #sources = new Map<string, number>();
  readonly #words = new Map<string, number>();
  readonly #sql: ReturnType<typeof statements>;
  /** The batch that is being written was there already. */
  #isKnown = false;
  #source = 0;
  #versions = 0;
  #first = 0;
  #last = 0;

  constructor(db: DatabaseSync) {
    this.#sql = statements(db);
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

  /** Ends what is open of these ids. */
  closeLost(ids: readonly string[], time: number, recordedAt: number): void {
    for (const id of ids)
      for (const row of this.#sql.openLivesOf.all(JSON.stringify(id))) {
        // It was so for a moment at least: we had heard of it.
        const at = Math.max(time, Number(row.since) + 1);
        this.#end(Number(row.life), Number(row.created), at, Math.max(at, recordedAt));
        this.forget({ kind: Number(row.kind), id: String(row.id) });
      }
  }

  /** Row numbers of one element, or all of them, are not true any more. */
  forget(element?: { readonly kind: number; readonly id: string }): void {
    if (element) {
      this.#known(element.kind).delete(element.id);
      return;
    }
    for (const known of this.#elements) known.clear();
    this.#sources.clear();
    this.#words.clear();
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
    if (typeof words === 'string') this.#source = this.#sourceOf(words);
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
    else this.#sql.begin.run(known.element, parent, child, created);
    known.life = Number(earlier?.life ?? this.#sql.lastRow.get()?.row);
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
    const row = this.#sql.element.get(id, kind);
    known = row
      ? {
          element: Number(row.element),
          life: Number(row.life ?? 0),
          created: Number(row.created),
          since: Number(row.since),
        }
      : { element: Number(this.#sql.newElement.run(id, kind).lastInsertRowid), life: 0, created: 0, since: 0 };
    if (elements.size >= ELEMENTS_REMEMBERED_MAX) elements.clear();
    elements.set(id, known);
    return known;
  }

  #writeSample(fields: readonly Packed[], at: number): void {
    const id = fields[at] as string;
    // An edge only when no node has this id.
    const known = this.#known(0).get(id) ?? this.#sql.elementOfSample.get(id) ?? this.#element(0, id);
    const element = Number(known.element);
    const series = this.#word(fields[at + 1] as string);
    const shape = this.#word(fields[at + 4] as string);
    const [start, last] = [fields[at + 2] as number, fields[at + 3] as number];
    this.#sql.sample.run(element, series, start, last, shape, fields[at + 5] as string);
    this.#saw(last);
  }

  #sourceOf(words: string): number {
    return remembered(this.#sources, words, () => {
      const row = this.#sql.source.get(words);
      return Number(row ? row.source : this.#sql.newSource.run(words).lastInsertRowid);
    });
  }

  #word(text: string): number {
    return remembered(this.#words, text, () => {
      const row = this.#sql.word.get(text);
      return Number(row ? row.word : this.#sql.newWord.run(text).lastInsertRowid);
    });
  }
}

/** Lives are found by how long they were, as a power of two: see reads.ts. */
export function lengthClass(lengthMs: number): number {
  return Math.floor(Math.log2(Math.max(1, lengthMs)));
}

function remembered(rows: Map<string, number>, text: string, find: () => number): number {
  let row = rows.get(text);
  if (row === undefined) {
    row = find();
    if (rows.size >= WORDS_REMEMBERED_MAX) rows.clear();
    rows.set(text, row);
  }
  return row;
}

function statements(db: DatabaseSync) {
  return {
    hear: db.prepare(`insert into writers (writer, n, first, last) values (?, ?, ?, ?)
      on conflict (writer) do update set n = excluded.n, last = max(last, excluded.last) where excluded.n > n`),
    count: db.prepare(`update state set first = min(ifnull(first, ?1), ?1), last = max(ifnull(last, ?2), ?2),
      versions = versions + ?3, samples = samples + ?4`),
    element: db.prepare(`select e.element, l.life, l.created,
        (select max(since) from versions v where v.life = l.life) as since
      from elements e left join lives l on l.element = e.element and l.deleted is null
      where e.id = ? and e.kind = ?`),
    newElement: db.prepare('insert into elements (id, kind) values (?, ?)'),
    elementOfSample: db.prepare('select element from elements where id = ? order by kind limit 1'),
    lifeOf: db.prepare('select life from lives where element = ? and created = ?'),
    begin: db.prepare('insert into lives (element, parent, child, created) values (?, ?, ?, ?)'),
    lastRow: db.prepare('select last_insert_rowid() as row'),
    reopen: db.prepare(`update lives set parent = ?, child = ?, deleted = null, deleted_recorded = null, class = null
      where life = ?`),
    end: db.prepare('update lives set deleted = ?, deleted_recorded = ?, class = ? where life = ?'),
    openLivesOf:
      db.prepare(`select e.id, e.kind, l.life, l.created, (select max(since) from versions v where v.life = l.life) as since
      from elements e join lives l on l.element = e.element and l.deleted is null where e.id = ?`),
    version: db.prepare(`insert into versions (life, since, recorded, revision, source, metadata)
      values (?, ?, ?, ?, ?, ?)`),
    replace: db.prepare(`update versions set recorded = ?, revision = ?, source = ?, metadata = ?
      where life = ? and since = ?`),
    source: db.prepare('select source from sources where words = ?'),
    newSource: db.prepare('insert into sources (words) values (?)'),
    word: db.prepare('select word from words where text = ?'),
    newWord: db.prepare('insert into words (text) values (?)'),
    sample: db.prepare(`insert into samples (element, series, start, last, shape, counts)
      values (?, ?, ?, ?, ?, ?)`),
  };
}
