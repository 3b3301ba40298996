/**
 * One run of a compiled traversal, taken from in portions: whoever asks decides how fast it goes. It is one generator,
 * which pauses where the event loop should turn or a promise is awaited.
 */
import type { Loss } from '../../../flow/loss.ts';
import type { GraphView, Span } from '../../../graph/view.ts';
import { type Fault, mistake } from '../../../std/mistake.ts';
import { orCancelled } from '../../cancel.ts';
import type { Compiled } from '../compile/compile.ts';
import type { PropertyModel } from '../property-graph.ts';
import type { TraversalSource } from '../source.ts';
import type { RunContext } from './run-context.ts';
import { Running } from './running.ts';
import type { SideEffects } from './side-effects.ts';
import { Traverser } from './traverser.ts';

export class Execution {
  readonly #run: Running;
  readonly #program: Iterator<Traverser | undefined | null>;
  readonly #context: RunContext;
  #isDone = false;
  #isStarted = false;

  constructor(compiled: Compiled, source: TraversalSource, context: RunContext) {
    this.#context = context;
    this.#run = new Running(compiled, source, context);
    const { sack } = compiled.options;
    const seed = new Traverser(null, 1, undefined, sack?.value);
    this.#program = compiled.pipe([seed], this.#run)[Symbol.iterator]();
  }

  /** True when all has been taken. */
  get isDone(): boolean {
    return this.#isDone;
  }

  get warnings(): readonly Fault[] {
    return this.#run.warnings;
  }

  /** What it looked at; undefined is now. */
  get view(): GraphView {
    return this.#run.view;
  }

  /** The time asked about; undefined is now. */
  get time(): Span | undefined {
    return this.#run.time;
  }

  get model(): PropertyModel {
    return this.#run.model;
  }

  get sideEffects(): SideEffects {
    return this.#run.sideEffects;
  }

  /** What was lost of the flows that were asked for; undefined when none were. */
  loss(): readonly Loss[] | Promise<readonly Loss[]> | undefined {
    return this.#run.loss();
  }

  /**
   * Up to `max` more traversers; fewer at the end only. In the same call when nothing has to be waited for. Throws (or
   * rejects with) a Mistake when a limit is met, the signal aborts, or a step fails.
   */
  pull(max: number): Traverser[] | Promise<Traverser[]> {
    const found: Traverser[] = [];
    const run = this.#run;
    if (!this.#isStarted) {
      this.#isStarted = true;
      const ready = run.begin();
      if (ready !== undefined) return this.#later(found, max, ready);
    } else run.budget.resume();
    if (!this.#take(found, max)) return this.#later(found, max, undefined);
    const kept = this.#isDone ? run.kept() : undefined;
    return kept === undefined ? found : kept.then(() => found);
  }

  /** Lets go of what is still open. */
  close(): void {
    this.#isDone = true;
    this.#program.return?.();
  }

  /** False: it is time to breathe. */
  #take(found: Traverser[], max: number): boolean {
    try {
      while (found.length < max) {
        const next = this.#program.next();
        if (next.done) {
          this.#isDone = true;
          return true;
        }
        if (next.value === undefined) return false;
        if (next.value !== null) found.push(next.value);
      }
      return true;
    } catch (error) {
      this.#isDone = true;
      throw isTooDeep(error) ? tooDeep() : error;
    }
  }

  async #later(found: Traverser[], max: number, ready: Promise<unknown> | undefined): Promise<Traverser[]> {
    const run = this.#run;
    const { turn, signal } = this.#context;
    let awaited = ready;
    for (;;) {
      try {
        run.view.freeze();
        awaited ??= run.takeWaiting();
        if (awaited !== undefined) await orCancelled(awaited, signal);
        if (awaited === undefined || run.budget.look()) {
          await turn();
          run.budget.resume();
        }
      } catch (error) {
        this.close();
        throw error;
      }
      awaited = undefined;
      if (!this.#take(found, max)) continue;
      if (this.#isDone) await run.kept();
      return found;
    }
  }
}

/** A side effect can be put into itself, and then nobody who goes through it comes to an end: V8 says so in these words. */
function isTooDeep(error: unknown): boolean {
  return error instanceof RangeError && error.message.startsWith('Maximum call stack');
}

function tooDeep(): Error {
  return mistake('query.limit', 'a value holds itself, or too much lies within one another (limit depth)');
}
