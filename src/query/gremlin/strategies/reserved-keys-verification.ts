import type { Argument, Instruction, Strategy } from '../bytecode.ts';
import { placeOf } from '../compile/calls.ts';
import { GMap } from '../value/collections.ts';
import { membersOf } from '../value/members.ts';
import { Token } from '../value/token.ts';
import type { GValue } from '../value/value.ts';
import { eachStep } from './everywhere.ts';
import { defineStrategy } from './strategy.ts';
import { told, WARNING } from './warning.ts';

const USUAL = ['id', 'label'];

export const reservedKeysVerification = defineStrategy({
  name: 'ReservedKeysVerificationStrategy',
  doc: 'Refuses properties with certain keys (id and label when none are named), or warns of them.',
  settings: [...WARNING, 'keys', 'reservedKeys'],
  check(bytecode, strategy, faults) {
    const reserved = keysOf(strategy);
    eachStep(bytecode, (step) => {
      for (const key of keysSet(step))
        if (typeof key === 'string' && reserved.has(key))
          told(
            strategy,
            `The provided traversal contains a ${step.name} that is setting a property key to a reserved word: ${key}`,
            placeOf(step),
            faults,
          );
    });
  },
});

function keysOf({ configuration }: Strategy): ReadonlySet<GValue> {
  const keys = configuration.get('keys') ?? configuration.get('reservedKeys');
  if (keys === undefined) return new Set(USUAL);
  return new Set(typeof keys === 'string' ? [keys] : (membersOf(keys as GValue) ?? []));
}

function keysSet({ name, args }: Instruction): Argument[] {
  if (name !== 'property') return [];
  const [first, second] = args;
  const isCardinality = first instanceof Token && first.type === 'Cardinality';
  const [key, ...others] = isCardinality ? [second, ...args.slice(2)] : args;
  if (key instanceof GMap) return [...key.keys()];
  // Behind the value: keys of properties of the property.
  return [key, ...others.filter((_arg, at) => at % 2 > 0)].filter((one) => one !== undefined);
}
