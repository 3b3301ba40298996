/** Files of JSON that others write: read again only when they changed. */
import { readFileSync, statSync } from 'node:fs';

/** No state of one container is longer. */
const FILE_BYTES_MAX = 4 << 20;

interface Kept<T> {
  readonly mark: string;
  readonly value: T | undefined;
}

export class JsonFiles<T> {
  readonly #read: (json: unknown) => T | undefined;
  #kept = new Map<string, Kept<T>>();
  #next = new Map<string, Kept<T>>();

  /** `read` takes out what is wanted: no more of a file is kept. */
  constructor(read: (json: unknown) => T | undefined) {
    this.#read = read;
  }

  /** Undefined when there is none, or when it is not (yet) whole. */
  get(path: string): T | undefined {
    try {
      const { ino, mtimeNs, size } = statSync(path, { bigint: true });
      const mark = `${ino} ${mtimeNs} ${size}`;
      const before = this.#kept.get(path);
      const now = before?.mark === mark ? before : { mark, value: this.#parse(path, size) };
      this.#next.set(path, now);
      return now.value;
    } catch {
      return undefined;
    }
  }

  /** Forgets those that were not asked for since the last call. */
  turn(): void {
    this.#kept = this.#next;
    this.#next = new Map();
  }

  #parse(path: string, size: bigint): T | undefined {
    return size > FILE_BYTES_MAX ? undefined : this.#read(JSON.parse(readFileSync(path, 'utf8')));
  }
}
