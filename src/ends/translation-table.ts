/** The translations that live now, of all namespaces. */
import type { Translation, TranslationWriter } from './translation.ts';

export class TranslationTable implements TranslationWriter {
  readonly #byId = new Map<string, Translation>();

  tell(translations: readonly Translation[]): void {
    for (const translation of translations) this.#byId.set(translation.id, translation);
  }

  end(ids: readonly string[], _at: number): void {
    for (const id of ids) this.#byId.delete(id);
  }

  all(node: string, translations: readonly Translation[], at: number): void {
    this.gone(node, at);
    this.tell(translations);
  }

  gone(node: string, _at: number): void {
    for (const [id, translation] of this.#byId) if (translation.node === node) this.#byId.delete(id);
  }

  *live(): Iterable<Translation> {
    yield* this.#byId.values();
  }
}
