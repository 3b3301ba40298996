/** Traversals and what stands in their arguments alone. */
import {
  type Argument,
  type Bytecode,
  type CardinalityValue,
  type Instruction,
  Lambda,
  Strategy,
} from '../../../query/gremlin/bytecode.ts';
import type { Predicate } from '../../../query/gremlin/value/predicate.ts';
import { bytecodeOf, simpleName } from '../instructions.ts';
import { predicateOf } from '../predicate-args.ts';
import type { BytesIn } from './bytes-in.ts';
import { readItems, readMap } from './read-collection.ts';

export function readBytecode(from: BytesIn): Bytecode | CardinalityValue {
  const steps = readInstructions(from);
  return bytecodeOf(readInstructions(from), steps);
}

function readInstructions(from: BytesIn): Instruction[] {
  const count = from.count(8, 'a traversal');
  const instructions: Instruction[] = [];
  for (let i = 0; i < count; i++) {
    const name = from.text();
    const args: Argument[] = [];
    for (let left = from.count(2, 'a list of arguments'); left > 0; left--) args.push(from.value());
    instructions.push({ name, args });
  }
  return instructions;
}

export function readPredicate(from: BytesIn, isText: boolean): Predicate {
  return predicateOf(from.text(), readItems(from, 'a list of arguments'), isText);
}

export function readStrategy(from: BytesIn): Strategy {
  const { at } = from;
  const name = simpleName(from.text());
  const configuration = new Map<string, Argument>();
  for (const [key, value] of readMap(from)) {
    if (typeof key !== 'string') throw from.bad(`the configuration of ${name} has a key that is no text`, at);
    configuration.set(key, value);
  }
  return new Strategy(name, configuration);
}

/** Of the code itself nothing is kept. */
export function readLambda(from: BytesIn): Lambda {
  const language = from.text();
  from.text();
  from.int32();
  return new Lambda(language);
}
