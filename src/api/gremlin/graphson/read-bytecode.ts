/** Traversals and what stands in their arguments alone, in the dialects of all drivers. */
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
import type { GraphsonIn } from './graphson-in.ts';
import { readItems, readMap } from './read-collection.ts';
import { fields, list, text } from './shapes.ts';

export function readBytecode(json: unknown, from: GraphsonIn): Bytecode | CardinalityValue {
  const { source, step } = fields(json, from);
  return bytecodeOf(
    from.within('source', () => readInstructions(source, from)),
    from.within('step', () => readInstructions(step, from)),
  );
}

/** `[["has", "name", …], …]`; missing when there are none. */
function readInstructions(json: unknown, from: GraphsonIn): Instruction[] {
  if (json === undefined || json === null) return [];
  return list(json, from).map((instruction, i) =>
    from.within(i, () => {
      const [name, ...args] = list(instruction, from);
      return { name: text(name, from), args: args.map((arg, k) => from.within(k + 1, () => from.value(arg))) };
    }),
  );
}

/** `value` holds one, or a plain list of those that `P.between(1, 2)` and `and` take. */
export function readPredicate(json: unknown, isText: boolean, from: GraphsonIn): Predicate {
  const { predicate, value } = fields(json, from);
  const name = text(predicate, from);
  const isListed = Array.isArray(value) && !single.has(name);
  return predicateOf(name, isListed ? readItems(value, from) : [from.gvalue(value ?? null)], isText);
}

/** Those that compare with one value, which then may be a list (GraphSON 2 writes those plain). */
const single: ReadonlySet<string> = new Set(['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'not', 'typeOf']);

/** `{fqcn, conf}`, or the configuration alone, as older drivers do. */
export function readStrategy(type: string, json: unknown, from: GraphsonIn): Strategy {
  if (!type.endsWith('Strategy')) throw from.bad(`unknown type ${type.slice(0, 60)}`);
  const { fqcn, conf, ...others } = fields(json, from);
  const name = simpleName(typeof fqcn === 'string' ? fqcn : type.slice(type.indexOf(':') + 1));
  const configuration = new Map<string, Argument>();
  const add = (key: string, value: unknown): unknown =>
    configuration.set(
      key,
      from.within(key, () => from.value(value)),
    );
  const given = fqcn === undefined && conf === undefined ? others : (conf ?? {});
  if (typeof given === 'object' && given !== null && '@type' in given) {
    for (const [key, value] of readMap((given as { '@value'?: unknown })['@value'], from))
      configuration.set(String(key), value);
  } else for (const [key, value] of Object.entries(fields(given, from))) add(key, value);
  return new Strategy(name, configuration);
}

/** Of the code itself nothing is kept. */
export function readLambda(json: unknown, from: GraphsonIn): Lambda {
  return new Lambda(text(fields(json, from).language, from));
}

/** Its name is of use to who would keep compiled traversals. */
export function readBinding(json: unknown, from: GraphsonIn): Argument {
  return from.value(fields(json, from).value);
}
