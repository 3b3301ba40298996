/** `key, value` pairs as `Has`, `Out` or `SubGraph` take them. */
import type { Element } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import type { Faults } from './faults.ts';
import { compileKey, type Key } from './key.ts';
import { compilePredicate, type Predicate } from './predicates.ts';
import type { Argument } from './syntax.ts';

export interface Condition {
  readonly key: Key;
  readonly predicate: Predicate;
}

export function meetsAll(conditions: readonly Condition[], element: Element, view: GraphView): boolean {
  for (const { key, predicate } of conditions) if (!predicate.test(key.read(element, view))) return false;
  return true;
}

export function meetsAny(conditions: readonly Condition[], element: Element, view: GraphView): boolean {
  return conditions.some(({ key, predicate }) => predicate.test(key.read(element, view)));
}

/** The key is there. */
export const present: Predicate = { test: (found) => found !== undefined && found !== null, equals: undefined };
/** There is no such key. */
export const absent: Predicate = { test: (found) => found === undefined || found === null, equals: undefined };

/** A lone key asks that it is there; `Metadata(key, value, …)` may stand for its pairs. */
export function readConditions(step: string, args: readonly Argument[], faults: Faults): Condition[] | undefined {
  const conditions: Condition[] = [];
  const before = faults.errors.length;
  for (let at = 0; at < args.length; ) {
    const argument = args[at] as Argument;
    if (isMatcher(argument)) {
      conditions.push(...(readConditions('Metadata', argument.args, faults) ?? []));
      at++;
      continue;
    }
    const key = readKey(step, argument, faults);
    const value = args[at + 1];
    if (value === undefined && args.length > 1) {
      const text = argument.kind === 'string' ? `'${argument.value}'` : 'the last argument';
      faults.add('query.argument', `${step} takes pairs of key and value: ${text} has no value`, argument);
    } else if (key !== undefined) {
      const predicate = value === undefined ? present : compilePredicate(value, faults);
      if (predicate !== undefined) conditions.push({ key, predicate });
    } else if (value?.kind === 'call') compilePredicate(value, faults);
    at += 2;
  }
  return faults.errors.length === before ? conditions : undefined;
}

export function readKey(step: string, argument: Argument, faults: Faults): Key | undefined {
  if (argument.kind === 'string' && argument.value !== '') {
    const key = compileKey(argument.value);
    if (key.path !== undefined) faults.keys.push({ text: key.path, from: argument.from, to: argument.to });
    return key;
  }
  faults.add('query.argument', `${step}: a key is a text`, argument, "a key in quotes, such as 'Name'");
  return undefined;
}

export function isMatcher(argument: Argument): argument is Argument & { kind: 'call' } {
  return argument.kind === 'call' && argument.name.toUpperCase() === 'METADATA';
}
