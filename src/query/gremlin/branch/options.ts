/** The options of `branch` and `choose`: which of them fit what a traverser says. */

import { directBy, NOTHING } from '../arguments/by.ts';
import type { Child } from '../arguments/child.ts';
import { Bytecode } from '../bytecode.ts';
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import { type Test, testOf } from '../judge/test-of.ts';
import { tokenReader } from '../read/token.ts';
import type { Run } from '../run/run.ts';
import { alone, type Traverser } from '../run/traverser.ts';
import type { Nothing } from '../step.ts';
import { Predicate } from '../value/predicate.ts';
import { Token } from '../value/token.ts';
import type { GValue } from '../value/value.ts';
import { type Choice, PASSES } from './ways.ts';

/** `isExclusive`: only the first that fits counts, and where none does a traverser passes, as with `choose`. */
export function readOptions(
  call: StepCall,
  builder: Builder,
  { isExclusive }: { isExclusive: boolean },
): { ways: Child[]; choice: Choice } {
  const ways: Child[] = [];
  const fits: Fit[] = [];
  const picked = { any: [] as number[], none: [] as number[], unproductive: [] as number[] };
  for (const modulation of call.modulations) {
    const [pick, way] = modulation.args.length > 1 ? modulation.args : [undefined, modulation.args[0]];
    const at = ways.push(builder.child(way, modulation)) - 1;
    if (pick === undefined || (pick instanceof Token && pick.type === 'Pick')) {
      const name = (pick?.name ?? 'any') as keyof typeof picked;
      if (isExclusive && name === 'any')
        builder.wrong(modulation, 'Choose step can not have an any-option as only one option per traverser is allowed');
      picked[name].push(at);
    } else if (pick instanceof Bytecode) {
      if (isExclusive) builder.wrong(modulation, 'Traversal is not allowed as a Pick token for choose().option()');
      fits.push({ at, child: builder.child(pick, modulation) });
    } else fits.push({ at, test: testOf(builder.value(pick, modulation)) });
  }
  const asked = questioned(call, builder);
  const fresh = alone(builder.tracking);
  const result = (found: number[], isProductive: boolean): readonly number[] => {
    if (isExclusive) {
      const one = found[0] ?? (isProductive ? picked.none : picked.unproductive)[0];
      return one === undefined ? PASSES : [one];
    }
    // Nothing fits where nothing was said.
    const unproductive = isProductive ? [] : picked.unproductive;
    const chosen = found.length > 0 ? found : picked.none;
    return [...chosen, ...unproductive, ...picked.any].sort((a, b) => a - b);
  };
  const choose = function* (traverser: Traverser, run: Run): Generator<undefined, readonly number[]> {
    const said = asked.direct?.(traverser, run) ?? (yield* asked.value(traverser, run));
    const found: number[] = [];
    if (said === NOTHING) return result(found, false);
    for (const { at, test, child } of fits) {
      if (test !== undefined ? test(said, run.model) : yield* (child as Child).any(fresh(said), run)) found.push(at);
      if (isExclusive && found.length > 0) break;
    }
    return result(found, true);
  };
  const isDirect =
    asked.direct !== undefined && fits.every(({ child }) => child?.direct !== undefined || child === undefined);
  return {
    ways,
    choice: {
      direct: isDirect ? (traverser, run) => choose(traverser, run).next().value as readonly number[] : undefined,
      choose,
    },
  };
}

interface Fit {
  readonly at: number;
  readonly test?: Test;
  readonly child?: Child;
}

interface Asked {
  readonly direct: ((traverser: Traverser, run: Run) => GValue | Nothing) | undefined;
  value(traverser: Traverser, run: Run): Generator<undefined, GValue | Nothing>;
}

function questioned(call: StepCall, builder: Builder): Asked {
  const [what] = call.args;
  if (what instanceof Token) return directBy(tokenReader(what));
  if (what instanceof Predicate) {
    const test = testOf(what);
    return directBy(({ value }, run) => test(value, run.model));
  }
  const child = builder.child(what, call);
  return { direct: child.direct, value: (traverser, run) => child.first(traverser, run) };
}
