/**
 * Runs a plan. The whole run is one generator, which pauses where the event loop should turn or a promise is awaited:
 * a query that needs neither is answered in the same call.
 */
import type { SocketView } from '../ends/socket-view.ts';
import type { Loss } from '../flow/loss.ts';
import type { FlowView } from '../flow/view.ts';
import type { GraphView, Span, Timeline, Wanted } from '../graph/view.ts';
import type { Fault } from '../std/mistake.ts';
import { type Answer, type Result, resultOf, wholeGraph } from './answer.ts';
import { orCancelled } from './cancel.ts';
import { explain, Meter, Stopwatch } from './explain.ts';
import type { Kind } from './kind.ts';
import { Budget, type Limits, weightOf } from './limits.ts';
import type { Plan } from './plan.ts';
import type { Item, Items, PacketTest, Run } from './step.ts';
import { type WantedPlan, wantedIn } from './wanted.ts';

export interface Context {
  readonly timeline: Timeline;
  /** Live flows and archived ones in one; without it a query about flows is a Mistake. */
  readonly flows?: FlowView | undefined;
  /** Open sockets and those of the past in one. */
  readonly sockets?: SocketView | undefined;
  /**
   * A packet filter in pcap syntax, made ready. Throws a Mistake for one that is none; its `from` and `to` are positions
   * in the expression.
   */
  readonly matchFilter?: ((expression: string) => PacketTest) | undefined;
  /** Calls a workflow by its name or id, in the name of who asks; gives its result. Without it there are none. */
  readonly workflow?: Run['workflow'];
  /** The clock on the wall, epoch ms: what "now" means in this run. */
  readonly nowMs: number;
  /** Monotonic ms, to see how long it takes. */
  readonly elapsed: () => number;
  /** Lets the event loop turn once. */
  readonly turn: () => Promise<void>;
  /** Ends the query, also while it waits for an archive. */
  readonly signal?: AbortSignal;
  readonly limits?: Partial<Limits>;
}

export function runPlan(
  plan: Plan,
  text: string,
  warnings: readonly Fault[],
  context: Context,
  limits: Limits,
): Answer | Promise<Answer> {
  const run = new Running(text, context, limits, warnings, plan.wanted);
  const program = answer(plan, text, run, context);
  const first = program.next();
  return first.done ? first.value : finish(program, first.value, run, context);
}

type Program = Generator<Promise<unknown> | undefined, Answer, unknown>;

async function finish(
  program: Program,
  pause: Promise<unknown> | undefined,
  run: Running,
  { turn, signal }: Context,
): Promise<Answer> {
  for (;;) {
    run.view.freeze();
    let given: unknown;
    try {
      const awaited = pause ?? run.takeWaiting();
      if (awaited !== undefined) given = await orCancelled(awaited, signal);
      // A promise that was kept already has let nobody else run.
      if (awaited === undefined || run.budget.look()) {
        await turn();
        run.budget.resume();
      }
    } catch (error) {
      // What is still open in the generators is closed.
      program.return(undefined as never);
      throw error;
    }
    const step = program.next(given);
    if (step.done) return step.value;
    pause = step.value;
  }
}

function* answer(plan: Plan, text: string, run: Running, { elapsed }: Context): Program {
  if (plan.mode === 'explain') return run.answer({ kind: 'plan', plan: explain(plan, text, run.view) });
  const meters: Meter[] | undefined = plan.mode === 'profile' ? [] : undefined;
  const startedMs = elapsed();
  const words = meters && explain(plan, text, run.view);
  const result = yield* resultFrom(plan, run, meters, new Stopwatch(elapsed));
  yield* run.learnLoss();
  if (meters === undefined || words === undefined) return run.answer(result);
  const stages = words.stages.map((stage, index) => ({ ...stage, ...(meters[index] as Meter).cost }));
  return run.answer({
    kind: 'profile',
    profile: { ...words, stages, totalUs: Math.round((elapsed() - startedMs) * 1000) },
  });
}

function* resultFrom(
  plan: Plan,
  run: Running,
  meters: Meter[] | undefined,
  watch: Stopwatch,
): Generator<Promise<unknown> | undefined, Result, unknown> {
  let items: Items = [];
  let kind: Kind = 'start';
  for (const stage of plan.stages) {
    const meter = meters && new Meter(watch, meters.at(-1));
    if (stage.kind === 'stream') items = stage.run(items, run);
    else {
      const gathered = yield* collect(items, kind, run);
      if (meter !== undefined) watch.charge(meter);
      const output = stage.run(gathered, run);
      items = output instanceof Promise ? ((yield output) as Items) : output;
      if (meter !== undefined) watch.charge(undefined);
    }
    kind = stage.gives;
    if (meter === undefined) continue;
    meters?.push(meter);
    items = meter.count(items);
  }
  const found = yield* collect(items, kind, run);
  if (plan.gives === 'start') return { kind: 'graph', ...(yield* wholeGraph(run)) };
  run.budget.checkResults(found.length);
  return resultOf(plan.gives, found);
}

function* collect(items: Items, kind: Kind, { budget }: Run): Generator<undefined, Item[]> {
  const weight = weightOf(kind);
  const found: Item[] = [];
  for (const item of items) {
    if (item === undefined) {
      yield undefined;
      continue;
    }
    found.push(item);
    if ((found.length & 1023) === 0) budget.hold(1024 * weight);
  }
  return found;
}

class Running implements Run {
  readonly text: string;
  readonly timeline: Timeline;
  readonly wanted: Wanted | undefined;
  readonly nowMs: number;
  readonly budget: Budget;
  readonly turn: () => Promise<void>;
  readonly names = new Map();
  readonly flows: FlowView | undefined;
  readonly sockets: SocketView | undefined;
  readonly matchFilter: ((expression: string) => PacketTest) | undefined;
  readonly workflow: Run['workflow'];
  view: GraphView;
  root: GraphView;
  time: Span | undefined;
  #warnings: readonly Fault[];
  #waiting: Promise<unknown> | undefined;
  /** Times whose flows were asked for, by their text. */
  readonly #flowTimes = new Map<string, Span | undefined>();
  #loss: Loss[] | undefined;

  constructor(text: string, context: Context, limits: Limits, warnings: readonly Fault[], wanted?: WantedPlan) {
    const { timeline, flows, sockets, matchFilter, workflow, nowMs, elapsed, turn, signal } = context;
    this.text = text;
    this.timeline = timeline;
    this.flows = flows;
    this.sockets = sockets;
    this.matchFilter = matchFilter;
    this.workflow = workflow;
    this.nowMs = nowMs;
    this.budget = new Budget(limits, elapsed, signal);
    this.turn = turn;
    this.view = timeline.now();
    this.root = this.view;
    this.time = this.view.time;
    this.#warnings = warnings;
    this.wanted = wanted && wantedIn(wanted, this.view);
  }

  warn(fault: Fault): void {
    this.#warnings = [...this.#warnings, fault];
  }

  wait(promise: Promise<unknown>): void {
    this.#waiting = promise;
  }

  takeWaiting(): Promise<unknown> | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }

  noteFlows(): void {
    this.#flowTimes.set(JSON.stringify(this.time) ?? 'now', this.time);
  }

  /** What was lost of the times whose flows were asked for. */
  *learnLoss(): Generator<Promise<unknown>, void, unknown> {
    for (const time of this.#flowTimes.values()) {
      const loss = this.flows?.loss(time) ?? [];
      const known = loss instanceof Promise ? ((yield loss) as readonly Loss[]) : loss;
      this.#loss = [...(this.#loss ?? []), ...known];
    }
  }

  answer(result: Result): Answer {
    const { view } = this;
    const answer = { ...result, view, time: view.time, warnings: this.#warnings };
    return this.#loss === undefined ? answer : { ...answer, time: this.time, loss: this.#loss };
  }
}
