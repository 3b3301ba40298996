/** Orders that the server can give flows in: the same as flowOrder of flow-query.ts gives a list. */
import { canonicalField } from '../../../flow/fields.ts';
import type { FlowQuery } from '../../../flow/view.ts';
import { searchedFields } from './mapping.ts';

/** Undefined: the server has no such order. */
export function sortOf(sort: FlowQuery['sort']): object[] | undefined {
  const { field, isDescending } = sort ?? { field: 'Start', isDescending: false };
  const name = canonicalField(field);
  const kind = searchedFields.get(name);
  if (!kind || kind === 'boolean') return undefined;
  const order = isDescending ? 'desc' : 'asc';
  // What is missing is the largest.
  const missing = isDescending ? '_first' : '_last';
  const type = kind === 'text' ? 'keyword' : 'long';
  return [{ [name]: { order, missing, unmapped_type: type } }, { UUID: { order: 'asc', unmapped_type: 'keyword' } }];
}
