/**
 * What is due from time to time: everyone looks which slices there are; one of those that share the archive makes new
 * ones, sums up points that grow old, and forgets what is too old or too much.
 */
import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../../std/clock.ts';
import type { ElasticFlows } from './flows/archive.ts';
import type { GraphStore } from './graph/store.ts';
import type { Ground } from './ground.ts';
import { Lease } from './lease.ts';
import type { ElasticSockets } from './sockets/archive.ts';

/** How often slices are looked at, rolled over, and dropped when they are due. */
const KEEP_MS = 60_000;

/** How often what takes longer is done: sums of points, and documents that are deleted one by one. */
const TIDY_MS = 600_000;

/** Longer than two looks: deleting goes on a while in one request. */
const LEASE_MS = 4 * KEEP_MS;

export interface RetentionParts {
  readonly ground: Ground;
  readonly graph: GraphStore;
  readonly flows: ElasticFlows;
  readonly sockets: ElasticSockets;
  /** What waits; the machine's own by default. */
  readonly clock?: Clock;
  readonly random: () => number;
}

export class Retention implements AsyncDisposable {
  readonly #parts: RetentionParts;
  readonly #clock: Clock;
  readonly #lease: Lease;
  #tidiedAt = Number.NEGATIVE_INFINITY;
  #trouble: string | undefined;
  #callOff: () => void;
  #passing: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(parts: RetentionParts) {
    const { ground, clock = systemClock, random } = parts;
    this.#parts = parts;
    this.#clock = clock;
    this.#lease = new Lease({
      elastic: ground.elastic,
      index: ground.sharedIndex,
      name: 'retention',
      holder: randomUUID(),
      ttlMs: LEASE_MS,
      clock,
      elapsedMs: () => performance.now(),
      random,
    });
    this.#callOff = clock.after(KEEP_MS, () => this.#pass());
  }

  /** Why the last pass did not come to its end. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Whether this process does it. */
  get isOurs(): boolean {
    return this.#lease.isHeld;
  }

  /** Does what is due. Throws Unavailable while the server is away. */
  async keep(): Promise<void> {
    const { ground, graph, flows, sockets } = this.#parts;
    await ground.look();
    await flows.look();
    await this.#lease.look();
    const dropped = await this.#ifOurs(() => ground.keep());
    if (dropped && dropped.length > 0) await this.#ifOurs(() => graph.dropped());
    await this.#ifOurs(() => flows.roll(ground.clock.now()));
    const elapsedMs = performance.now();
    if (elapsedMs - this.#tidiedAt < TIDY_MS) return;
    for (const tidy of [
      (now: number) => flows.tidy(now),
      (now: number) => sockets.tidy(now),
      (now: number) => ground.tidy(now),
    ]) {
      await this.#ifOurs(() => tidy(ground.clock.now()));
      await this.#lease.look();
    }
    if (this.#lease.isHeld) this.#tidiedAt = elapsedMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#callOff();
    await this.#passing;
    await this.#lease[Symbol.asyncDispose]();
  }

  /** A pass that lost the lease on its way goes no further. */
  async #ifOurs<T>(act: () => Promise<T>): Promise<T | undefined> {
    return this.#lease.isHeld && !this.#isStopped ? act() : undefined;
  }

  #pass(): void {
    this.#passing = this.keep().then(
      () => {
        this.#trouble = undefined;
      },
      (error: Error) => {
        this.#trouble = error.message;
      },
    );
    void this.#passing.then(() => {
      if (!this.#isStopped) this.#callOff = this.#clock.after(KEEP_MS, () => this.#pass());
    });
  }
}
