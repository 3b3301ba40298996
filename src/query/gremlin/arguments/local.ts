/** `count(local)`: a step of what one value holds, in place of all values that come. */
import type { Argument } from '../bytecode.ts';
import type { StepCall } from '../compile/calls.ts';
import { Token } from '../value/token.ts';

export function isLocal({ args }: Pick<StepCall, 'args'>): boolean {
  const [first] = args;
  return first instanceof Token && first.type === 'Scope' && first.name === 'local';
}

/** What is said beside the scope. */
export function unscoped({ args }: Pick<StepCall, 'args'>): readonly Argument[] {
  const [first] = args;
  return first instanceof Token && first.type === 'Scope' ? args.slice(1) : args;
}
