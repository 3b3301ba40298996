/** `by(id)`, `by(label)`, `by(keys)`: what a word reads of a value. */
import { mistake } from '../../../std/mistake.ts';
import type { Run } from '../run/run.ts';
import type { Traverser } from '../run/traverser.ts';
import { NOTHING, type Nothing } from '../step.ts';
import { GMap, GSet, MapEntry } from '../value/collections.ts';
import { javaType } from '../value/java-type.ts';
import type { Token } from '../value/token.ts';
import { type GValue, Path, Property, VertexProperty } from '../value/value.ts';
import { isElement } from './value.ts';

export function tokenReader(token: Token): (traverser: Traverser, run: Run) => GValue | Nothing {
  return ({ value }, run) => readToken(value, token, run);
}

export function readToken(value: GValue, token: Token, run: Run): GValue | Nothing {
  switch (`${token.type}.${token.name}`) {
    case 'T.id':
      if (isElement(value)) return run.model.id(value);
      if (value instanceof VertexProperty) return value.id;
      break;
    case 'T.label':
      if (isElement(value)) return run.model.label(value);
      if (value instanceof VertexProperty) return value.key;
      break;
    case 'T.key':
      if (value instanceof VertexProperty || value instanceof Property) return value.key;
      break;
    case 'T.value':
      if (value instanceof VertexProperty || value instanceof Property) return value.value;
      break;
    case 'Column.keys':
      if (value instanceof MapEntry) return value.name;
      if (value instanceof GMap) return new GSet(value.keys());
      if (value instanceof Path) return value.labels.map((labels) => new GSet(labels));
      break;
    case 'Column.values':
      if (value instanceof MapEntry) return value.value;
      if (value instanceof GMap) return [...value.values()];
      if (value instanceof Path) return value.objects;
      break;
  }
  if (value === null) return NOTHING;
  if (token.type === 'Column')
    throw mistake('gremlin.type', `The provided object does not have accessible ${token.name}: ${javaType(value)}`);
  throw mistake('gremlin.type', `${token.name} cannot be read of this value`);
}
