/**
 * How much checks may send: one of them, one run of them, and all of them in a second. A connection that is tried counts
 * as one packet.
 */
import type { Clock } from '../../std/clock.ts';
import { type Mistake, mistake } from '../../std/mistake.ts';
import { pause } from '../../std/pause.ts';
import type { Check } from '../suite/suite.ts';

export interface SendLimits {
  /** Packets of one check, all of its attempts together. */
  readonly perCheck: number;
  /** Packets of one run. */
  readonly perRun: number;
  /** Packets a second, of all runs of a server. */
  readonly perSecond: number;
}

export const defaultSendLimits: SendLimits = { perCheck: 10_000, perRun: 100_000, perSecond: 1_000 };

/** So much may go at once after a rest. */
const BURST_MS = 1_000;

/** The packets of a server, one after the other: who comes too early waits. */
export class Pace {
  /** Packets sent, those refused for a bound, and ms that were waited for the rate. */
  readonly counts = { sent: 0, refused: 0, waitedMs: 0 };
  readonly perSecond: number;
  readonly #clock: Clock;
  /** Epoch ms, by when all that was let go is gone at this rate. */
  #goneAt = 0;

  constructor(clock: Clock, { perSecond }: Pick<SendLimits, 'perSecond'>) {
    this.#clock = clock;
    this.perSecond = perSecond;
  }

  /** ms between packets that one sender has to leave at least. */
  get intervalMs(): number {
    return 1_000 / this.perSecond;
  }

  /** `waits` is told how many ms it has to wait, before it does. Rejects with the signal's reason. */
  async take(packets: number, waits: (ms: number) => void, signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    const waitMs = Math.max(0, this.#goneAt - BURST_MS - now);
    this.#goneAt = Math.max(this.#goneAt, now) + packets * this.intervalMs;
    if (waitMs > 0) {
      waits(waitMs);
      await pause(this.#clock, waitMs, signal);
    }
    signal.throwIfAborted();
    this.counts.sent += packets;
    this.counts.waitedMs += waitMs;
  }
}

/** What one run may send. */
export class Rations {
  readonly #limits: SendLimits;
  readonly #pace: Pace;
  readonly #byCheck = new Map<string, number>();
  #sent = 0;

  constructor(limits: SendLimits, pace: Pace) {
    this.#limits = limits;
    this.#pace = pace;
  }

  get intervalMs(): number {
    return this.#pace.intervalMs;
  }

  /** As a pace does. Rejects with a Mistake that `isOverBound` knows where it would be too much. */
  async take(check: string, packets: number, waits: (ms: number) => void, signal: AbortSignal): Promise<void> {
    const { perCheck, perRun } = this.#limits;
    const its = (this.#byCheck.get(check) ?? 0) + packets;
    const over =
      its > perCheck
        ? tooMany(`${check} would have sent ${its} packets, of ${perCheck} that one check may send`, 'packetsPerCheck')
        : this.#sent + packets > perRun
          ? tooMany(
              `this run would have sent ${this.#sent + packets} packets, of ${perRun} that one may send`,
              'packetsPerRun',
            )
          : undefined;
    if (over) {
      this.#pace.counts.refused += packets;
      throw over;
    }
    this.#byCheck.set(check, its);
    this.#sent += packets;
    await this.#pace.take(packets, waits, signal);
  }
}

/** Throws the Mistake of what would send too much with one attempt of each check already. */
export function refuseTooMany(checks: readonly Check[], { perCheck, perRun }: SendLimits): void {
  let all = 0;
  for (const check of checks) {
    const packets = leastOf(check);
    all += packets;
    if (packets > perCheck)
      throw tooMany(
        `${check.id} would send ${packets} packets with each attempt, of ${perCheck} that one check may send`,
        'packetsPerCheck',
      );
  }
  if (all > perRun)
    throw tooMany(
      `this run would send ${all} packets with one attempt of each check, of ${perRun} that one may send`,
      'packetsPerRun',
    );
}

/** Asking again is of no use. */
export function isOverBound({ faults }: Mistake): boolean {
  return faults.some(({ code }) => code === TOO_MANY);
}

const TOO_MANY = 'check.packets';

function tooMany(message: string, option: string): Mistake {
  return mistake(
    TOO_MANY,
    message,
    `send less (count, retry, hold), run it in parts, or set checks.${option} of the server higher`,
  );
}

/** Packets of one attempt, where each end is one. */
function leastOf(check: Check): number {
  if (check.skip !== undefined) return 0;
  if (check.kind === 'reach') return check.method === 'model' ? 0 : check.count;
  if (check.kind !== 'matrix' || check.method === 'model') return 0;
  return check.rows.reduce((sum, { cells }) => sum + cells.filter((cell) => cell !== '.').length, 0);
}
