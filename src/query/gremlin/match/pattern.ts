/** The patterns of a `match`, as they are written: what each begins with, what it says, what it ends with. */

import type { Child } from '../arguments/child.ts';
import { type Argument, Bytecode, type Instruction } from '../bytecode.ts';
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import { reduces } from '../compile/gathers.ts';
import { joined } from '../compile/infix.ts';
import { Predicate } from '../value/predicate.ts';

export type Pattern = Walk | Check | Several;

/** `as('a').out().as('b')`: from what is bound to what becomes bound, or has to be the same. */
export interface Walk {
  readonly kind: 'walk';
  readonly start: string;
  readonly end: string | undefined;
  readonly child: Child;
  /** It makes one of all, as a count does, and so knows nothing of the way there. */
  readonly reduces: boolean;
}

/** `where(…)`, `not(…)`: passes or does not, once all it speaks of is bound. */
export interface Check {
  readonly kind: 'check';
  readonly needs: readonly string[];
  readonly child: Child;
}

/** `and(…)`: all of them; `or(…)`: any of them. */
export interface Several {
  readonly kind: 'and' | 'or';
  readonly patterns: readonly Pattern[];
}

export function readPatterns(args: readonly Argument[], call: StepCall, builder: Builder): Pattern[] {
  const patterns: Pattern[] = [];
  for (const arg of args) {
    const pattern = arg instanceof Bytecode ? readPattern(arg, call, builder) : undefined;
    if (pattern !== undefined) patterns.push(pattern);
    else if (!(arg instanceof Bytecode)) builder.child(arg, call);
  }
  return patterns;
}

function readPattern(bytecode: Bytecode, call: StepCall, builder: Builder): Pattern | undefined {
  const { source, steps } = joined(bytecode, false);
  const [first] = steps;
  if (first === undefined) return undefined;
  if (steps.length === 1 && (first.name === 'and' || first.name === 'or'))
    return { kind: first.name, patterns: readPatterns(first.args, call, builder) };
  if (first.name === 'where' || first.name === 'not') {
    // What `not` speaks of are variables, as in `where`.
    const inner = first.name === 'not' ? { ...first, args: [new Bytecode([], [{ ...first, name: 'where' }])] } : first;
    const child = builder.child(new Bytecode(source, [inner, ...steps.slice(1)]), call);
    return { kind: 'check', needs: [...namesIn(first.args)], child };
  }
  const [start] = first.args;
  if (first.name !== 'as' || typeof start !== 'string') {
    builder.wrong(call, 'All match()-traversals must have a single start label (i.e. variable)');
    return undefined;
  }
  const { middle, end } = endOf(steps.slice(1), call, builder);
  const walk = new Bytecode(source, middle);
  return { kind: 'walk', start, end, child: builder.child(walk, call), reduces: reduces(walk) };
}

function endOf(
  steps: readonly Instruction[],
  call: StepCall,
  builder: Builder,
): { middle: readonly Instruction[]; end: string | undefined } {
  const last = steps.at(-1);
  if (last?.name !== 'as') return { middle: steps, end: undefined };
  if (last.args.length > 1 || steps.at(-2)?.name === 'as')
    builder.wrong(call, 'The end step of a match()-traversal can have at most one label');
  return { middle: steps.slice(0, -1), end: last.args[0] as string };
}

/** Variables that a `where` speaks of: its keys, and the names at both ends of the traversals in it. */
function namesIn(args: readonly Argument[]): Set<string> {
  const names = new Set<string>();
  const add = (more: Iterable<string>) => {
    for (const name of more) names.add(name);
  };
  for (const arg of args) {
    if (typeof arg === 'string') names.add(arg);
    else if (arg instanceof Predicate) add(namesIn(arg.args.flat()));
    else if (arg instanceof Bytecode) {
      const [first, last] = [arg.steps[0], arg.steps.at(-1)];
      for (const step of [first, last])
        if (step?.name === 'as') add(step.args.filter((one) => typeof one === 'string'));
      for (const step of arg.steps) if (['and', 'or', 'not', 'where'].includes(step.name)) add(namesIn(step.args));
    }
  }
  return names;
}

/** In order of their first appearance. */
export function startsOf(patterns: readonly Pattern[]): Set<string> {
  return new Set(
    patterns.flatMap((pattern) => {
      if (pattern.kind === 'walk') return [pattern.start];
      // A check of one variable is said of it: where(as('a').out()) is as('a').where(out()).
      return pattern.kind === 'check' ? pattern.needs : [...startsOf(pattern.patterns)];
    }),
  );
}

export function endsOf(patterns: readonly Pattern[]): Set<string> {
  return new Set(
    patterns.flatMap((pattern) => {
      if (pattern.kind === 'walk') return pattern.end === undefined ? [] : [pattern.end];
      return pattern.kind === 'check' ? [] : [...endsOf(pattern.patterns)];
    }),
  );
}
