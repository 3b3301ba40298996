/**
 * The translations of one namespace, as events and dumps tell of them, with a bound. They are told as they are read,
 * some at a time. A dump is not of one moment: what events say while it is under way is newer than what it says.
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
  /** By id: in which dump it was told last. */
  readonly #known = new Map<string, number>();
  #dumps = 0;
  /** What events ended since the dump began: it may still tell of them. */
  #ended: Set<string> | undefined;

  /** What an earlier run said is taken back. */
  constructor(parts: TranslatedParts) {
    this.#parts = parts;
    parts.writer.all(parts.node, [], parts.now());
  }

  get size(): number {
    return this.#known.size;
  }

  /** A batch of events. */
  hear(batch: Uint8Array): void {
    const { node, max, writer, now, notKept } = this.#parts;
    const at = now();
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
      if (!entries.isThere) {
        this.#ended?.add(id);
        if (this.#known.delete(id)) ended.push(id);
        continue;
      }
      this.#ended?.delete(id);
      if (this.#known.size >= max && !this.#known.has(id)) {
        missed++;
        continue;
      }
      // An entry may go, and the next with the same id come, in one batch.
      if (ended.length > 0) say();
      this.#known.set(id, this.#dumps);
      told.push(translationOf(entries, id, node, at));
    }
    say();
    if (missed > 0) notKept(missed);
  }

  /** From here on until `end` batches of a dump are given to `dump`. */
  begin(): void {
    this.#dumps++;
    this.#ended = new Set();
  }

  /** A batch of a dump; `see` is shown every entry of it. */
  dump(batch: Uint8Array, see: (entry: Entries) => void): void {
    const { node, max, writer, now, notKept } = this.#parts;
    const at = now();
    const told: Translation[] = [];
    let missed = 0;
    const entries = new Entries(batch);
    while (entries.next()) {
      see(entries);
      if (!entries.isTranslated) continue;
      const id = idOf(node, entries);
      if (this.#ended?.has(id)) continue;
      const isKnown = this.#known.has(id);
      if (!isKnown && this.#known.size >= max) {
        missed++;
        continue;
      }
      this.#known.set(id, this.#dumps);
      if (!isKnown) told.push(translationOf(entries, id, node, at));
    }
    if (told.length > 0) writer.tell(told);
    if (missed > 0) notKept(missed);
  }

  /** Whole: what neither it nor an event since has told of is no more. */
  end(isWhole: boolean): void {
    this.#ended = undefined;
    if (!isWhole) return;
    const { writer, now } = this.#parts;
    const ended: string[] = [];
    for (const [id, dump] of this.#known) if (dump !== this.#dumps) ended.push(id);
    for (const id of ended) this.#known.delete(id);
    if (ended.length > 0) writer.end(ended, now());
  }
}

function idOf(node: string, { id, zone }: Entries): string {
  return `${node}/${zone}/${id}`;
}

function translationOf(entry: Entries, id: string, node: string, now: number): Translation {
  const { zone, since } = entry;
  return { id, node, zone, original: entry.original(), reply: entry.reply(), since: since || now };
}
