/** Whose turn it is to look and tell, of several servers that share their alerts. */

export interface TurnParts {
  /** Of several servers, this one looks and tells. */
  readonly isFirst: () => boolean;
  /**
   * The number of the turn that this one has, or had last as long as nobody can know of another's since; undefined: it
   * is another's. For as long as it is the same this one goes on looking, and tells when it is first.
   */
  readonly lastTurn?: () => number | undefined;
  /** Where they are shared; without `written` there are no others. */
  readonly kept: { readonly away?: string | undefined; readonly written?: unknown };
}

const UNKNOWN = 'nobody can know yet whose turn it is';

export class Turn {
  readonly #parts: TurnParts;
  /** In which we began. */
  #number: number | undefined;

  constructor(parts: TurnParts) {
    this.#parts = parts;
  }

  get number(): number | undefined {
    return this.#number;
  }

  begin(): void {
    this.#number = this.#parts.lastTurn?.();
  }

  end(): void {
    this.#number = undefined;
  }

  /** Nobody else has looked since it began, as far as anybody can know: we may. */
  isOurs(): boolean {
    const { isFirst, lastTurn } = this.#parts;
    return lastTurn ? this.#number !== undefined && lastTurn() === this.#number : isFirst();
  }

  /** Why nothing may be written or told, which another could do as well. */
  get fault(): string | undefined {
    const { isFirst, kept } = this.#parts;
    if (kept.written === undefined) return undefined;
    return kept.away ?? (isFirst() ? undefined : UNKNOWN);
  }
}
