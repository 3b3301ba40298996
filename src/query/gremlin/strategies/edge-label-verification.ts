import { type Instruction, Lambda, Strategy } from '../bytecode.ts';
import { placeOf } from '../compile/calls.ts';
import { Token } from '../value/token.ts';
import { eachStep } from './everywhere.ts';
import { defineStrategy } from './strategy.ts';
import { told, WARNING } from './warning.ts';

/** Steps along edges whose labels are all their arguments. */
const STEPS: ReadonlySet<string> = new Set(['out', 'in', 'both', 'outE', 'inE', 'bothE']);
/** Those that say the direction first. */
const DIRECTED: ReadonlySet<string> = new Set(['to', 'toE']);

export const edgeLabelVerification = defineStrategy({
  name: 'EdgeLabelVerificationStrategy',
  doc: 'Refuses steps along edges that name no label, or warns of them.',
  settings: WARNING,
  check(bytecode, strategy, faults) {
    eachStep(bytecode, (step) => {
      if (goesAnywhere(step))
        told(
          strategy,
          `The provided traversal contains a vertex step without any specified edge label: ${step.name}\n` +
            'Always specify edge labels which restrict traversal paths ensuring optimal performance.',
          placeOf(step),
          faults,
        );
    });
  },
});

function goesAnywhere({ name, args }: Instruction): boolean {
  if (STEPS.has(name)) return args.length === 0;
  const [direction] = args;
  if (direction instanceof Strategy || direction instanceof Lambda) return false;
  return DIRECTED.has(name) && direction instanceof Token && direction.type === 'Direction' && args.length === 1;
}
