/** Forgetting, in slices that each take a few milliseconds, so that appends never wait long. */
import type { DatabaseSync } from 'node:sqlite';
import type { Appends } from './appends.ts';
import { Room } from './room.ts';
import { inTransaction } from './transaction.ts';

/** Rows looked at in one slice. */
const SLICE_ROWS = 1_000;

/** Age is looked at in steps of this part of `maxAgeMs`: each look walks over all that is alive. */
const AGE_STEPS = 200;

/** A size pass forgets this part of the time kept; twice as much when the last one found nothing. */
const SIZE_STEP = 1 / 50;

/** After a pass that failed. */
const REST_MS = 500;

export class Pruning {
  readonly #db: DatabaseSync;
  readonly #appends: Appends;
  readonly #maxAgeMs: number;
  readonly #room: Room;
  #step = SIZE_STEP;
  #restUntilMs = 0;
  #isOver = false;

  constructor(db: DatabaseSync, appends: Appends, limits: { readonly maxBytes: number; readonly maxAgeMs: number }) {
    this.#db = db;
    this.#appends = appends;
    this.#maxAgeMs = limits.maxAgeMs;
    this.#room = new Room(db, limits.maxBytes);
  }

  /** Slices to do for each thousand rows that come in: what goes must keep up with what comes, at full speed too. */
  get slicesPerPart(): number {
    return this.#isOver ? 6 : 2;
  }

  /** A pass when one is due. `nowMs` is from a clock that does not go back. */
  due(nowMs: number): Generator<void> | undefined {
    if (nowMs < this.#restUntilMs) return undefined;
    const { first, last } = this.#kept();
    if (first === undefined || last === undefined) return undefined;
    const maxAgeMs = this.#maxAgeMs;
    // A clock that once ran ahead must not make everything look old forever.
    const newest = Math.min(last, Date.now());
    if (newest - first > maxAgeMs * (1 + 1 / AGE_STEPS)) return this.before(newest - maxAgeMs);
    this.#isOver = this.#room.isOver;
    if (!this.#room.isFull) return this.#room.mustShrink ? this.#room.shrink() : undefined;
    // When first has come up to last, all that is there is alive, and larger than it may be.
    return first < last ? this.#bySize(first + Math.max(1, Math.ceil((last - first) * this.#step))) : undefined;
  }

  /** Nothing is due for a while: the last pass failed. */
  rest(nowMs: number): void {
    this.#restUntilMs = nowMs + REST_MS;
  }

  /** Forgets what ended before. */
  *before(time: number): Generator<void, number> {
    const { last } = this.#kept();
    const cutoff = Math.min(time, last ?? time);
    let count = 0;
    for (let gone = inTransaction(this.#db, () => this.#samplesSlice(cutoff)); gone > 0; ) {
      count += gone;
      yield;
      gone = inTransaction(this.#db, () => this.#samplesSlice(cutoff));
    }
    for (let after = 0; after >= 0; ) {
      const slice = inTransaction(this.#db, () => this.#versionsSlice(cutoff, after));
      count += slice.gone;
      after = slice.next;
      yield;
    }
    return count;
  }

  *#bySize(cutoff: number): Generator<void> {
    const count = yield* this.before(cutoff);
    this.#step = count > 0 ? SIZE_STEP : Math.min(1, this.#step * 2);
  }

  #samplesSlice(cutoff: number): number {
    // They were written in order of time, nearly.
    const { changes } = this.#db
      .prepare(`delete from samples where last <= ?
        and sample in (select sample from samples order by sample limit ${SLICE_ROWS})`)
      .run(cutoff);
    this.#db.prepare('update state set first = max(first, ?), samples = samples - ?').run(cutoff, changes);
    return Number(changes);
  }

  #versionsSlice(cutoff: number, after: number): { gone: number; next: number } {
    const rows = this.#db
      .prepare(`select v.version, v.life, v.since, l.deleted, ifnull((select min(n.since) from versions n
          where n.life = v.life and n.since > v.since), l.deleted) as ended
        from versions v join lives l on l.life = v.life where v.version > ? order by v.version limit ${SLICE_ROWS}`)
      .all(after) as unknown as VersionRow[];
    const drop = this.#db.prepare('delete from versions where version = ?');
    const lives = new Set<number>();
    let gone = 0;
    for (const { version, life, deleted, ended } of rows) {
      if (ended === null || ended > cutoff) continue;
      drop.run(version);
      gone++;
      if (deleted !== null) lives.add(life);
    }
    for (const life of lives) this.#dropLife(life);
    this.#db.prepare('update state set versions = versions - ?').run(gone);
    for (const writers of ['writers', 'relayed'])
      this.#db.prepare(`delete from ${writers} where last <= ?`).run(cutoff);
    // Versions lie in the order they were written in: behind the first slice that is all younger there is nothing.
    const isEnd = rows.length < SLICE_ROWS || rows.every(({ since }) => since > cutoff);
    return { gone, next: isEnd ? -1 : (rows.at(-1) as VersionRow).version };
  }

  #dropLife(life: number): void {
    const [row] = this.#db
      .prepare(
        'delete from lives where life = ?1 and not exists (select 1 from versions where life = ?1) returning element',
      )
      .all(life);
    if (!row) return;
    const [element] = this.#db
      .prepare(`delete from elements where element = ?1 and not exists (select 1 from lives where element = ?1)
        and not exists (select 1 from samples where element = ?1) returning kind, id`)
      .all(row.element ?? null);
    if (element) this.#appends.forget({ kind: Number(element.kind), id: String(element.id) });
  }

  #kept(): { first: number | undefined; last: number | undefined } {
    const row = this.#db.prepare('select first, last from state').get() as {
      first: number | null;
      last: number | null;
    };
    return { first: row.first ?? undefined, last: row.last ?? undefined };
  }
}

interface VersionRow {
  readonly version: number;
  readonly life: number;
  readonly since: number;
  readonly deleted: number | null;
  readonly ended: number | null;
}
