/**
 * One run of a compiled traversal, taken from in portions: whoever asks decides how fast it goes. It is one generator,
 * which pauses where the event loop should turn or a promise is awaited.
 */
import type { Loss } from '../../../flow/loss.ts';
import type { FlowView } from '../../../flow/view.ts';
import type { Element } from '../../../graph/element.ts';
import type { GraphView, Span, Timeline } from '../../../graph/view.ts';
import { type Fault, mistake } from '../../../std/mistake.ts';
import { Budget, cancelled, defaultLimits, type Limits } from '../../limits.ts';
import type { Compiled } from '../compile/compile.ts';
import type { GraphWriter, PropertyModel } from '../property-graph.ts';
import type { Service } from '../service.ts';
import type { TraversalSource } from '../source.ts';
import { operatorOf } from '../value/operator.ts';
import type { GraphFiles, Run } from './run.ts';
import { SideEffects } from './side-effects.ts';
import { timeOf } from './time.ts';
import { Traverser } from './traverser.ts';

export interface RunContext {
  /** The clock on the wall, epoch ms: what "now" means in this run. */
  readonly nowMs: number;
  /** Monotonic ms, to see how long it takes. */
  readonly elapsed: () => number;
  /** Lets the event loop turn once. */
  readonly turn: () => Promise<void>;
  /** [0, 1) */
  readonly random: () => number;
  /** Ends the traversal, also while it waits for an archive. */
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<Limits> | undefined;
}

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
      throw error;
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

/** A view may be taken between two portions as well: so it is kept as it was. */
class Running implements Run {
  model: PropertyModel;
  readonly timeline: Timeline;
  readonly flows: FlowView | undefined;
  readonly services: readonly Service[];
  readonly files: GraphFiles | undefined;
  readonly sideEffects = new SideEffects();
  readonly budget: Budget;
  readonly nowMs: number;
  readonly random: () => number;
  readonly isProductive: (key: string) => boolean;
  readonly warnings: Fault[] = [];
  view: GraphView;
  time: Span | undefined;
  hasWritten = false;
  readonly #source: TraversalSource;
  readonly #compiled: Compiled;
  #waiting: Promise<unknown> | undefined;
  #writer: GraphWriter | undefined;
  #askedFlows = false;

  constructor(compiled: Compiled, source: TraversalSource, context: RunContext) {
    const { nowMs, elapsed, signal, random, limits } = context;
    this.#source = source;
    this.#compiled = compiled;
    this.model = source.model;
    this.timeline = source.timeline;
    this.flows = source.flows;
    this.services = source.services;
    this.files = source.files;
    this.nowMs = nowMs;
    this.random = compiled.randomOf?.() ?? random;
    this.isProductive = compiled.isProductive;
    this.budget = new Budget({ ...defaultLimits, ...limits }, elapsed, signal);
    this.view = source.timeline.now();
    for (const { name, value, join } of compiled.options.sideEffects)
      this.sideEffects.preset(name, value, join && operatorOf(join));
    for (const [name, first] of compiled.sideEffects) this.sideEffects.declare(name, first);
  }

  /** Looks up the time asked about; a promise when an archive has to be asked. */
  begin(): Promise<void> | undefined {
    const { settings } = this.#compiled.options;
    if (settings.size === 0) return undefined;
    const take = ({ view, time }: { view: GraphView; time: Span | undefined }) => {
      this.view = view;
      this.time = time;
    };
    const found = timeOf(settings, this);
    if (found instanceof Promise) return found.then(take);
    if (found !== undefined) take(found);
    return undefined;
  }

  writer(): GraphWriter {
    if (this.#writer !== undefined) return this.#writer;
    if (this.time !== undefined)
      throw mistake('gremlin.read-only', 'the past cannot be changed', 'leave out with(at, …) or with(between, …)');
    const { writer, name } = this.#source;
    if (writer === undefined) throw mistake('gremlin.read-only', `${name} can only be read`);
    this.#writer = this.#watched(writer());
    return this.#writer;
  }

  /** Resolves when what was written is durable; undefined when nothing was, or that is no question. */
  kept(): Promise<void> | undefined {
    return this.hasWritten ? this.#writer?.kept?.() : undefined;
  }

  fresh<E extends Element>(element: E): E {
    if (!this.hasWritten) return element;
    const [now] = element.kind === 'node' ? this.view.nodes(element.id) : this.view.edges(element.id);
    return (now as E | undefined) ?? element;
  }

  wait(promise: Promise<unknown>): void {
    this.#waiting = promise;
  }

  takeWaiting(): Promise<unknown> | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }

  warn(fault: Fault): void {
    this.warnings.push(fault);
  }

  noteFlows(): void {
    this.#askedFlows = true;
  }

  loss(): readonly Loss[] | Promise<readonly Loss[]> | undefined {
    return this.#askedFlows ? this.flows?.loss(this.time) : undefined;
  }

  /** What this run writes it sees: after each change it looks at a new now. */
  #watched(writer: GraphWriter): GraphWriter {
    const seen = <Args extends unknown[], T>(write: (...args: Args) => T) => {
      return (...args: Args): T => {
        // What is still to come from it is of the time before this change.
        this.view.freeze();
        const result = write(...args);
        this.hasWritten = true;
        this.view = this.timeline.now();
        return result;
      };
    };
    return {
      addVertex: seen((label, id, properties) => writer.addVertex(label, id, properties)),
      addEdge: seen((label, from, to, id, properties) => writer.addEdge(label, from, to, id, properties)),
      setProperty: ((element, property) =>
        seen(() => writer.setProperty(element, property))()) as GraphWriter['setProperty'],
      removeProperty: seen((property) => writer.removeProperty(property)),
      remove: seen((element) => writer.remove(element)),
      ...(writer.kept && { kept: () => (writer as Required<GraphWriter>).kept() }),
      usual: writer.usual,
    };
  }
}

function orCancelled<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(cancelled());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
