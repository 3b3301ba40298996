/**
 * What keeps namespaces: names in directories and processes inside. A namespace is itself by its cookie, whatever it is
 * called and whoever is in it.
 */
import type { NetnsIdentity } from '../../native/door.ts';

/** A file that stands for a namespace. The lower rank is the better name. */
export interface Place {
  readonly path: string;
  readonly name: string;
  readonly rank: number;
  readonly manager: string | undefined;
}

export interface Inhabitant {
  readonly pid: number;
  /** Called after the process it was first found by. */
  readonly name: string;
}

export interface Holding {
  readonly key: string;
  readonly identity: NetnsIdentity;
  readonly places: ReadonlyMap<string, Place>;
  readonly inhabitant: Inhabitant | undefined;
}

interface Kept extends Holding {
  readonly places: Map<string, Place>;
  inhabitant: Inhabitant | undefined;
}

export interface InhabitantsReading {
  readonly all: readonly { readonly identity: NetnsIdentity; readonly inhabitant: Inhabitant }[];
  /** False when a process was gone before it could be asked: another one may live where it did. */
  readonly isComplete: boolean;
}

export class Holders {
  readonly #namespacesMax: number;
  readonly #byKey = new Map<string, Kept>();
  readonly #byPath = new Map<string, Kept>();
  readonly #byInode = new Map<number, Kept>();
  readonly #touched = new Set<Kept>();
  #passedOver = 0;

  constructor({ namespacesMax }: { namespacesMax: number }) {
    this.#namespacesMax = namespacesMax;
  }

  get isFull(): boolean {
    return this.#byKey.size >= this.#namespacesMax;
  }

  /** How often a namespace was passed over for there being too many, since this was last taken. */
  takePassedOver(): number {
    const times = this.#passedOver;
    this.#passedOver = 0;
    return times;
  }

  /** The newest namespace that had this inode, while anything keeps it. */
  byInode(inode: number): Holding | undefined {
    return this.#byInode.get(inode);
  }

  /** What a name shows now; nothing when it is no more. */
  seePlace(place: Place, identity: NetnsIdentity | undefined): void {
    const before = this.#byPath.get(place.path);
    const now = identity && this.#keep(identity);
    if (before === now) return;
    if (before) {
      before.places.delete(place.path);
      this.#byPath.delete(place.path);
      this.#touched.add(before);
    }
    if (now) {
      now.places.set(place.path, place);
      this.#byPath.set(place.path, now);
      this.#touched.add(now);
    }
  }

  /** Who is in which namespace: all of them, or those that could be seen. */
  seeInhabitants({ all, isComplete }: InhabitantsReading): void {
    const inhabited = new Set<Kept>();
    for (const { identity, inhabitant } of all) {
      const kept = this.#keep(identity);
      if (!kept) continue;
      inhabited.add(kept);
      // The name outlives the process it came from; while the process is there it is its own to change.
      const before = kept.inhabitant;
      const isSame = before?.pid === inhabitant.pid;
      const name = before === undefined || isSame ? inhabitant.name : before.name;
      if (isSame && before.name === name) continue;
      kept.inhabitant = { pid: inhabitant.pid, name };
      this.#touched.add(kept);
    }
    if (!isComplete) return;
    for (const kept of this.#byKey.values()) {
      if (kept.inhabitant === undefined || inhabited.has(kept)) continue;
      kept.inhabitant = undefined;
      this.#touched.add(kept);
    }
  }

  /** Whether some namespace lost its last name since it was last taken: only processes can tell if it is still there. */
  get hasOrphans(): boolean {
    return this.#touched.values().some((kept) => kept.places.size === 0);
  }

  /** Those of which something changed since they were last taken, and that `wanted` takes. Forgets those nobody keeps. */
  take(wanted: (holding: Holding) => boolean): Holding[] {
    const taken = [...this.#touched].filter(wanted);
    for (const kept of taken) {
      this.#touched.delete(kept);
      if (isKept(kept)) continue;
      this.#byKey.delete(kept.key);
      if (this.#byInode.get(kept.identity.inode) === kept) this.#byInode.delete(kept.identity.inode);
    }
    return taken;
  }

  #keep(identity: NetnsIdentity): Kept | undefined {
    const key = keyOf(identity);
    const known = this.#byKey.get(key);
    if (known) return known;
    if (this.#byKey.size >= this.#namespacesMax) {
      this.#passedOver++;
      return undefined;
    }
    const kept: Kept = { key, identity, places: new Map(), inhabitant: undefined };
    this.#byKey.set(key, kept);
    this.#byInode.set(identity.inode, kept);
    return kept;
  }
}

export function isKept({ places, inhabitant }: Holding): boolean {
  return places.size > 0 || inhabitant !== undefined;
}

export function bestPlace({ places }: Holding): Place | undefined {
  let best: Place | undefined;
  for (const place of places.values())
    if (!best || place.rank < best.rank || (place.rank === best.rank && place.path < best.path)) best = place;
  return best;
}

/** Before Linux 5.14 there are no cookies: then the inode has to do. */
export function keyOf({ cookie, inode }: NetnsIdentity): string {
  return cookie === 0n ? `inode ${inode}` : `${cookie}`;
}
