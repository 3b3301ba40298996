/** The maps of mergeV and mergeE: what is looked for, created and changed, and what TinkerPop refuses in them. */
import { mistake } from '../../../std/mistake.ts';
import { type Argument, CardinalityValue } from '../bytecode.ts';
import { propertyKey } from '../model/names.ts';
import type { Cardinality, NewProperty } from '../property-graph.ts';
import { GMap } from '../value/collections.ts';
import { keyOf } from '../value/identity.ts';
import { javaType } from '../value/java-type.ts';
import { Token, tokens } from '../value/token.ts';
import type { GValue } from '../value/value.ts';

/** By step: what its maps may hold beside names of properties. */
export const mergeTokens = {
  mergeV: [tokens.T.id, tokens.T.label],
  mergeE: [tokens.T.id, tokens.T.label, tokens.Direction.OUT, tokens.Direction.IN],
} as const;

export type MergeStep = keyof typeof mergeTokens;

/** Null counts as an empty map. Throws a Mistake for anything else that is no map. */
export function mapOfMerge(value: GValue, step: MergeStep): GMap {
  if (value === null) return new GMap();
  if (value instanceof GMap) return value;
  throw mistake('gremlin.merge', `${step}() takes a map, or a traversal that gives one, not ${javaType(value)}`);
}

/** Throws a Mistake for what cannot be looked for and created. */
export function checkCriteria(map: GMap, step: MergeStep): void {
  const allowed: readonly Token[] = mergeTokens[step];
  for (const [key, value] of map) {
    // Without a value there is no such property: nothing has it, and nothing gets it.
    if (typeof key === 'string') propertyKey(key);
    else if (value === null) refuse(`${step}() does not allow null Map values - check: ${nameOf(key)}`);
    else if (!(key instanceof Token && allowed.includes(key)))
      refuse(
        `${step}() and option(onCreate) args expect keys in Map to be either String or [${allowed.map(nameOf).join(', ')}] - check: ${nameOf(key)}`,
      );
    if (key === tokens.T.label) checkLabel(value, step);
    if (key === tokens.Direction.OUT) checkEnd(value, tokens.Merge.outV, 'Direction.OUT');
    if (key === tokens.Direction.IN) checkEnd(value, tokens.Merge.inV, 'Direction.IN');
  }
}

/** Throws a Mistake for what no element can be changed to. */
export function checkChanges(map: GMap): void {
  for (const key of map.keys()) {
    if (typeof key !== 'string') refuse(`option(onMatch) expects keys in Map to be of String - check: ${nameOf(key)}`);
    propertyKey(key);
  }
}

/** What is looked for is created too, and cannot be something else then. */
export function checkNoOverride(criteria: GMap, created: GMap): void {
  for (const [key, value] of created) {
    const before = criteria.get(key);
    if (before !== undefined && !isAlike(before, value))
      refuse(`option(onCreate) cannot override values from merge() argument: (${nameOf(key)}, ${nameOf(value)})`);
  }
}

/** What says how it is kept is alike only to what says the same. */
function isAlike(one: GValue, other: GValue): boolean {
  const [kept, asked] = [one, other].map((value) =>
    value instanceof CardinalityValue ? value.cardinality : undefined,
  );
  return kept === asked && keyOf(plain(one)) === keyOf(plain(other));
}

/** A map that stands in the text of an option of mergeE says nothing of how values are kept. */
export function saysCardinality(argument: Argument | undefined): boolean {
  return argument instanceof GMap && [...argument.values()].some((value) => value instanceof CardinalityValue);
}

export function plain(value: GValue): GValue {
  return value instanceof CardinalityValue ? value.value : value;
}

/** Those of its entries that are properties. */
export function propertiesOf(map: GMap): NewProperty[] {
  const properties: NewProperty[] = [];
  for (const [key, value] of map) {
    if (typeof key !== 'string') continue;
    const cardinality = value instanceof CardinalityValue ? value.cardinality : undefined;
    properties.push({ key, value: plain(value), cardinality });
  }
  return properties;
}

/** `option(onCreate, map, set)`: how values are kept that do not say it themselves. */
export function keptAs(cardinality: Cardinality | undefined, map: GMap): GMap {
  if (cardinality === undefined) return map;
  const kept = (key: GValue, value: GValue) =>
    typeof key !== 'string' || value === null || value instanceof CardinalityValue
      ? value
      : new CardinalityValue(cardinality, value);
  return new GMap([...map].map(([key, value]) => [key, kept(key, value)] as const));
}

function checkLabel(label: GValue, step: MergeStep): void {
  if (typeof label !== 'string')
    refuse(`${step}() and option(onCreate) args expect T.label value to be of String - found: ${javaType(label)}`);
  if (label === '') refuse('Label can not be empty');
  if (label.startsWith('~')) refuse(`Label can not be a hidden key: ${label}`);
}

function checkEnd(value: GValue, token: Token, name: string): void {
  if (value instanceof Token && value.type === 'Merge' && value !== token)
    refuse(`Only Merge.${token.name} token may be used for ${name}, found: ${value.name}`);
}

function nameOf(key: GValue): string {
  if (key instanceof Token) return key.name;
  if (key instanceof CardinalityValue) return `[${key.cardinality}, ${nameOf(key.value)}]`;
  return typeof key === 'object' && key !== null ? javaType(key) : String(key);
}

function refuse(message: string): never {
  throw mistake('gremlin.merge', message);
}
