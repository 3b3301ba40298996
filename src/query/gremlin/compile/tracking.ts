/** How much of its way a traverser has to remember, so that every step of a traversal finds what it asks for. */
import { type Argument, Bytecode, type Instruction, Strategy } from '../bytecode.ts';
import type { Tracking } from '../run/traverser.ts';
import { stepNamed } from '../steps/index.ts';
import { GMap } from '../value/collections.ts';
import { Predicate } from '../value/predicate.ts';

export function trackingOf(bytecode: Bytecode): Tracking {
  let most: Tracking = 'none';
  for (const instruction of bytecode.steps) {
    most = larger(most, ofStep(instruction));
    for (const argument of instruction.args) most = larger(most, ofArgument(argument));
    if (most === 'all') return most;
  }
  return most;
}

function ofStep({ name, args }: Instruction): Tracking {
  const { tracking = 'none' } = stepNamed(name) ?? {};
  return typeof tracking === 'function' ? tracking(args) : tracking;
}

function ofArgument(argument: Argument): Tracking {
  if (argument instanceof Bytecode) return trackingOf(argument);
  if (argument instanceof Predicate) return argument.args.map(ofArgument).reduce(larger, 'none');
  if (argument instanceof Strategy) return [...argument.configuration.values()].map(ofArgument).reduce(larger, 'none');
  if (argument instanceof GMap) return [...argument.values()].map(ofArgument).reduce(larger, 'none');
  if (Array.isArray(argument)) return argument.map(ofArgument).reduce(larger, 'none');
  return 'none';
}

function larger(a: Tracking, b: Tracking): Tracking {
  if (a === 'all' || b === 'all') return 'all';
  return a === 'named' || b === 'named' ? 'named' : 'none';
}
