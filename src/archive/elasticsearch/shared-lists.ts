/**
 * Lists that several analyzers share: one document, which each looks at again and again. What one changes is merged
 * entry by entry with what others changed meanwhile; the server's sequence numbers tell that they did. While the server
 * is away the lists are as they were last, and cannot be changed.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../std/clock.ts';
import type { KeptLists, Lists, LongKeptLists, SharedKeptLists } from '../../std/kept-lists.ts';
import { Unavailable } from '../../std/unavailable.ts';
import type { Elastic } from './client.ts';
import { INDEX } from './lease.ts';
import { mergedLists } from './merged-lists.ts';

export interface SharedListsParts<L> {
  readonly elastic: Pick<Elastic, 'request'>;
  /** Of all shared lists; made when it is not there. */
  readonly index: string;
  /** What is in the lists, for sentences, and the name of their document: 'captures'. */
  readonly things: string;
  /** Where this one keeps its copy. */
  readonly local: KeptLists<L> & Partial<LongKeptLists<L>>;
  /** What names an entry of that list among the others. */
  readonly keyOf: (list: keyof L, entry: unknown) => string;
  readonly isEntry: Readonly<Record<keyof L, (value: unknown) => boolean>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly pollMs?: number;
}

/** With its jitter what one changes is everywhere within two seconds. */
const POLL_MS = 1_300;

/** Bytes of one document: what would be longer is refused. */
const DOCUMENT_BYTES_MAX = 16 * 2 ** 20;

/** Times that a change is tried again because another came first. */
const TRIES_MAX = 20;

type RawLists = Readonly<Record<string, readonly unknown[]>>;

interface Place {
  readonly _seq_no: number;
  readonly _primary_term: number;
}

interface Stored extends Place {
  readonly _source: { readonly lists?: unknown };
}

export class SharedLists<L extends Lists<L>> implements SharedKeptLists<L>, AsyncDisposable {
  readonly #parts: SharedListsParts<L>;
  readonly #listeners: ((lists: L) => void)[] = [];
  /** As the server had them when it was last asked. */
  #base: L;
  /** Where that is, with what of it is none of ours; undefined: to be asked. */
  #known: { readonly place: Place; readonly foreign: RawLists } | undefined;
  /** With what is on its way to the server. */
  #lists: L;
  #note: string | undefined;
  #away: string | undefined = 'they have not been read yet';
  #turn: Promise<void> = Promise.resolve();
  #callOff: (() => void) | undefined;
  /** What is to be copied to this machine, and what is being copied. */
  #toCopy: L | undefined;
  #copying: Promise<void> | undefined;
  #isStopped = false;

  constructor(parts: SharedListsParts<L>) {
    this.#parts = parts;
    const { lists, note } = parts.local.read();
    this.#base = lists;
    this.#lists = lists;
    this.#note = note;
  }

  /** Resolves when the server has been asked once; from then on it is asked again and again. */
  async start(): Promise<void> {
    const { clock, random, pollMs = POLL_MS } = this.#parts;
    const again = () => {
      if (this.#isStopped) return;
      this.#callOff = clock.after(pollMs * (0.75 + random() / 2), () => void this.look().then(again));
    };
    await this.look();
    again();
  }

  read(): { readonly lists: L; readonly note: string | undefined } {
    const { things } = this.#parts;
    const note = this.#away && `${things} are as they were last, and cannot be changed: ${this.#away}`;
    return { lists: this.#lists, note: note ?? this.#note };
  }

  get away(): string | undefined {
    return this.#away;
  }

  /** Throws Unavailable while the server is away. What it takes is on its way: `written` says when it has arrived. */
  write(lists: L): void {
    const { things } = this.#parts;
    if (this.#away !== undefined)
      throw new Unavailable(`changing ${things}`, `the place they are shared at (${this.#away})`);
    // As others will read it.
    this.#lists = JSON.parse(JSON.stringify(lists)) as L;
    void this.look();
  }

  /** Resolves when all that was written is on the server, and the copy here; rejects with why it is not. */
  async written(): Promise<void> {
    await this.#turn;
    await this.#copying;
    if (this.#away !== undefined) throw new Unavailable(`changing ${this.#parts.things}`, this.#away);
  }

  changed(listener: (lists: L) => void): void {
    this.#listeners.push(listener);
  }

  /** Asks the server once, and brings what was written here. Never throws: `read` has a note. */
  look(): Promise<void> {
    this.#turn = this.#turn
      .then(() => this.#look())
      .then(
        () => {
          this.#away = undefined;
        },
        (error: Error) => {
          this.#away = error.message;
        },
      );
    return this.#turn;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#callOff?.();
    await this.#turn;
    await this.#copying;
  }

  async #look(): Promise<void> {
    const { elastic, index, things, keyOf } = this.#parts;
    if (await this.#bring()) return;
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const path = `/${index}/_doc/${encodeURIComponent(things)}`;
      const stored = await elastic.request<Stored | undefined>({ method: 'GET', path, fine: [404] });
      // The first one brings what it has.
      const { lists: theirs, foreign } = stored
        ? this.#parted(stored._source.lists)
        : { lists: this.#base, foreign: {} };
      const before = this.#lists;
      const merged = mergedLists({ base: this.#base, mine: before, theirs, keyOf });
      const isThere = stored !== undefined && isDeepStrictEqual(merged, theirs);
      const place = isThere ? stored : await this.#put(withForeign(merged, foreign), stored);
      if (!place) continue;
      this.#known = { place, foreign };
      this.#take(merged, before);
      return;
    }
    throw new Error('others change them all the time');
  }

  /** Whether what was written here is there now, and nobody has changed them since we asked: that saves a way. */
  async #bring(): Promise<boolean> {
    const known = this.#known;
    const before = this.#lists;
    if (!known || before === this.#base || isDeepStrictEqual(before, this.#base)) return false;
    // Also when nobody knows what came of it.
    this.#known = undefined;
    const place = await this.#put(withForeign(before, known.foreign), known.place);
    if (!place) return false;
    this.#known = { ...known, place };
    this.#take(before, before);
    return true;
  }

  /** `merged` is on the server. What was written here since `before` is on its way. */
  #take(merged: L, before: L): void {
    const now = this.#lists;
    const { keyOf } = this.#parts;
    const isNews = !isDeepStrictEqual(before, merged);
    const isFirst = this.#away !== undefined;
    const isChanged = !isDeepStrictEqual(this.#base, merged);
    this.#base = merged;
    this.#lists = now === before ? merged : mergedLists({ base: before, mine: now, theirs: merged, keyOf });
    if (isChanged || isFirst) this.#keep(merged);
    if (isNews) for (const listener of this.#listeners) listener(this.#lists);
  }

  /** A copy that cannot be written costs a start without the server, and nothing now. */
  #keep(lists: L): void {
    const { local } = this.#parts;
    if (local.writeInPieces) {
      this.#toCopy = lists;
      this.#copying ??= this.#copy();
      return;
    }
    try {
      local.write(lists);
      this.#note = undefined;
    } catch (error) {
      this.#noteOf(error as Error);
    }
  }

  /** One at a time: the last of what came meanwhile is the next. */
  async #copy(): Promise<void> {
    for (let lists = this.#toCopy; lists; lists = this.#toCopy) {
      this.#toCopy = undefined;
      try {
        await this.#parts.local.writeInPieces?.(lists);
        this.#note = undefined;
      } catch (error) {
        this.#noteOf(error as Error);
      }
    }
    this.#copying = undefined;
  }

  #noteOf({ message }: Error): void {
    this.#note = `the copy of ${this.#parts.things} on this machine cannot be written: ${message}`;
  }

  /** Where it is now; undefined: another came first. */
  async #put(lists: RawLists, over: Place | undefined): Promise<Place | undefined> {
    const { elastic, index, things } = this.#parts;
    const body = { lists };
    const size = Buffer.byteLength(JSON.stringify(body));
    if (size > DOCUMENT_BYTES_MAX)
      throw new Error(`they take ${size} bytes, and ${DOCUMENT_BYTES_MAX} are shared at most`);
    // What is there under that name already is right.
    if (!over) await elastic.request({ method: 'PUT', path: `/${index}`, body: INDEX, fine: [400] });
    return elastic.request<Place | undefined>({
      method: 'PUT',
      path: `/${index}/${over ? '_doc' : '_create'}/${encodeURIComponent(things)}`,
      ...(over && { query: { if_seq_no: over._seq_no, if_primary_term: over._primary_term } }),
      body,
      fine: [409],
    });
  }

  /** What others wrote comes from outside. Entries that are none of ours, of a newer release, stay where they are. */
  #parted(all: unknown): { readonly lists: L; readonly foreign: RawLists } {
    const raw = (all ?? {}) as Readonly<Record<string, unknown>>;
    const lists: Record<string, unknown[]> = {};
    const foreign: Record<string, unknown[]> = {};
    for (const [name, isEntry] of Object.entries(this.#parts.isEntry) as [string, (value: unknown) => boolean][]) {
      const entries = Array.isArray(raw[name]) ? (raw[name] as unknown[]) : [];
      lists[name] = entries.filter((entry) => isEntry(entry));
      foreign[name] = entries.filter((entry) => !isEntry(entry));
    }
    return { lists: lists as unknown as L, foreign };
  }
}

function withForeign(lists: object, foreign: RawLists): RawLists {
  return Object.fromEntries(
    Object.entries(lists).map(([name, entries]) => [name, [...(entries as unknown[]), ...(foreign[name] ?? [])]]),
  );
}
