/** `gt(5)`, `P.within('a', 'b')`, `TextP.regex('v.*')`, and what `and`, `or` and `negate` make of them. */
import type { Argument, Bytecode } from '../bytecode.ts';
import { GSet } from '../value/collections.ts';
import { isList } from '../value/identity.ts';
import { Predicate } from '../value/predicate.ts';
import { tokens } from '../value/token.ts';
import type { GValue } from '../value/value.ts';
import type { Parser } from './parser.ts';

interface Shape {
  /** How many values it takes; undefined: any number, as one list. */
  readonly values: number | undefined;
  readonly isText: boolean;
}

export const predicateShapes: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ...shapes(1, false, 'eq', 'neq', 'lt', 'lte', 'gt', 'gte', 'not', 'typeOf'),
  ...shapes(2, false, 'inside', 'outside', 'between'),
  ...shapes(undefined, false, 'within', 'without'),
  ...shapes(1, true, 'startingWith', 'endingWith', 'containing', 'regex'),
  ...shapes(1, true, 'notStartingWith', 'notEndingWith', 'notContaining', 'notRegex'),
]);

function shapes(values: Shape['values'], isText: boolean, ...names: readonly string[]): [string, Shape][] {
  return names.map((name) => [name, { values, isText }]);
}

/**
 * Stands on the parenthesis behind its name. `not` without its P may turn out to be the step; `isCertain`: it was written
 * with it.
 */
export function readPredicate(
  parser: Parser,
  name: string,
  from: number,
  nameTo: number,
  isCertain = false,
): Predicate | Bytecode | undefined {
  const faultsBefore = parser.faults.length;
  const args = parser.list('close', parser.value);
  const to = parser.closedTo;
  if (name === 'not' && !isCertain && !(args[0] instanceof Predicate))
    return parser.stepsAfter([{ name, args, from, to, nameTo }]);
  const shape = predicateShapes.get(name) as Shape;
  const isWrong = shape.values !== undefined && args.length !== shape.values;
  if (isWrong || (name === 'not' && !(args[0] instanceof Predicate))) {
    // Not another word about arguments that are wrong themselves.
    if (parser.faults.length === faultsBefore) parser.lexer.fault('query.argument', takes(name, shape), from, to);
    return undefined;
  }
  return connected(parser, new Predicate(name, valuesOf(name, shape, args), shape.isText));
}

function takes(name: string, { values }: Shape): string {
  if (name === 'not') return 'P.not takes a predicate';
  return `${name} takes ${values === 1 ? 'one value' : `${values} values`}`;
}

function valuesOf(name: string, { values }: Shape, args: readonly GValue[]): readonly GValue[] {
  if (values === undefined) return [listOf(args)];
  // Small letters name a type here, and something else elsewhere.
  if (name === 'typeOf') return args.map(typeOf);
  return args;
}

/** `within([1, 2])` is `within(1, 2)`. */
function listOf(args: readonly GValue[]): readonly GValue[] {
  const [only] = args;
  if (args.length !== 1) return args;
  if (only instanceof GSet) return [...only];
  return isList(only) ? only : args;
}

function typeOf(value: GValue): GValue {
  if (value === tokens.Cardinality.list) return tokens.GType.LIST;
  if (value === tokens.Cardinality.set) return tokens.GType.SET;
  return value === null ? tokens.GType.NULL : value;
}

/** `.and(…)`, `.or(…)`, `.negate()` behind it. Several of one kind in a row are one, as TinkerPop has it. */
function connected(parser: Parser, first: Predicate): Predicate | undefined {
  const { lexer } = parser;
  let predicate = first;
  while (parser.isAt('dot')) {
    lexer.next();
    const { word: name, kind, from, to } = lexer;
    if (kind !== 'word' || !connectives.has(name)) {
      parser.unexpected('a predicate goes on with and(…), or(…) or negate()');
      parser.recover();
      return undefined;
    }
    lexer.next();
    const args: readonly Argument[] = parser.instruction(name, from, to).args;
    if (name === 'negate') predicate = new Predicate('not', [predicate]);
    else {
      const [other] = args;
      if (args.length !== 1 || !(other instanceof Predicate)) {
        lexer.fault('query.argument', `${name} takes a predicate`, from, to, `${name}(gt(5))`);
        return undefined;
      }
      predicate = new Predicate(name, [...partsOf(name, predicate), ...partsOf(name, other)]);
    }
  }
  return predicate;
}

function partsOf(name: string, predicate: Predicate): readonly GValue[] {
  return predicate.name === name ? predicate.args : [predicate];
}

const connectives: ReadonlySet<string> = new Set(['and', 'or', 'negate']);
