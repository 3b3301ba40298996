/** Follows containers by the files in which those who run them keep their state. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bell } from '../../std/bell.ts';
import { watchDirectory } from '../directory.ts';

/** Files are written after the directory they are in was made: it is looked at again a little later. */
const LATER_MS = [5, 20, 100, 500, 2_000];
/** That a process has ended, or is held, no file tells. */
const LOOK_MS = 2_000;
/** Directories beyond that are not looked at. */
const ENTRIES_MAX = 10_000;

/** Rings whenever something may have changed in one of the directories. `watch` takes others in, as they are found. */
export class Watched {
  readonly #look: Bell;
  readonly #signal: AbortSignal;
  readonly #directories = new Map<string, AbortController>();
  #timers: NodeJS.Timeout[] = [];

  constructor(look: Bell, signal: AbortSignal) {
    this.#look = look;
    this.#signal = signal;
    const polling = setInterval(look.ring, LOOK_MS).unref();
    signal.addEventListener('abort', () => {
      clearInterval(polling);
      this.#forgetLater();
    });
  }

  /** Those and no others. */
  watch(directories: readonly string[]): void {
    const wanted = new Set(directories.slice(0, ENTRIES_MAX));
    for (const [path, ending] of this.#directories) {
      if (wanted.has(path)) continue;
      ending.abort();
      this.#directories.delete(path);
    }
    for (const path of wanted) {
      if (this.#directories.has(path)) continue;
      const ending = new AbortController();
      this.#directories.set(path, ending);
      watchDirectory(path, () => this.#changed(), AbortSignal.any([ending.signal, this.#signal]));
    }
  }

  #changed(): void {
    this.#look.ring();
    this.#forgetLater();
    this.#timers = LATER_MS.map((ms) => setTimeout(this.#look.ring, ms).unref());
  }

  #forgetLater(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

/** Directories (or what else there is) in a directory: names, sorted; none when it cannot be read. */
export function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory).sort().slice(0, ENTRIES_MAX);
  } catch {
    return [];
  }
}

export function subdirectories(directory: string): string[] {
  return entriesOf(directory).map((name) => join(directory, name));
}
