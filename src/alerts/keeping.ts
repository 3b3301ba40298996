/**
 * What has changed is written at once when that is seldom, and for a share of the time only when it is not: a storm of
 * messages is one write of many. What waits for having been written goes on after it, and where several share what is
 * written, after it has arrived there. What cannot be written is tried again: one that is alone tells of it all the
 * same, and where another may go on with what is written it waits.
 */
import type { Clock } from '../std/clock.ts';
import { settlesWithin } from '../std/pause.ts';

export interface KeepingParts {
  readonly clock: Clock;
  /** Throws or rejects with what the file system says. Never asked for again before it has come to its end. */
  readonly write: () => void | Promise<void>;
  /** Where others read it: resolves when all that was written has arrived, rejects with why it has not. */
  readonly written?: (() => Promise<void>) | undefined;
  /** What waits for having been written waits for as long as it cannot be. */
  readonly isPatient?: boolean;
  readonly log: { info(text: string): void; warn(text: string): void };
}

/** After a write there is a pause so many times as long. */
const SHARE = 4;
/** What could not be written is tried again after so long. */
const AGAIN_MS = 5_000;
/** Of what waits patiently, as it asks without being asked. */
const PATIENT_AGAIN_MS = 1_000;
/** Taking longer is a fault. */
const ARRIVE_MS = 5_000;

const LATE = new Error(`the disk takes longer than ${ARRIVE_MS / 1_000} s`);
const UNDER_WAY = `it takes longer than ${ARRIVE_MS / 1_000} s to arrive`;

export class Keeping {
  readonly #parts: KeepingParts;
  #isDue = false;
  #then: (() => void)[] = [];
  #pausing: (() => void) | undefined;
  #arriving: Promise<void> | undefined;
  #isWriting = false;
  #again: (() => void) | undefined;
  #fault: string | undefined;
  #isToldOf = false;

  constructor(parts: KeepingParts) {
    this.#parts = parts;
  }

  /** Why what is due is not written; undefined: it is, or will be in a moment. */
  get fault(): string | undefined {
    return this.#fault;
  }

  due(then?: () => void): void {
    this.#isDue = true;
    if (then) this.#then.push(then);
    if (this.#pausing === undefined && this.#arriving === undefined) this.#now();
  }

  /** What waits is written now; resolves when it is where it should be. */
  async stop(): Promise<void> {
    while (this.#arriving !== undefined) await this.#arriving;
    this.#pausing?.();
    this.#pausing = undefined;
    if (this.#isDue) this.#now();
    while (this.#arriving !== undefined) await this.#arriving;
    this.#again?.();
  }

  #now(): void {
    const startedMs = this.#parts.clock.now();
    const then = this.#then;
    this.#then = [];
    this.#isDue = false;
    const written = this.#write();
    if (typeof written === 'boolean') this.#wrote(written, then, startedMs);
    else
      this.#arriving = written.then((isWritten) => {
        this.#arriving = undefined;
        this.#wrote(isWritten, then, startedMs);
      });
  }

  /** What the way to others takes costs us nothing. */
  #wrote(isWritten: boolean, then: readonly (() => void)[], startedMs: number): void {
    const pauseMs = (this.#parts.clock.now() - startedMs) * SHARE;
    const arriving = isWritten ? this.#arrive() : undefined;
    if (arriving === undefined) this.#goOn(isWritten, then, pauseMs);
    else
      this.#arriving = arriving.then((isThere) => {
        this.#arriving = undefined;
        this.#goOn(isThere, then, pauseMs);
      });
  }

  #goOn(isKept: boolean, then: readonly (() => void)[], pauseMs: number): void {
    if (pauseMs > 0)
      this.#pausing = this.#parts.clock.after(pauseMs, () => {
        this.#pausing = undefined;
        if (this.#isDue) this.#now();
      });
    if (!isKept && this.#parts.isPatient) {
      // Until it is tried again.
      this.#then.unshift(...then);
      return;
    }
    for (const one of then) one();
    if (this.#isDue && this.#pausing === undefined && this.#arriving === undefined) this.#now();
  }

  /** Whether it is written. */
  #write(): boolean | Promise<boolean> {
    if (this.#isWriting) {
      this.#came(LATE);
      return false;
    }
    try {
      const writing = this.#parts.write();
      return writing === undefined || this.#inTime(writing);
    } catch (error) {
      this.#came(error as Error);
      return false;
    }
  }

  async #inTime(writing: Promise<void>): Promise<boolean> {
    this.#isWriting = true;
    let fault: Error | undefined = LATE;
    const ended = writing
      .then(
        () => undefined,
        (error: Error) => error,
      )
      .then((error) => {
        this.#isWriting = false;
        fault = error;
      });
    await settlesWithin(this.#parts.clock, ARRIVE_MS, ended);
    if (fault) this.#came(fault);
    return fault === undefined;
  }

  /** Whether it has arrived; undefined: there are no others. */
  #arrive(): Promise<boolean> | undefined {
    const { clock, isPatient, written } = this.#parts;
    if (written === undefined) {
      this.#came(undefined);
      return undefined;
    }
    const arrived = written().then(
      () => this.#came(undefined),
      (error: Error) => this.#came(error),
    );
    return settlesWithin(clock, ARRIVE_MS, arrived).then(async (isInTime) => {
      if (isPatient && !isInTime) {
        // One that is slow would be told of again and again.
        this.#fault = UNDER_WAY;
        await arrived;
      }
      return this.#fault === undefined;
    });
  }

  #came(error: Error | undefined): void {
    const { clock, isPatient, log } = this.#parts;
    const what = isPatient ? 'and wait until they can be' : 'and are told all the same';
    const isFault = error !== undefined;
    if (isFault && !this.#isToldOf) log.warn(`alerts cannot be kept, ${what}: ${error.message}`);
    if (!isFault && this.#isToldOf) log.info('alerts are kept again');
    this.#isToldOf = isFault;
    this.#fault = error?.message;
    if (!isFault) return;
    this.#again ??= clock.after(isPatient ? PATIENT_AGAIN_MS : AGAIN_MS, () => {
      this.#again = undefined;
      this.due();
    });
  }
}
