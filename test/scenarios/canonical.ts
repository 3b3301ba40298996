/** Values as one text each, so that equal values have equal texts: elements by id, sets and maps in any order. */

import { isElement } from '../../src/query/gremlin/read/value.ts';
import { GMap, GSet } from '../../src/query/gremlin/value/collections.ts';
import { isList } from '../../src/query/gremlin/value/identity.ts';
import { type AnyNumber, isNumber, Num, numType, toNumber } from '../../src/query/gremlin/value/num.ts';
import { Reference } from '../../src/query/gremlin/value/reference.ts';
import { Token } from '../../src/query/gremlin/value/token.ts';
import {
  BulkSet,
  DateTime,
  type GValue,
  Path,
  Property,
  Tree,
  Uuid,
  VertexProperty,
} from '../../src/query/gremlin/value/value.ts';
import type { Toy } from '../query/gremlin/toys.ts';

/** `isLoose`: where numbers have lost their types, as in JavaScript's driver. */
export function canonical(value: GValue, { model }: Toy, isLoose = false): string {
  const show = (each: GValue): string => {
    if (each === null || typeof each === 'boolean') return String(each);
    if (typeof each === 'string') return JSON.stringify(each);
    if (isNumber(each)) return numberText(each, isLoose);
    if (isList(each)) return `[${each.map(show).join()}]`;
    if (each instanceof GSet)
      return isLoose ? `[${Array.from(each, show).sort().join()}]` : `{${Array.from(each, show).sort().join()}}`;
    if (each instanceof GMap)
      return `map(${Array.from(each, ([key, item]) => `${show(key)}:${show(item)}`)
        .sort()
        .join()})`;
    if (each instanceof BulkSet) return show(unfolded(each));
    if (each instanceof Path) return `path(${each.objects.map(show).join()})`;
    if (each instanceof Tree) return `tree${show(each.entries)}`;
    if (each instanceof Token) return `${each.type}.${each.name}`;
    if (each instanceof Uuid) return `uuid ${each.value}`;
    if (each instanceof DateTime) return `time ${each.seconds * 1000 + Math.floor(each.nanos / 1e6)}`;
    if (each instanceof VertexProperty) return `vp ${idText(each.id)}`;
    if (each instanceof Property) return `p ${each.key}:${show(each.value)}`;
    if (isElement(each)) return `${each.kind === 'node' ? 'v' : 'e'} ${idText(model.id(each))}`;
    if (each instanceof Reference) return referenceText(each, show);
    return JSON.stringify(each);
  };
  return show(value);
}

/** Each as often as it counts. */
export function unfolded({ counts }: BulkSet): GValue[] {
  return Array.from(counts, ([value, count]) => Array<GValue>(toNumber(count as AnyNumber)).fill(value)).flat();
}

function referenceText({ names, id, label, value }: Reference, show: (value: GValue) => string): string {
  switch (names) {
    case 'vertex':
      return `v ${idText(id)}`;
    case 'edge':
      return `e ${idText(id)}`;
    case 'vertexProperty':
      return `vp ${idText(id)}`;
    case 'property':
      return `p ${label}:${show(value)}`;
  }
}

function numberText(value: number | Num, isLoose: boolean): string {
  const plain = value instanceof Num ? String(value.value) : String(value);
  if (isLoose) return String(Number(plain));
  const type = numType(value);
  if (type === 'bigdecimal') return `${plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain} bigdecimal`;
  // Floats are written with the digits that tell them apart.
  return type === 'float' ? `${Math.fround(Number(plain))} float` : `${plain} ${type}`;
}

function idText(id: GValue): string {
  return id instanceof Num ? String(id.value) : id instanceof Uuid ? id.value : String(id);
}
