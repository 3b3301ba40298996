/** Something that is made when it is first asked for: what nobody uses costs nothing. A failure is tried again. */
export class Later<T extends object> {
  readonly #make: () => Promise<T>;
  #making: Promise<T> | undefined;
  #made: T | undefined;

  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** Undefined until someone has asked. */
  get made(): T | undefined {
    return this.#made;
  }

  /** In the same call when it is there already. */
  get(): T | Promise<T> {
    if (this.#made !== undefined) return this.#made;
    this.#making ??= this.#make().then(
      (made) => {
        this.#made = made;
        return made;
      },
      (error) => {
        this.#making = undefined;
        throw error;
      },
    );
    return this.#making;
  }
}
