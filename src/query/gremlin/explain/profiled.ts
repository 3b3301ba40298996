/**
 * What `profile` does: each step before it becomes a pipe of its own, whose clock runs while something is asked of it. Its
 * own time is what is not the time of the steps it asks in turn.
 */

import type { Argument } from '../bytecode.ts';
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import { type Pipe, type Placed, pipeOf } from '../run/pipeline.ts';
import type { Run } from '../run/run.ts';
import { Hoard } from '../run/side-effects.ts';
import { markOf, type Traverser } from '../run/traverser.ts';
import type { Items, StreamOp } from '../step.ts';
import { double } from '../value/num.ts';
import { type StepMetrics, TraversalMetrics } from '../value/value.ts';
import { nameIn } from './step-words.ts';

const NAME = 'profile';
/** TinkerPop's own, where none is given. */
const UNNAMED = '~metrics';

export function profileKey([name]: readonly Argument[]): string {
  return typeof name === 'string' ? name : UNNAMED;
}

/** Where one of the steps is `profile`, those before it are measured. */
export function profiled(placed: Placed[], calls: readonly StepCall[], builder: Builder): Placed[] {
  const call = calls.find(({ name }) => name === NAME);
  if (call === undefined) return placed;
  if (builder.depth > 0) builder.wrong(call, 'The profile()-Step cannot be specified in a child traversal');
  const at = placed.findIndex(({ op }) => nameIn(op.words ?? '') === NAME);
  return at < 0 ? placed : [measured(placed.slice(0, at), profileKey(call.args)), ...placed.slice(at)];
}

/** All of them as one op, which measures each. Where they put their measures: a side-effect of this name. */
function measured(placed: readonly Placed[], name: string): Placed {
  const pipes = placed.map((one) => pipeOf([one]));
  const names = placed.map(({ op }) => op.words ?? op.kind);
  const op: StreamOp = {
    kind: 'stream',
    words: 'profile',
    stream(input, run) {
      const measures = measuresOf(run, name);
      measures.begin(names);
      return pipes.reduce<Items>((items, pipe, at) => watched(pipe, items, measures, at, run), input);
    },
  };
  return { op, mark: markOf([], 'none') };
}

export function measuresOf({ sideEffects }: Run, name: string): Measures {
  return sideEffects.hoard(name, { is: (held) => held instanceof Measures, make: () => new Measures() });
}

export class Measures extends Hoard {
  #steps: Measure[] = [];

  begin(names: readonly string[]): void {
    this.#steps = names.map((name) => ({ name, ms: 0, traversers: 0, elements: 0 }));
  }

  passed(at: number, ms: number, traverser: Traverser | undefined | null): void {
    const step = this.#steps[at] as Measure;
    step.ms += ms;
    if (traverser === undefined || traverser === null) return;
    step.traversers++;
    step.elements += traverser.bulk;
  }

  result(): TraversalMetrics {
    // What a step took, with all before it.
    const own = this.#steps.map(({ ms }, at) => Math.max(0, ms - (this.#steps[at - 1]?.ms ?? 0)));
    const total = own.reduce((sum, ms) => sum + ms, 0);
    const steps = this.#steps.map(
      ({ name, traversers, elements }, at): StepMetrics => ({
        id: `${at}.0.0()`,
        name,
        durationNanos: nanos(own[at] as number),
        counts: new Map(
          traversers > 0
            ? [
                ['traverserCount', traversers],
                ['elementCount', elements],
              ]
            : [],
        ),
        annotations: new Map([['percentDur', double(total > 0 ? ((own[at] as number) * 100) / total : 0)]]),
        nested: [],
      }),
    );
    return new TraversalMetrics(nanos(total), steps);
  }
}

interface Measure {
  readonly name: string;
  ms: number;
  traversers: number;
  elements: number;
}

const nanos = (ms: number): number => Math.round(ms * 1e6);

/** A breath is passed on with the clock stopped: what others do meanwhile is not the step's. */
function* watched(pipe: Pipe, input: Items, measures: Measures, at: number, run: Run): Items {
  const { budget } = run;
  const items = pipe(input, run)[Symbol.iterator]();
  try {
    for (;;) {
      const from = budget.elapsedMs;
      const { done, value } = items.next();
      measures.passed(at, budget.elapsedMs - from, done ? undefined : value);
      if (done) return;
      yield value;
    }
  } finally {
    items.return?.();
  }
}
