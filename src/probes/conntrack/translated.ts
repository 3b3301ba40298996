/**
 * The translations of one namespace, as events and dumps tell of them, with a bound. A dump is not of one moment: what
 * events say while it is under way is newer than what it says.
 */
import type { Translation, TranslationWriter } from '../../ends/translation.ts';
import { Entries } from './entry.ts';

export interface TranslatedParts {
  readonly node: string;
  readonly max: number;
  readonly writer: TranslationWriter;
  readonly now: () => number;
  /** How many were not kept as there are too many. */
  readonly notKept: (count: number) => void;
}

export class Translated {
  readonly #parts: TranslatedParts;
  #known = new Map<string, Translation>();
  /** Until all is told once, what an earlier run said may still be believed. */
  #isTold = false;
  /** What events said since the dump began; undefined: it went. */
  #since: Map<string, Translation | undefined> | undefined;
  #dumped = new Map<string, Translation>();

  constructor(parts: TranslatedParts) {
    this.#parts = parts;
  }

  /** And said so. */
  get isEmpty(): boolean {
    return this.#isTold && this.#known.size === 0;
  }

  /** A batch of events. */
  hear(batch: Uint8Array): void {
    const { node, max, writer, now, notKept } = this.#parts;
    const at = now();
    // The order matters: an entry may go, and the next with the same id come, in one batch.
    let told: Translation[] = [];
    let ended: string[] = [];
    let missed = 0;
    const say = () => {
      if (told.length > 0) writer.tell(told);
      if (ended.length > 0) writer.end(ended, at);
      told = [];
      ended = [];
    };
    const entries = new Entries(batch);
    while (entries.next()) {
      if (!entries.isTranslated) continue;
      const id = idOf(node, entries);
      if (entries.isThere) {
        if (this.#known.size >= max && !this.#known.has(id)) {
          missed++;
          continue;
        }
        if (ended.length > 0) say();
        const translation = translationOf(entries, node, at);
        this.#known.set(id, translation);
        this.#since?.set(id, translation);
        told.push(translation);
      } else {
        this.#since?.set(id, undefined);
        if (!this.#known.delete(id)) continue;
        ended.push(id);
      }
    }
    say();
    if (missed > 0) notKept(missed);
  }

  /** From here on until `taken` or `dropped` entries of a dump are given to `dump`. */
  begin(): void {
    this.#since = new Map();
    this.#dumped = new Map();
  }

  /** The entry a cursor stands on. */
  dump(entry: Entries): void {
    const { node, max, now, notKept } = this.#parts;
    const id = idOf(node, entry);
    if (this.#dumped.size < max || this.#dumped.has(id))
      this.#dumped.set(id, this.#known.get(id) ?? translationOf(entry, node, now()));
    else notKept(1);
  }

  /** The dump is whole: it is so. */
  take(): void {
    const { node, writer, now } = this.#parts;
    const all = this.#dumped;
    for (const [id, translation] of this.#since ?? []) {
      if (translation) all.set(id, translation);
      else all.delete(id);
    }
    this.drop();
    const isSame = this.#isTold && all.size === this.#known.size && [...all.keys()].every((id) => this.#known.has(id));
    this.#known = all;
    this.#isTold = true;
    if (!isSame) writer.all(node, [...all.values()], now());
  }

  /** It is not. */
  drop(): void {
    this.#since = undefined;
    this.#dumped = new Map();
  }
}

function idOf(node: string, { id, zone }: Entries): string {
  return `${node}/${zone}/${id}`;
}

function translationOf(entry: Entries, node: string, now: number): Translation {
  return {
    id: idOf(node, entry),
    node,
    zone: entry.zone,
    original: entry.original(),
    reply: entry.reply(),
    since: entry.since || now,
  };
}
