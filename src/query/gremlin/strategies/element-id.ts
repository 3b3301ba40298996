import { type Argument, type Instruction, Lambda, type Strategy } from '../bytecode.ts';
import { Predicate } from '../value/predicate.ts';
import { Token, tokens } from '../value/token.ts';
import type { GValue } from '../value/value.ts';
import { everywhere, said } from './everywhere.ts';
import { defineStrategy } from './strategy.ts';

/** TinkerPop's own. */
const USUAL_KEY = '__id';

export const elementId = defineStrategy({
  name: 'ElementIdStrategy',
  doc: 'Ids are kept in a property: elements are found and made by it. Those that are given none have none.',
  settings: ['idPropertyKey'],
  rewrite(bytecode, strategy) {
    const key = keyOf(strategy);
    return everywhere(bytecode, (steps) => steps.flatMap((step) => byProperty(step, key)));
  },
});

function keyOf({ configuration }: Strategy): string {
  const key = configuration.get('idPropertyKey');
  return typeof key === 'string' ? key : USUAL_KEY;
}

function byProperty(step: Instruction, key: string): Instruction[] {
  const { name, args } = step;
  if ((name === 'V' || name === 'E') && args.length > 0 && args.every(isPlain))
    return [said(step, name), said(step, 'has', key, within(args))];
  if (name === 'hasId') return [said(step, 'has', key, args[0] instanceof Predicate ? args[0] : within(args))];
  if (name === 'id' && args.length === 0) return [said(step, 'values', key)];
  if (name === 'has' || name === 'property' || name === 'by')
    return [said(step, name, ...args.map((arg) => (arg === tokens.T.id ? key : arg)))];
  return [step];
}

function isPlain(argument: Argument): argument is GValue {
  return (
    !(argument instanceof Lambda) && !(argument instanceof Token) && (typeof argument !== 'object' || argument === null)
  );
}

function within(args: readonly Argument[]): Predicate {
  return new Predicate('within', [args.flat() as GValue[]]);
}
