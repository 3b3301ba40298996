/** Who did what: a line of JSON for each change, in a private file of its own that is turned over when it is large. */
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

export interface AuditEntry {
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Name of the user or token; `local` who came from loopback without one. */
  readonly who: string;
  readonly kind: 'user' | 'token' | 'agent' | 'analyzer' | 'local' | 'shell' | 'nobody';
  readonly role?: string;
  readonly address?: string;
  /** `POST /api/capture`, `token revoke`, `raw packets`. */
  readonly what: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  /** How it went; of captures and rules which and where: never a body as a whole. */
  readonly detail?: string;
}

export const auditFileOf = (data: string): string => `${data}/audit.jsonl`;

const fileBytesMax = 16 * 1024 * 1024;
const filesMax = 5;
/** Lines of one second; more (somebody makes noise to hide in) are counted, and the count is written. */
const linesPerSecondMax = 500;
const textMax = 300;

export class AuditLog {
  readonly #file: string;
  readonly #now: () => number;
  readonly #warn: (text: string) => void;
  readonly #bytesMax: number;
  #size: number | undefined;
  #second = 0;
  #lines = 0;
  #skipped = 0;
  #isFailing = false;
  /** Lines that could not be written, or were too many. */
  lost = 0;

  constructor(given: { file: string; now: () => number; warn: (text: string) => void; bytesMax?: number }) {
    this.#file = given.file;
    this.#now = given.now;
    this.#warn = given.warn;
    this.#bytesMax = given.bytesMax ?? fileBytesMax;
  }

  /** On disk when it returns: changes are rare, and a crash must not take the word of them along. */
  record(entry: Omit<AuditEntry, 'time'>): void {
    const now = this.#now();
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      const skipped = this.#skipped;
      this.#second = second;
      this.#lines = 0;
      this.#skipped = 0;
      if (skipped > 0)
        this.#write({
          time: timeOf(now),
          who: 'skein',
          kind: 'nobody',
          what: `${skipped} lines were too many`,
          outcome: 'failed',
        });
    }
    if (++this.#lines > linesPerSecondMax) {
      this.#skipped++;
      this.lost++;
      return;
    }
    this.#write({ time: timeOf(now), ...entry });
  }

  #write(entry: AuditEntry): void {
    const line = `${JSON.stringify(entry, (_, value) => (typeof value === 'string' ? value.slice(0, textMax) : value))}\n`;
    try {
      this.#turn(line.length);
      appendFileSync(this.#file, line, { mode: 0o600 });
      this.#isFailing = false;
    } catch (error) {
      this.lost++;
      if (!this.#isFailing) this.#warn(`the audit log cannot be written: ${(error as Error).message}`);
      this.#isFailing = true;
    }
  }

  #turn(bytes: number): void {
    // Another process (skein token …) writes to it too: what it has now is asked for, which is cheap.
    const size = statSync(this.#file, { throwIfNoEntry: false })?.size;
    if (size === undefined) mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    else if (this.#size === undefined) chmodSync(this.#file, 0o600);
    this.#size = size ?? 0;
    if (this.#size + bytes <= this.#bytesMax) return;
    for (let age = filesMax - 1; age >= 1; age--) {
      const from = age === 1 ? this.#file : `${this.#file}.${age - 1}`;
      if (existsSync(from)) renameSync(from, `${this.#file}.${age}`);
    }
  }
}

/** The last `count` entries, oldest first, also out of the file before. */
export function readAudit(file: string, count: number): AuditEntry[] {
  const found: AuditEntry[] = [];
  for (const name of [file, `${file}.1`]) {
    if (found.length >= count || !existsSync(name)) continue;
    const lines = readFileSync(name, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(found.length - count);
    found.unshift(...lines.flatMap(entryOf));
  }
  return found.slice(-count);
}

/** A line that a crash cut off is no entry. */
export function entryOf(line: string): AuditEntry[] {
  try {
    return [JSON.parse(line) as AuditEntry];
  } catch {
    return [];
  }
}

function timeOf(now: number): string {
  return new Date(now).toISOString();
}
