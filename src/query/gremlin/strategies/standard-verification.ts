import type { Faults } from '../../faults.ts';
import type { Bytecode, Instruction } from '../bytecode.ts';
import { placeOf } from '../compile/calls.ts';
import { eachStep } from './everywhere.ts';
import { defineStrategy } from './strategy.ts';

export const standardVerification = defineStrategy({
  name: 'StandardVerificationStrategy',
  doc: 'Refuses what makes no sense wherever it stands: inject in a repeat, a profile in the middle.',
  isUsual: true,
  check(bytecode, _strategy, faults) {
    eachStep(bytecode, (step, around) => {
      if (step.name === 'inject' && around.includes('repeat'))
        refuse(step, `The parent of inject()-step can not be repeat()-step: ${step.name}`, faults);
    });
    checkProfile(bytecode, faults);
  },
});

function checkProfile({ steps }: Bytecode, faults: Faults): void {
  const profiles = steps.filter(({ name }) => name === 'profile');
  const [profile] = profiles;
  if (profile === undefined) return;
  if (profiles.length > 1) refuse(profile, 'The profile()-Step cannot be specified multiple times.', faults);
  const behind = steps.slice(steps.indexOf(profile) + 1).filter(({ name }) => name !== 'discard' && name !== 'none');
  if (behind.length > 1 || (behind[0] !== undefined && behind[0].name !== 'cap'))
    refuse(
      profile,
      'When specified, the profile()-Step must be the last step or followed only by the cap()-step.',
      faults,
    );
}

function refuse(step: Instruction, message: string, faults: Faults): void {
  faults.add('gremlin.verification', message, placeOf(step));
}
