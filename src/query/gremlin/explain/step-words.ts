/** Steps as explain and profile print them: `out(knows)`, `repeat([out, simplePath])`. */
import { type Argument, Bytecode, CardinalityValue, type Instruction, Lambda, Strategy } from '../bytecode.ts';
import { GMap, GSet } from '../value/collections.ts';
import { isList } from '../value/identity.ts';
import { isNumber } from '../value/num.ts';
import { numberText } from '../value/number-text.ts';
import { Predicate } from '../value/predicate.ts';
import { Token } from '../value/token.ts';
import { Uuid } from '../value/value.ts';

export function wordsOf({ name, args }: Pick<Instruction, 'name' | 'args'>): string {
  return args.length === 0 ? name : `${name}(${args.map(wordOf).join(',')})`;
}

function wordOf(argument: Argument): string {
  if (typeof argument === 'string') return argument;
  if (argument === null || typeof argument === 'boolean') return String(argument);
  if (isNumber(argument)) return numberText(argument);
  if (isList(argument) || argument instanceof GSet) return `[${[...argument].map(wordOf).join(',')}]`;
  if (argument instanceof Bytecode) return `[${argument.steps.map(wordsOf).join(', ')}]`;
  if (argument instanceof Predicate) return wordsOf(argument);
  if (argument instanceof Token || argument instanceof Strategy) return argument.name;
  if (argument instanceof CardinalityValue) return `${argument.cardinality}(${wordOf(argument.value)})`;
  if (argument instanceof Uuid) return argument.value;
  if (argument instanceof GMap)
    return `{${[...argument].map(([key, value]) => `${wordOf(key)}=${wordOf(value)}`).join(',')}}`;
  if (argument instanceof Lambda) return 'lambda';
  return '…';
}

/** The name alone. */
export function nameIn(words: string): string {
  const at = words.indexOf('(');
  return at < 0 ? words : words.slice(0, at);
}
