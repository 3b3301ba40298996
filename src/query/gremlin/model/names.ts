/** What a property and a label may be called, in TinkerGraph's words for what they may not. */
import { mistake } from '../../../std/mistake.ts';

/** Throws a Mistake for a key that no property can have. */
export function propertyKey(key: unknown): string {
  if (typeof key !== 'string') throw mistake('query.property-key', 'Property key can not be null');
  if (key === '') throw mistake('query.property-key', 'Property key can not be the empty string');
  if (key.startsWith('~')) throw mistake('query.property-key', `Property key can not be a hidden key: ${key}`);
  return key;
}

/** Throws a Mistake for what is no label. */
export function labelText(label: unknown): string {
  if (typeof label !== 'string') throw mistake('query.label', 'Label can not be null');
  if (label === '') throw mistake('query.label', 'Label can not be empty');
  if (label.startsWith('~')) throw mistake('query.label', `Label can not be a hidden key: ${label}`);
  return label;
}
