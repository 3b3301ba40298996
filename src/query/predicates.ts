/** Predicates: `Has('MTU', LT(1500))`. Each is made ready once per query and then asked of values. */
import type { Value } from '../graph/element.ts';
import { type Address, contains, parseAddress, parsePrefix } from '../std/address.ts';
import { didYouMean } from '../std/nearest.ts';
import type { Faults } from './faults.ts';
import { isList } from './key.ts';
import { compilePattern } from './pattern.ts';
import type { Argument, Call } from './syntax.ts';

export interface Predicate {
  /** Of the value of a key; a list passes when one of its items does (for NE and WITHOUT: when none is excluded). */
  test(value: Value | undefined): boolean;
  /** The values it wants, when it is nothing but equality: an index can find them. */
  readonly equals: readonly Scalar[] | undefined;
}

export type Scalar = string | number | boolean;

export interface PredicateWords {
  readonly name: string;
  /** Arguments as the reference prints them. */
  readonly args: string;
  readonly doc: string;
  compile(call: Call, faults: Faults): Predicate | undefined;
}

/** A literal or a predicate, as the second of a key, value pair. */
export function compilePredicate(argument: Argument, faults: Faults): Predicate | undefined {
  if (argument.kind !== 'call') {
    const value = literal(argument, faults);
    return value === undefined ? undefined : equalTo([value]);
  }
  const found = byName.get(argument.name.toUpperCase());
  if (found !== undefined) return found.compile(argument, faults);
  const names = predicates.map(({ name }) => name);
  const hint = didYouMean(argument.name, names) ?? `one of ${names.join(', ')}`;
  faults.add('query.unknown-predicate', `no predicate named "${argument.name}"`, nameOf(argument), hint);
  return undefined;
}

/** In the order the reference lists them. */
export const predicates: readonly PredicateWords[] = [
  one('NE', 'value', 'The key is there and its value is another.', (value) => {
    const same = isSame(value);
    return { test: (found) => found !== undefined && found !== null && !any(found, same), equals: undefined };
  }),
  one('NEE', 'value', 'The value is another, or there is no such key.', (value) => {
    const same = isSame(value);
    return { test: (found) => found === undefined || !any(found, same), equals: undefined };
  }),
  numbers('LT', ['number'], 'Less than.', (value, [limit]) => value < limit),
  numbers('LTE', ['number'], 'Less than or equal.', (value, [limit]) => value <= limit),
  numbers('GT', ['number'], 'Greater than.', (value, [limit]) => value > limit),
  numbers('GTE', ['number'], 'Greater than or equal.', (value, [limit]) => value >= limit),
  numbers('INSIDE', ['low', 'high'], 'low < value < high.', (value, [low, high]) => value > low && value < high),
  numbers('BETWEEN', ['low', 'high'], 'low <= value < high.', (value, [low, high]) => value >= low && value < high),
  numbers(
    'OUTSIDE',
    ['low', 'high'],
    'value < low or value > high.',
    (value, [low, high]) => value < low || value > high,
  ),
  many('WITHIN', 'Is one of the values.', (values) => equalTo(values)),
  many('WITHOUT', 'The key is there and its value is none of these.', (values) => {
    const within = equalTo(values);
    return { test: (found) => found !== undefined && found !== null && !within.test(found), equals: undefined };
  }),
  text('REGEX', 'pattern', 'The whole text matches the regular expression (RE2 syntax).', (source) => {
    const pattern = compilePattern(source);
    if (typeof pattern === 'string') return pattern;
    const matches = (value: Value) =>
      typeof value === 'string' ? pattern.test(value) : typeof value === 'number' && pattern.test(String(value));
    // A number has a text that matches but is not that text: only an index of texts is safe to ask.
    const equals = pattern.texts?.every((one) => Number.isNaN(Number(one))) ? pattern.texts : undefined;
    return { test: (found) => found !== undefined && any(found, matches), equals };
  }),
  text('IPV4RANGE', 'prefix', 'An IPv4 address (a mask behind it may stand) within the prefix.', (source) =>
    range(source, 4),
  ),
  text('IPRANGE', 'prefix', 'An IPv4 or IPv6 address within the prefix.', (source) => range(source, undefined)),
  text('STARTSWITH', 'text', 'The text begins so.', (part) => onText((value) => value.startsWith(part))),
  text('ENDSWITH', 'text', 'The text ends so.', (part) => onText((value) => value.endsWith(part))),
  text('CONTAINS', 'text', 'The text has this in it.', (part) => onText((value) => value.includes(part))),
];

const byName = new Map(predicates.map((predicate) => [predicate.name, predicate]));

export function equalTo(values: readonly Scalar[]): Predicate {
  const [only] = values;
  if (values.length === 1) {
    // The usual case by far, and the inner loop of a scan.
    const test = (found: Value | undefined) =>
      found === only || (typeof found === 'object' && found !== null && any(found, (value) => value === only));
    return { test, equals: values };
  }
  const set = new Set<unknown>(values);
  return { test: (found) => found !== undefined && any(found, (value) => set.has(value)), equals: values };
}

function any(found: Value, test: (value: Value) => boolean): boolean {
  return isList(found) ? found.some((item) => any(item, test)) : test(found);
}

function isSame(value: Scalar): (found: Value) => boolean {
  return (found) => found === value;
}

function onText(test: (value: string) => boolean): Predicate {
  const matches = (value: Value) => typeof value === 'string' && test(value);
  return { test: (found) => found !== undefined && any(found, matches), equals: undefined };
}

function range(source: string, family: 4 | undefined): Predicate | string {
  const prefix = parsePrefix(source);
  if (prefix === undefined || (family !== undefined && prefix.family !== family))
    return `"${source}" is not ${family === 4 ? 'an IPv4' : 'an IP'} prefix`;
  return onText((value) => {
    const slash = value.indexOf('/');
    const address: Address | undefined = parseAddress(slash < 0 ? value : value.slice(0, slash));
    return address !== undefined && contains(prefix, address);
  });
}

function one(name: string, arg: string, doc: string, make: (value: Scalar) => Predicate): PredicateWords {
  return {
    name,
    args: arg,
    doc,
    compile(call, faults) {
      if (!takes(call, [arg], faults)) return undefined;
      const value = literal(call.args[0] as Argument, faults);
      return value === undefined ? undefined : make(value);
    },
  };
}

function many(name: string, doc: string, make: (values: Scalar[]) => Predicate): PredicateWords {
  return {
    name,
    args: 'value, …',
    doc,
    compile(call, faults) {
      const values = call.args.map((argument) => literal(argument, faults));
      return values.every((value) => value !== undefined) ? make(values) : undefined;
    },
  };
}

function numbers(
  name: string,
  args: readonly string[],
  doc: string,
  test: (value: number, limits: [number, number]) => boolean,
): PredicateWords {
  return {
    name,
    args: args.join(', '),
    doc,
    compile(call, faults) {
      if (!takes(call, args, faults)) return undefined;
      const limits: number[] = [];
      for (const argument of call.args) {
        if (argument.kind === 'number') limits.push(argument.value);
        else faults.add('query.argument', `${call.name} compares numbers`, argument, 'a number without quotes');
      }
      if (limits.length < args.length) return undefined;
      const pair: [number, number] = [limits[0] as number, limits[1] ?? 0];
      const matches = (value: Value) => typeof value === 'number' && test(value, pair);
      return { test: (found) => found !== undefined && any(found, matches), equals: undefined };
    },
  };
}

function text(name: string, arg: string, doc: string, make: (text: string) => Predicate | string): PredicateWords {
  return {
    name,
    args: arg,
    doc,
    compile(call, faults) {
      if (!takes(call, [arg], faults)) return undefined;
      const argument = call.args[0] as Argument;
      if (argument.kind !== 'string') {
        faults.add('query.argument', `${call.name} takes a text`, argument, `${call.name}('…')`);
        return undefined;
      }
      const made = make(argument.value);
      if (typeof made !== 'string') return made;
      faults.add('query.argument', `${call.name}: ${made}`, argument);
      return undefined;
    },
  };
}

function takes(call: Call, args: readonly string[], faults: Faults): boolean {
  if (call.args.length === args.length) return true;
  const count = args.length === 1 ? 'one argument' : `${args.length} arguments`;
  faults.add(
    'query.argument',
    `${call.name} takes ${count}, not ${call.args.length}`,
    call,
    `${call.name}(${args.join(', ')})`,
  );
  return false;
}

function literal(argument: Argument, faults: Faults): Scalar | undefined {
  if (argument.kind === 'string' || argument.kind === 'number' || argument.kind === 'boolean') return argument.value;
  const what = argument.kind === 'call' ? argument.name : argument.value;
  faults.add('query.argument', `${what} cannot stand here: a text, a number, TRUE or FALSE can`, argument);
  return undefined;
}

function nameOf(call: Call): { from: number; to: number } {
  return { from: call.from, to: call.nameTo };
}
