/** A traversal said in the words of npm gremlin's own API, and what its driver gives, as our values. */
import gremlin, { type DriverTraversal } from 'gremlin';
import graphTraversal from 'gremlin/lib/process/graph-traversal.js';
import {
  type Argument,
  Bytecode,
  CardinalityValue,
  type Instruction,
  Strategy,
} from '../../src/query/gremlin/bytecode.ts';
import { GMap, GSet } from '../../src/query/gremlin/value/collections.ts';
import { isList } from '../../src/query/gremlin/value/identity.ts';
import { Num, num } from '../../src/query/gremlin/value/num.ts';
import { Predicate } from '../../src/query/gremlin/value/predicate.ts';
import { Reference } from '../../src/query/gremlin/value/reference.ts';
import { Token, tokenNamed } from '../../src/query/gremlin/value/token.ts';
import { ClassName, DateTime, type GValue, Path } from '../../src/query/gremlin/value/value.ts';
import { Unwritable } from './notation.ts';

const { process, structure } = gremlin;
const { CardinalityValue: cardinalityValue } = graphTraversal;

/** Throws Unwritable for what its API, or its writer of this format, has no words for. */
export function said({ source, steps }: Bytecode, g: DriverTraversal, format: 'binary' | 'json'): DriverTraversal {
  // Its GraphBinary takes its own Long for a map.
  if (format === 'binary' && hasLong(source, steps)) throw new Unwritable('a long in GraphBinary');
  return chained([...source, ...steps], g);
}

function hasLong(...instructions: readonly (readonly Instruction[])[]): boolean {
  const isLong = (value: Argument): boolean => {
    if (value instanceof Num) return value.type === 'long';
    if (value instanceof Bytecode) return hasLong(value.source, value.steps);
    if (value instanceof Predicate) return value.args.some(isLong);
    if (value instanceof GMap) return [...value].some((entry) => entry.some(isLong));
    return (isList(value) || value instanceof GSet) && [...value].some(isLong);
  };
  return instructions.flat().some(({ args }) => args.some(isLong));
}

function chained(instructions: readonly Instruction[], start: DriverTraversal): DriverTraversal {
  return instructions.reduce(step, start);
}

function step(traversal: DriverTraversal, { name, args }: Instruction): DriverTraversal {
  // Words that JavaScript keeps for itself have a line behind them.
  const method = [name, `${name}_`].find((each) => typeof traversal[each] === 'function');
  if (method === undefined) throw new Unwritable(`no ${name} in the driver`);
  return (traversal[method] as DriverTraversal[string]).call(traversal, ...args.map(argument));
}

function argument(value: Argument): unknown {
  if (value instanceof Bytecode) {
    if (value.steps.length === 0) throw new Unwritable('a traversal without a step');
    return chained(value.steps, process.statics);
  }
  if (value instanceof Num) {
    if (value.type === 'long') return structure.toLong(String(value.value));
    if (value.type === 'bigint') return BigInt(value.value);
    throw new Unwritable(`JavaScript has no ${value.type}`);
  }
  if (value instanceof Predicate) {
    const [first, second] = value.args.map(argument);
    const { P, TextP } = process;
    return value.isText ? new TextP(value.name, first, second) : new P(value.name, first, second);
  }
  if (value instanceof Token) return word(value);
  if (value instanceof GMap) return new Map(Array.from(value, ([key, item]) => [argument(key), argument(item)]));
  if (value instanceof GSet) return new Set(Array.from(value, argument));
  if (isList(value)) return value.map(argument);
  if (value instanceof DateTime) return new Date(value.seconds * 1000 + value.nanos / 1e6);
  if (value instanceof CardinalityValue) return cardinalityValue[value.cardinality]?.(argument(value.value));
  if (value instanceof Strategy) return strategy(value.name, value.configuration);
  if (value instanceof ClassName) return strategyClass(value.name);
  if (value instanceof Reference && value.names === 'vertex')
    return new structure.Vertex(argument(value.id), value.label);
  if (typeof value === 'object' && value !== null)
    throw new Unwritable(`the driver cannot send ${value.constructor.name}`);
  return value;
}

function word({ type, name }: Token): unknown {
  const holder =
    process[type === 'DT' || type === 'T' ? type.toLowerCase() : type.charAt(0).toLowerCase() + type.slice(1)];
  const words = holder as Readonly<Record<string, { readonly elementName?: string }>> | undefined;
  const found = Object.entries(words ?? {}).find(([key, each]) => key === name || each.elementName === name);
  if (found === undefined) throw new Unwritable(`no ${type}.${name} in the driver`);
  return found[1];
}

function strategy(name: string, configuration: ReadonlyMap<string, Argument>): object {
  const options = Object.fromEntries(Array.from(configuration, ([key, value]) => [key, argument(value)]));
  return new (strategyClass(name) as new (options: object) => object)(options);
}

function strategyClass(name: string): unknown {
  const found = process[name.slice(name.lastIndexOf('.') + 1)];
  if (typeof found !== 'function') throw new Unwritable(`no ${name} in the driver`);
  return found;
}

/** What the driver made of an answer. Numbers have lost their types. */
export function heard(value: unknown): GValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return num('long', value);
  if (typeof value !== 'object') return value as GValue;
  if (Array.isArray(value)) return value.map(heard);
  if (value instanceof Map) return new GMap(Array.from(value, ([key, item]) => [heard(key), heard(item)]));
  if (value instanceof Set) return new GSet(Array.from(value, heard));
  if (value instanceof Date) return new DateTime(Math.floor(value.getTime() / 1000), (value.getTime() % 1000) * 1e6);
  const fields = value as Readonly<Record<string, unknown>>;
  if (value instanceof structure.Path) return new Path((fields.objects as unknown[]).map(heard), []);
  if (value instanceof structure.Vertex) return new Reference('vertex', { id: heard(fields.id), label: '' });
  if (value instanceof structure.Edge) return new Reference('edge', { id: heard(fields.id), label: '' });
  if (value instanceof structure.VertexProperty)
    return new Reference('vertexProperty', { id: heard(fields.id), label: '' });
  if (value instanceof structure.Property)
    return new Reference('property', { id: null, label: fields.key as string, value: heard(fields.value) });
  const token = 'elementName' in fields ? tokenNamed(String(fields.typeName), String(fields.elementName)) : undefined;
  if (token !== undefined) return token;
  throw new Unwritable(`the driver gives ${value.constructor.name}`);
}
