/** What everyone should know of many namespaces, as one notice: a sentence for each thing that is so of some of them. */
import { someOf } from '../std/some-of.ts';

/** Namespaces named in one sentence. */
export const NAMES_MAX = 5;

export class NoticeOfMany<Thing extends string> {
  readonly #say: (text: string | undefined) => void;
  readonly #things: ReadonlyMap<Thing, { readonly names: Set<string>; readonly sentence: (some: string) => string }>;
  #said: string | undefined;

  /** `sentences`: in the order they are told; `some` is `a, b and 3 more`. */
  constructor(say: (text: string | undefined) => void, sentences: Readonly<Record<Thing, (some: string) => string>>) {
    this.#say = say;
    const things = Object.entries(sentences) as [Thing, (some: string) => string][];
    this.#things = new Map(things.map(([thing, sentence]) => [thing, { names: new Set(), sentence }]));
  }

  has(thing: Thing, name: string): boolean {
    return this.#things.get(thing)?.names.has(name) ?? false;
  }

  set(thing: Thing, name: string, isSo: boolean): void {
    const names = this.#things.get(thing)?.names;
    if (names === undefined || names.has(name) === isSo) return;
    if (isSo) names.add(name);
    else names.delete(name);
    this.#tell();
  }

  gone(name: string): void {
    for (const { names } of this.#things.values()) names.delete(name);
    this.#tell();
  }

  #tell(): void {
    const texts = [...this.#things.values()]
      .filter(({ names }) => names.size > 0)
      .map(({ names, sentence }) => sentence(someOf([...names].sort(), NAMES_MAX)));
    const text = texts.length > 0 ? texts.join('; ') : undefined;
    if (text === this.#said) return;
    this.#said = text;
    this.#say(text);
  }
}
