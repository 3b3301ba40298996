/** The world of one run, as its steps ask for it: what they look at, what they write, what they wait for. */
import type { SocketView } from '../../../ends/socket-view.ts';
import type { Loss } from '../../../flow/loss.ts';
import type { FlowView } from '../../../flow/view.ts';
import type { Element } from '../../../graph/element.ts';
import type { GraphView, Span, Timeline } from '../../../graph/view.ts';
import { type Fault, mistake } from '../../../std/mistake.ts';
import { Budget, defaultLimits } from '../../limits.ts';
import type { Compiled } from '../compile/compile.ts';
import type { GraphWriter, PropertyModel } from '../property-graph.ts';
import type { Service } from '../service.ts';
import type { TraversalSource } from '../source.ts';
import { operatorOf } from '../value/operator.ts';
import type { GraphFiles, Run } from './run.ts';
import type { RunContext } from './run-context.ts';
import { SideEffects } from './side-effects.ts';
import { timeOf } from './time.ts';
import { watched } from './watched-writer.ts';

/** A view may be taken between two portions as well: so it is kept as it was. */
export class Running implements Run {
  model: PropertyModel;
  readonly timeline: Timeline;
  readonly flows: FlowView | undefined;
  readonly sockets: SocketView | undefined;
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
    this.sockets = source.sockets;
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
    this.#writer = watched(writer(), {
      // What is still to come from it is of the time before this change.
      before: () => this.view.freeze(),
      after: () => {
        this.hasWritten = true;
        this.view = this.timeline.now();
      },
    });
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
}
