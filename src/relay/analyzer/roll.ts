/** All agents that are known here, and kept known over a restart. */
import type { Clock } from '../../std/clock.ts';
import type { AgentState, KnownAgent } from './known-agent.ts';
import type { AgentMemory, RememberedAgent } from './memory.ts';

export interface RollParts {
  readonly memory: AgentMemory;
  readonly clock: Clock;
  /** Beyond so many those that are gone for longest are forgotten. */
  readonly knownMax: number;
}

const KEEP_EVERY_MS = 5_000;

export class Roll {
  readonly #parts: RollParts;
  readonly #known = new Map<string, KnownAgent>();
  readonly #changed = new Set<KnownAgent>();
  #fault: string | undefined;
  #cancel: () => void = () => undefined;

  constructor(parts: RollParts) {
    this.#parts = parts;
  }

  /** Why the memory does not work; undefined when it does. */
  get fault(): string | undefined {
    return this.#fault;
  }

  get all(): ReadonlyMap<string, KnownAgent> {
    return this.#known;
  }

  in(state: AgentState): readonly KnownAgent[] {
    return [...this.#known.values()].filter((known) => known.state === state);
  }

  /** For one more: who is gone makes it. */
  get hasRoom(): boolean {
    return this.#known.size < this.#parts.knownMax || this.in('gone').length > 0;
  }

  /** Those of an earlier run, and from now on all changes are kept. */
  async start(): Promise<readonly RememberedAgent[]> {
    this.#wait();
    try {
      return await this.#parts.memory.load();
    } catch (error) {
      this.#failed(error);
      return [];
    }
  }

  add(known: KnownAgent): void {
    this.#known.set(known.agent, known);
    this.bound();
  }

  /** Something that is worth remembering. */
  changed(known: KnownAgent): void {
    this.#changed.add(known);
  }

  forget(known: KnownAgent): void {
    this.#known.delete(known.agent);
    this.#changed.delete(known);
    this.#parts.memory.forget(known.agent).catch((error: unknown) => this.#failed(error));
  }

  bound(): void {
    while (this.#known.size > this.#parts.knownMax) {
      const oldest = this.in('gone').toSorted((a, b) => a.since - b.since)[0];
      if (!oldest) return;
      this.forget(oldest);
    }
  }

  /** Where analyzers share what they know of agents: whether another, as its home, has heard of it since. */
  async isElsewhere(known: KnownAgent): Promise<boolean> {
    try {
      const newest = await this.#parts.memory.find?.(known.agent);
      return newest !== undefined && newest.lastTime > known.lastTime;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  async keep(): Promise<void> {
    const changed = [...this.#changed];
    this.#changed.clear();
    try {
      if (changed.length > 0) await this.#parts.memory.keep(changed.map((known) => known.remembered()));
      this.#fault = undefined;
    } catch (error) {
      this.#failed(error);
      for (const known of changed) if (this.#known.get(known.agent) === known) this.#changed.add(known);
    }
  }

  stop(): void {
    this.#cancel();
  }

  #wait(): void {
    this.#cancel = this.#parts.clock.after(KEEP_EVERY_MS, () => {
      this.#wait();
      void this.keep();
    });
  }

  #failed(error: unknown): void {
    this.#fault = error instanceof Error ? error.message : String(error);
  }
}
