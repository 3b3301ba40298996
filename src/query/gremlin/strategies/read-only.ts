import { placeOf } from '../compile/calls.ts';
import { stepNamed } from '../steps/index.ts';
import { eachStep } from './everywhere.ts';
import { defineStrategy } from './strategy.ts';

export const readOnly = defineStrategy({
  name: 'ReadOnlyStrategy',
  doc: 'Refuses a traversal that changes the graph.',
  check(bytecode, _strategy, faults) {
    eachStep(bytecode, (step) => {
      if (stepNamed(step.name)?.writes || step.name === 'read')
        faults.add(
          'gremlin.verification',
          `The provided traversal has a mutating step and thus is not read only: ${step.name}`,
          placeOf(step),
        );
    });
  },
});
