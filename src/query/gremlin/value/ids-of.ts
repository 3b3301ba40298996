import { GSet } from './collections.ts';
import { isList } from './identity.ts';
import type { GValue } from './value.ts';

/** Ids as `V`, `E` and `hasId` take them: one by one, or in lists and sets. */
export function idsOf(values: readonly GValue[]): GValue[] {
  return values.flatMap((value) => (isList(value) ? value : value instanceof GSet ? [...value] : [value]));
}
