/**
 * `where(as('a').out('knows').as('b'))`: the traversal starts from what a stands for, and has to come to what b stands for.
 * Without names it is a filter.
 */

import { Child } from '../arguments/child.ts';
import { Bytecode } from '../bytecode.ts';
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import { joined } from '../compile/infix.ts';
import type { Run } from '../run/run.ts';
import { markOf, type Traverser } from '../run/traverser.ts';
import { NOTHING } from '../step.ts';
import { keyOf } from '../value/identity.ts';
import { valueAt } from './compared.ts';
import { allOf, anyOf, type Judge, judgeOfChild, noneOf } from './judge.ts';

/** Whether one of its ends, or of the ends of those in it, has a name. */
export function namesEnds(bytecode: Bytecode): boolean {
  const { steps } = joined(bytecode, false);
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined) return false;
  if (first.name === 'as' || last.name === 'as') return true;
  if ([first, last].some(({ name, args }) => name === 'where' && typeof args[0] === 'string')) return true;
  // A step that is both ends is asked once: twice at each depth would be without end.
  const ends = first === last ? [first] : [first, last];
  return ends.some(({ args }) => args.some((arg) => arg instanceof Bytecode && namesEnds(arg)));
}

export function judgeOfWhere(bytecode: Bytecode, call: StepCall, builder: Builder): Judge {
  const { steps } = joined(bytecode, false);
  const [first] = steps;
  if (first === undefined || !namesEnds(bytecode)) return judgeOfChild(builder.child(bytecode, call));
  const inner = first.args.filter((arg) => arg instanceof Bytecode);
  if (steps.length === 1 && inner.length === first.args.length && inner.length > 0) {
    const judges = () => inner.map((arg) => judgeOfWhere(arg, call, builder));
    if (first.name === 'and') return allOf(judges());
    if (first.name === 'or') return anyOf(judges());
    if (first.name === 'not') return noneOf(allOf(judges()));
  }
  const from = first.name === 'as' ? first.args[0] : undefined;
  const rest = from === undefined ? steps : steps.slice(1);
  const last = rest.at(-1);
  const to = last?.name === 'as' ? last.args[0] : undefined;
  if (last?.name === 'as' && last.args.length > 1)
    builder.wrong(call, 'The end step of a where()-traversal can only have one label');
  const child = builder.child(new Bytecode([], to === undefined ? rest : rest.slice(0, -1)), call);
  return between(child, typeof from === 'string' ? from : undefined, typeof to === 'string' ? to : undefined, builder);
}

function between(child: Child, from: string | undefined, to: string | undefined, builder: Builder): Judge {
  const mark = markOf([], builder.tracking);
  const start = (traverser: Traverser, run: Run) =>
    from === undefined ? traverser.single() : traverser.single().to(valueAt(from, traverser, run), mark);
  return {
    accepts: undefined,
    direct: to === undefined ? directFrom(child, start) : directTo(child, start, to, builder),
    *ask(traverser, run) {
      if (to === undefined) return yield* child.any(start(traverser, run), run);
      const wanted = keyOf(valueAt(to, traverser, run));
      for (const one of child.run([start(traverser, run)], run)) {
        if (one === undefined) yield undefined;
        else if (one !== null && keyOf(one.value) === wanted) return true;
      }
      return false;
    },
    wants: [],
  };
}

type Start = (traverser: Traverser, run: Run) => Traverser;

function directFrom({ direct }: Child, start: Start): Judge['direct'] {
  return direct === undefined ? undefined : (traverser, run) => direct(start(traverser, run), run) !== NOTHING;
}

/** One filter more at the end of the child. Nobody else comes between being told what is wanted and asking for it. */
function directTo(child: Child, start: Start, to: string, builder: Builder): Judge['direct'] {
  let wanted: unknown;
  const isWanted = { kind: 'filter' as const, accepts: (value: Traverser['value']) => keyOf(value) === wanted };
  const { direct } = new Child([...child.placed, { op: isWanted, mark: markOf([], builder.tracking) }]);
  if (direct === undefined) return undefined;
  return (traverser, run) => {
    wanted = keyOf(valueAt(to, traverser, run));
    return direct(start(traverser, run), run) !== NOTHING;
  };
}
