/** The translations of all namespaces: those that live, and for a while those that did, found by either of their sides. */
import { Buckets } from './buckets.ts';
import type { Translation, TranslationWriter, Tuple } from './translation.ts';
import { conversationNumber, isSame, turned } from './tuple.ts';

export interface TranslationTableOptions {
  /** Those that live, about 600 bytes each; what comes beyond them is refused and counted. */
  readonly liveMax?: number;
  /** Those that ended and are remembered, for flows that are told of later; when there are more the oldest go. */
  readonly endedMax?: number;
}

/** The same conversation on the other side of a translation, told in the direction that was asked for. */
export interface OtherSide {
  readonly translation: Translation;
  readonly tuple: Tuple;
  /** Which end has another address or port than it was sent with: the one who began, or the other. */
  readonly isSource: boolean;
  readonly isDestination: boolean;
  /** It is what was sent, and the one that was asked for what arrives. */
  readonly isBefore: boolean;
}

export interface TranslationTableStats {
  readonly live: number;
  readonly ended: number;
  readonly refused: number;
  readonly forgotten: number;
}

export class TranslationTable implements TranslationWriter {
  readonly #liveMax: number;
  readonly #endedMax: number;
  readonly #byId = new Map<string, Held>();
  readonly #byNode = new Map<string, Set<Held>>();
  readonly #byNumber = new Buckets<Held>();
  /** In the order in which they ended. */
  readonly #ended = new Set<Held>();
  #count = { refused: 0, forgotten: 0 };

  constructor({ liveMax = 300_000, endedMax = 50_000 }: TranslationTableOptions = {}) {
    this.#liveMax = liveMax;
    this.#endedMax = endedMax;
  }

  get isEmpty(): boolean {
    return this.#byId.size + this.#ended.size === 0;
  }

  tell(translations: readonly Translation[]): void {
    for (const translation of translations) this.#tell(translation);
  }

  end(ids: readonly string[], at: number): void {
    for (const id of ids) {
      const held = this.#byId.get(id);
      if (held) this.#end(held, at);
    }
  }

  all(node: string, translations: readonly Translation[], at: number): void {
    const ids = new Set(translations.map(({ id }) => id));
    for (const held of this.#byNode.get(node) ?? []) if (!ids.has(held.translation.id)) this.#end(held, at);
    this.tell(translations);
  }

  gone(node: string, at: number): void {
    for (const held of this.#byNode.get(node) ?? []) this.#end(held, at);
  }

  *live(): Iterable<Translation> {
    for (const { translation } of this.#byId.values()) yield translation;
  }

  /** What becomes of a conversation, and what it was: one for each translation that it is a side of. */
  otherSides(tuple: Tuple): OtherSide[] {
    const found: OtherSide[] = [];
    for (const { translation } of this.#byNumber.of(conversationNumber(tuple))) {
      const side = otherSide(translation, tuple);
      if (side) found.push(side);
    }
    return found;
  }

  /** What ended before is forgotten. */
  forgetBefore(time: number): void {
    for (const held of this.#ended) {
      if ((held.translation.until ?? 0) >= time) return;
      this.#forget(held);
    }
  }

  stats(): TranslationTableStats {
    return { live: this.#byId.size, ended: this.#ended.size, ...this.#count };
  }

  #tell(translation: Translation): void {
    const known = this.#byId.get(translation.id);
    const numbers = numbersOf(translation);
    if (known && known.numbers.length === numbers.length && known.numbers.every((number, i) => number === numbers[i])) {
      known.translation = translation;
      return;
    }
    if (known) this.#end(known, translation.since);
    if (this.#byId.size >= this.#liveMax) {
      this.#count.refused++;
      return;
    }
    const held: Held = { translation, numbers };
    this.#byId.set(translation.id, held);
    const ofNode = this.#byNode.get(translation.node);
    if (ofNode) ofNode.add(held);
    else this.#byNode.set(translation.node, new Set([held]));
    for (const number of numbers) this.#byNumber.add(number, held);
  }

  #end(held: Held, at: number): void {
    const { id, node } = held.translation;
    this.#byId.delete(id);
    const ofNode = this.#byNode.get(node);
    ofNode?.delete(held);
    if (ofNode?.size === 0) this.#byNode.delete(node);
    held.translation = { ...held.translation, until: at };
    this.#ended.add(held);
    if (this.#ended.size <= this.#endedMax) return;
    for (const oldest of this.#ended) {
      this.#count.forgotten++;
      this.#forget(oldest);
      return;
    }
  }

  #forget(held: Held): void {
    this.#ended.delete(held);
    for (const number of held.numbers) this.#byNumber.remove(number, held);
  }
}

interface Held {
  translation: Translation;
  readonly numbers: readonly number[];
}

/** Of both of its sides; one when they differ in nothing that the number is made of. */
function numbersOf({ original, reply }: Translation): readonly number[] {
  const [before, after] = [conversationNumber(original), conversationNumber(reply)];
  return before === after ? [before] : [before, after];
}

function otherSide(translation: Translation, tuple: Tuple): OtherSide | undefined {
  const before = translation.original;
  const after = turned(translation.reply);
  const isSource = before.source !== after.source || before.sourcePort !== after.sourcePort;
  const isDestination = before.destination !== after.destination || before.destinationPort !== after.destinationPort;
  if (!isSource && !isDestination) return undefined;
  const how = { translation, isSource, isDestination };
  if (isSame(tuple, before)) return { ...how, tuple: after, isBefore: false };
  if (isSame(tuple, after)) return { ...how, tuple: before, isBefore: true };
  const back = turned(tuple);
  if (isSame(back, before)) return { ...how, tuple: turned(after), isBefore: false };
  if (isSame(back, after)) return { ...how, tuple: turned(before), isBefore: true };
  return undefined;
}
