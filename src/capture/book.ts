/** The list of captures: made, read, deleted, kept over a restart, ended when their time is up. Where they run is another's. */
import type { Clock } from '../std/clock.ts';
import type { KeptLists } from '../std/kept-lists.ts';
import { type Fault, Mistake, mistake } from '../std/mistake.ts';
import type { Capture } from './capture.ts';
import { type CheckParts, faultsOf } from './checks.ts';
import { TimeToLive } from './time-to-live.ts';

export interface BookParts extends CheckParts {
  readonly kept: KeptLists<KeptCaptures>;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: { warn(message: string): void };
  readonly limits: { readonly captures: number };
}

/** What is written down over a restart. */
export interface KeptCaptures {
  readonly captures: readonly Capture[];
}

export class CaptureBook {
  readonly #parts: BookParts;
  readonly #all = new Map<string, Capture>();
  readonly #ttl: TimeToLive;
  #trouble: string | undefined;

  /** `ended`: the time of a capture is up. */
  constructor(parts: BookParts, ended: (id: string) => void) {
    this.#parts = parts;
    this.#ttl = new TimeToLive(parts.clock, ended);
  }

  /** Takes up what earlier runs left, and the capture of the configuration. Gives what is odd about the file. */
  restore(startup?: Omit<Capture, 'UUID'>): string | undefined {
    const { lists, note } = this.#parts.kept.read();
    for (const capture of lists.captures) {
      if (capture.IsStartup) continue;
      if (capture.EndsAt !== undefined && capture.EndsAt <= this.#parts.clock.now()) continue;
      if (this.#all.size < this.#parts.limits.captures) this.#take(capture);
    }
    if (startup) this.#take({ ...startup, UUID: this.#parts.newId(), IsStartup: true });
    return note;
  }

  list(): Capture[] {
    return [...this.#all.values()];
  }

  get(id: string): Capture | undefined {
    return this.#all.get(id);
  }

  get size(): number {
    return this.#all.size;
  }

  /** Throws a Mistake: `capture.duplicate`, or what is wrong with it. */
  create(asked: Omit<Capture, 'UUID'>): Capture {
    const { limits, newId } = this.#parts;
    const faults: Fault[] = faultsOf(asked, this.#parts);
    if (faults.length > 0) throw new Mistake(faults, asked.GremlinQuery);
    if (this.list().some((other) => this.#isSame(other, asked)))
      throw mistake(
        'capture.duplicate',
        'duplicated resource',
        'captures with this query and type: skein capture list',
      );
    if (this.#all.size >= limits.captures)
      throw mistake('capture.many', `there are ${this.#all.size} captures already`, 'the option capture.max');
    const capture = { ...asked, UUID: newId() };
    this.#take(capture);
    this.#keep();
    return capture;
  }

  /** False when there is none. */
  delete(id: string): boolean {
    if (!this.#all.delete(id)) return false;
    this.#ttl.remove(id);
    this.#keep();
    return true;
  }

  /** These are all there are from now on, as another list has them. Gives the ids of those that are no more. */
  replace(captures: readonly Capture[]): string[] {
    const wanted = new Map(captures.map((capture) => [capture.UUID, capture]));
    const gone = [...this.#all.keys()].filter((id) => !wanted.has(id));
    for (const id of gone) {
      this.#all.delete(id);
      this.#ttl.remove(id);
    }
    for (const capture of wanted.values()) if (!this.#all.has(capture.UUID)) this.#take(capture);
    this.#keep();
    return gone;
  }

  /** A sentence while captures cannot be kept. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  stop(): void {
    this.#ttl.stop();
  }

  #isSame(a: Capture, b: Omit<Capture, 'UUID'>): boolean {
    if (a.GremlinQuery !== b.GremlinQuery || (a.Type ?? '') !== (b.Type ?? '')) return false;
    const mechanism = this.#parts.mechanisms.find(({ type }) => type === a.Type);
    return (a.BPFFilter ?? '') === (b.BPFFilter ?? '') || mechanism?.can.several === false;
  }

  #take(capture: Capture): void {
    this.#all.set(capture.UUID, capture);
    this.#ttl.add(capture);
  }

  /** Where nothing can be written captures run all the same, until the end of the process. */
  #keep(): void {
    try {
      this.#parts.kept.write({ captures: this.list().filter(({ IsStartup }) => !IsStartup) });
      this.#trouble = undefined;
    } catch (error) {
      const trouble = `captures will not survive a restart: ${(error as Error).message}`;
      if (trouble !== this.#trouble) this.#parts.log.warn(trouble);
      this.#trouble = trouble;
    }
  }
}
