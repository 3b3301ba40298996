/** Edges at one end of a node: those alive in order of creation, and those that ended in order of their end. */
import type { Slot } from './slot.ts';

/** From here on a set: removing from a list costs its length, a set costs ten times the memory of a short list. */
const SET_FROM = 16;

export class Adjacency {
  #alive: Slot[] | Set<Slot> | undefined;
  #ended: { slots: Slot[]; positions: number[] } | undefined;

  alive(): Iterable<Slot> {
    return this.#alive ?? NONE;
  }

  get size(): number {
    return this.#alive instanceof Set ? this.#alive.size : (this.#alive?.length ?? 0);
  }

  add(edge: Slot): void {
    if (this.#alive === undefined) this.#alive = [edge];
    else if (this.#alive instanceof Set) this.#alive.add(edge);
    // A new list of just this length: push() would make room for sixteen more.
    else if (this.#alive.length < SET_FROM) this.#alive = [...this.#alive, edge];
    else this.#alive = new Set([...this.#alive, edge]);
  }

  /** `position`: where in the log the edge ended. */
  end(edge: Slot, position: number): void {
    this.#drop(edge);
    this.#ended ??= { slots: [], positions: [] };
    this.#ended.slots.push(edge);
    this.#ended.positions.push(position);
  }

  /** Edges that may have been alive before an event at or after `position`, each once: the caller looks at their state then. */
  *candidates(position: number): Generator<Slot> {
    yield* this.alive();
    if (!this.#ended) return;
    const { slots, positions } = this.#ended;
    const seen = new Set<Slot>();
    for (let i = positions.length - 1; i >= 0 && (positions[i] as number) >= position; i--) {
      const slot = slots[i] as Slot;
      if (seen.has(slot) || this.#has(slot)) continue;
      seen.add(slot);
      yield slot;
    }
  }

  /** Forgets edges that ended before `position`. */
  forget(position: number): void {
    if (!this.#ended) return;
    const { slots, positions } = this.#ended;
    let count = 0;
    while (count < positions.length && (positions[count] as number) < position) count++;
    if (count === 0) return;
    if (count === positions.length) this.#ended = undefined;
    else this.#ended = { slots: slots.slice(count), positions: positions.slice(count) };
  }

  #has(edge: Slot): boolean {
    return this.#alive instanceof Set ? this.#alive.has(edge) : (this.#alive?.includes(edge) ?? false);
  }

  #drop(edge: Slot): void {
    if (this.#alive instanceof Set) {
      this.#alive.delete(edge);
      return;
    }
    const index = this.#alive?.indexOf(edge) ?? -1;
    if (index >= 0) this.#alive?.splice(index, 1);
  }
}

const NONE: readonly Slot[] = [];
