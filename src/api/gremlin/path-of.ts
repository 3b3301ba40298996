/** A path of what messages write of one: labels of each step, and what was there. */
import { GSet } from '../../query/gremlin/value/collections.ts';
import { isList } from '../../query/gremlin/value/identity.ts';
import { type GValue, Path } from '../../query/gremlin/value/value.ts';

/** Undefined for what is none. */
export function pathOf(labels: GValue, objects: GValue): Path | undefined {
  if (!isList(labels) || !isList(objects) || labels.length !== objects.length) return undefined;
  const names: (readonly string[])[] = [];
  for (const each of labels) {
    const members = each instanceof GSet ? [...each] : isList(each) ? each : [null];
    if (!members.every((name) => typeof name === 'string')) return undefined;
    names.push(members);
  }
  return new Path(objects, names);
}
