/** Names of namespaces: files in a directory on which namespaces are mounted (ip-netns(8)), or links to them. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { NetnsIdentity } from '../../native/door.ts';
import { watchDirectory } from '../directory.ts';
import type { Place } from './holders.ts';

export interface NamedDirectoryOptions {
  readonly path: string;
  readonly rank: number;
  readonly manager: string | undefined;
  /** Gives who a path is; throws an Error with `code`. */
  readonly identify: (path: string) => NetnsIdentity;
}

/** The file is there before the namespace is mounted on it, and no event says when it is: so we look again. */
const RETRY_FIRST_MS = 1;
const RETRY_MAX_MS = 2_000;
/** Files beyond that are not looked at. */
const ENTRIES_MAX = 65_536;

export class NamedDirectory {
  readonly #options: NamedDirectoryOptions;
  /** Names that showed a namespace when last looked at; true for links, whose target ends without an event here. */
  readonly #known = new Map<string, boolean>();
  readonly #waiting = new Map<string, { afterMs: number; dueMs: number }>();
  readonly #changed = new Set<string>();
  #allChanged = false;

  constructor(options: NamedDirectoryOptions) {
    this.#options = options;
  }

  /** Calls `ring` when there is something to look at. */
  watch(ring: () => void, signal: AbortSignal): void {
    const changed = (name: string | undefined) => {
      if (name === undefined) this.#allChanged = true;
      else this.#changed.add(name);
      ring();
    };
    watchDirectory(this.#options.path, changed, signal);
  }

  /** The next look goes over everything. */
  doubt(): void {
    this.#allChanged = true;
  }

  /** The next look goes over links. */
  doubtLinks(): void {
    for (const [name, isLink] of this.#known) if (isLink) this.#changed.add(name);
  }

  /** Looks at what may have changed, and gives what each name shows now. */
  *look(nowMs: number): Iterable<readonly [Place, NetnsIdentity | undefined]> {
    const names = new Set(this.#changed);
    for (const [name, { dueMs }] of this.#waiting) if (dueMs <= nowMs) names.add(name);
    if (this.#allChanged) for (const name of [...this.#known.keys(), ...this.#names()]) names.add(name);
    this.#allChanged = false;
    this.#changed.clear();
    for (const name of names) yield [this.#place(name), this.#lookAt(name, nowMs)];
  }

  /** When the next look is due although nothing rings; Infinity when there is nothing to wait for. */
  dueMs(): number {
    return Math.min(...[...this.#waiting.values()].map((waiting) => waiting.dueMs), Number.POSITIVE_INFINITY);
  }

  #lookAt(name: string, nowMs: number): NetnsIdentity | undefined {
    const { path } = this.#place(name);
    try {
      const identity = this.#options.identify(path);
      this.#known.set(name, lstatSync(path).isSymbolicLink());
      this.#waiting.delete(name);
      return identity;
    } catch (error) {
      this.#known.delete(name);
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        this.#waiting.delete(name);
      } else {
        const afterMs = Math.min((this.#waiting.get(name)?.afterMs ?? RETRY_FIRST_MS / 2) * 2, RETRY_MAX_MS);
        this.#waiting.set(name, { afterMs, dueMs: nowMs + afterMs });
      }
      return undefined;
    }
  }

  #place(name: string): Place {
    const { path, rank, manager } = this.#options;
    return { path: join(path, name), name, rank, manager };
  }

  #names(): string[] {
    try {
      return readdirSync(this.#options.path).slice(0, ENTRIES_MAX);
    } catch {
      return [];
    }
  }
}
