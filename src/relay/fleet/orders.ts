/** What each agent is to do, told when it differs from what it was told before, and when the agent comes. */

export interface OrdersParts<Order> {
  /** Resolves when it is done. Rejects when the agent cannot be reached: it is told when it comes. */
  readonly tell: (origin: string, order: Order) => Promise<void>;
  /** Whom others tell what to do we tell nothing. Default: everyone is ours to tell. */
  readonly isMine?: (origin: string) => boolean;
  /** For who is not to do anything any more. */
  readonly nothing: Order;
}

export class Orders<Order> {
  readonly #parts: OrdersParts<Order>;
  #wanted: ReadonlyMap<string, Order> = new Map();
  /** As text, by origin. */
  readonly #told = new Map<string, string>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(parts: OrdersParts<Order>) {
    this.#parts = parts;
  }

  /** This is all there is to do from now on, for everyone. */
  set(wanted: ReadonlyMap<string, Order>): void {
    this.#wanted = wanted;
    for (const origin of new Set([...wanted.keys(), ...this.#told.keys()])) this.#tell(origin);
  }

  /** It does not know what to do: what it was told before may be out of date. */
  came(origin: string): void {
    this.#told.set(origin, '');
    this.#tell(origin);
  }

  /** Resolves when all that was told is done, or could not be. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #tell(origin: string): void {
    if (this.#parts.isMine?.(origin) === false) {
      this.#told.delete(origin);
      return;
    }
    const order = this.#wanted.get(origin) ?? this.#parts.nothing;
    const text = JSON.stringify(order);
    if (this.#told.get(origin) === text) return;
    this.#told.set(origin, text);
    const telling = this.#parts.tell(origin, order).catch(() => {
      if (this.#told.get(origin) === text) this.#told.set(origin, '');
    });
    this.#underWay.add(telling);
    void telling.then(() => this.#underWay.delete(telling));
  }
}
