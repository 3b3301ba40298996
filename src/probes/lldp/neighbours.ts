/** Who is heard at which interface, for as long as they are to be believed. */
import type { Neighbour } from './neighbour.ts';

export interface Known {
  /** Id of the node of the namespace that heard it. */
  readonly namespace: string;
  readonly interfaceIndex: number;
  readonly neighbour: Neighbour;
  /** Epoch ms. */
  readonly untilMs: number;
}

/** A port has one neighbour, or a few behind a hub. */
const AT_INTERFACE_MAX = 16;
const ALL_MAX = 4_096;

export class Neighbours {
  readonly #known = new Map<string, Known>();
  /** Those that found no room. */
  refused = 0;

  /** Gives whether anything is different now. */
  hear(heard: Omit<Known, 'untilMs'>, nowMs: number): boolean {
    const { neighbour, namespace, interfaceIndex } = heard;
    const place = `${namespace} ${interfaceIndex}`;
    const key = JSON.stringify([place, neighbour.protocol, neighbour.chassis, neighbour.port]);
    const before = this.#known.get(key);
    if (neighbour.ttlS === 0) return this.#known.delete(key);
    if (!before && (this.#known.size >= ALL_MAX || this.#at(place) >= AT_INTERFACE_MAX)) {
      this.refused++;
      return false;
    }
    this.#known.set(key, { ...heard, untilMs: nowMs + neighbour.ttlS * 1_000 });
    return !before || JSON.stringify(before.neighbour) !== JSON.stringify(neighbour);
  }

  /** Forgets who was not heard again in time, and all of namespaces that are gone. Gives whether there were any. */
  age(nowMs: number, isThere: (namespace: string) => boolean): boolean {
    const before = this.#known.size;
    for (const [key, { namespace, untilMs }] of this.#known)
      if (untilMs <= nowMs || !isThere(namespace)) this.#known.delete(key);
    return this.#known.size < before;
  }

  /** When the first of them is to be forgotten, epoch ms. */
  dueMs(): number {
    let due = Number.POSITIVE_INFINITY;
    for (const { untilMs } of this.#known.values()) due = Math.min(due, untilMs);
    return due;
  }

  all(): Iterable<Known> {
    return this.#known.values();
  }

  get size(): number {
    return this.#known.size;
  }

  #at(place: string): number {
    let count = 0;
    for (const { namespace, interfaceIndex } of this.#known.values())
      if (`${namespace} ${interfaceIndex}` === place) count++;
    return count;
  }
}
