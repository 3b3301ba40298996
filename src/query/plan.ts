/**
 * Checked steps to what will run. The filters that follow `V()` or `E()` directly become part of the source, which can
 * then ask an index, and so do those that follow `Flows()`, with their order and part, and those of `Sockets()`; nothing else changes place: `Limit` before `Has` is not `Has` before `Limit`.
 */
import type { Checked, CheckedStep, Mode } from './check.ts';
import type { Condition } from './condition.ts';
import { type FlowAsk, flowAskAt } from './flowplan.ts';
import { flowStage } from './flowsource.ts';
import type { Kind } from './kind.ts';
import { socketStage } from './socketstage.ts';
import { countStage, sourceStage } from './source.ts';
import type { Item, Items, Run } from './step.ts';
import { type WantedPlan, wantedOf } from './wanted.ts';

export interface Plan {
  readonly stages: readonly Stage[];
  readonly gives: Kind;
  readonly mode: Mode;
  /** Of the moment that `At` asks for. */
  readonly wanted?: WantedPlan;
}

export type Stage = Stream | Gather;

interface Stream extends Words {
  readonly kind: 'stream';
  run(input: Items, run: Run): Items;
}

interface Gather extends Words {
  readonly kind: 'gather';
  run(input: readonly Item[], run: Run): Items | Promise<Items>;
}

/** What explain and profile tell of a stage. */
interface Words {
  /** The steps it stands for, as written. */
  readonly text: string;
  readonly gives: Kind;
  /** Conditions that the source takes over, of which one may go to an index. */
  readonly pushed?: Pushed;
  /** What a flow store is asked. */
  readonly ask?: FlowAsk;
}

export interface Pushed {
  readonly of: 'nodes' | 'edges';
  readonly conditions: readonly Condition[];
}

export function plan({ steps, mode }: Checked, text: string): Plan {
  const stages: Stage[] = [];
  let wanted: WantedPlan | undefined;
  for (let at = 0; at < steps.length; ) {
    const first = steps[at] as CheckedStep;
    if (first.step.name === 'Flows') {
      const { steps: count, ask } = flowAskAt(steps, at);
      const last = steps[at + count - 1] as CheckedStep;
      const words = { text: text.slice(first.call.from, last.call.to), gives: last.gives, ask };
      stages.push({ kind: 'gather', ...words, run: flowStage(ask, first.takes) });
      at += count;
      continue;
    }
    if (first.step.name === 'Sockets' && first.takes === 'nodes') {
      const { conditions, next } = filtersFrom(steps, at + 1);
      const last = steps[next - 1] as CheckedStep;
      const words = { text: text.slice(first.call.from, last.call.to), gives: last.gives };
      stages.push({ kind: 'stream', ...words, run: socketStage(conditions) });
      at = next;
      continue;
    }
    const taken = sourceAt(steps, at);
    const last = steps[at + Math.max(taken.steps, 1) - 1] as CheckedStep;
    const words = { text: text.slice(first.call.from, last.call.to), gives: last.gives };
    if (taken.steps === 0) stages.push(stageOf(first, words));
    else if (taken.counts) stages.push({ kind: 'stream', ...words, run: countStage(taken.of) });
    else {
      const pushed = { of: taken.of, conditions: taken.conditions };
      stages.push({ kind: 'stream', ...words, pushed, run: sourceStage(pushed) });
      wanted = wantedOf(steps, { ...pushed, next: at + taken.steps });
    }
    at += Math.max(taken.steps, 1);
  }
  return { stages, gives: steps.at(-1)?.gives ?? 'start', mode, ...(wanted && { wanted }) };
}

interface Source {
  /** How many steps it takes over; none when there is no source here. */
  readonly steps: number;
  readonly of: 'nodes' | 'edges';
  readonly conditions: readonly Condition[];
  readonly counts: boolean;
}

function sourceAt(steps: readonly CheckedStep[], at: number): Source {
  const { step, args, takes } = steps[at] as CheckedStep;
  const of = step.name === 'V' ? 'nodes' : 'edges';
  const isAll =
    (step.name === 'V' || step.name === 'E') && takes === 'start' && (args as { id?: string }).id === undefined;
  if (!isAll) return { steps: 0, of, conditions: [], counts: false };
  const { conditions, next } = filtersFrom(steps, at + 1);
  const counts = conditions.length === 0 && steps[next]?.step.name === 'Count';
  return { steps: next - at + (counts ? 1 : 0), of, conditions, counts };
}

/** All filters from there on, and where they end. */
function filtersFrom(
  steps: readonly CheckedStep[],
  at: number,
): { readonly conditions: Condition[]; readonly next: number } {
  const conditions: Condition[] = [];
  let next = at;
  for (; next < steps.length; next++) {
    const { step, args, takes } = steps[next] as CheckedStep;
    const filter = step.filter?.(args, takes);
    if (filter === undefined) break;
    conditions.push(...filter);
  }
  return { conditions, next };
}

function stageOf({ step, args, takes }: CheckedStep, words: Words): Stage {
  const gather = step.gather?.(args, takes);
  if (gather !== undefined) return { kind: 'gather', ...words, run: gather };
  if (step.stream !== undefined) return { kind: 'stream', ...words, run: step.stream(args, takes) };
  throw new Error(`step ${step.name} can do nothing`);
}
