/** Whether one entry of a list is as it was before again, though others of the list are not. */
import type { Element, Metadata, Value } from '../graph/element.ts';
import { equal } from '../graph/value.ts';
import { objectOf, textsIn } from '../query/forwarding/atlas.ts';
import { objectsIn } from '../query/routing.ts';
import type { Fact } from './fact.ts';
import { routeName, routesIn } from './lists.ts';

export function isEntryUndone({ key, from, to }: Fact, { metadata }: Element): boolean {
  const now = metadata[key ?? ''];
  if (key === 'IPV4' || key === 'IPV6') {
    const there = textsIn(now);
    return textsIn(from).every((text) => there.includes(text)) && !textsIn(to).some((text) => there.includes(text));
  }
  const list = lists.get(key ?? '');
  if (list === undefined) return false;
  const [before, after] = [from, to].map((one) => (one === undefined ? undefined : objectOf(one)));
  const name = list.nameOf(before ?? after ?? {});
  const last = [...list.entries(now)].find((entry) => list.nameOf(entry) === name);
  if (before === undefined) return last === undefined;
  // Of what is forgotten nothing wrong is known any more.
  if (last === undefined) return list.isLearned === true;
  return list.isSame(before, last);
}

interface List {
  entries(value: Value | undefined): Iterable<Metadata>;
  nameOf(entry: Metadata): string;
  isSame(before: Metadata, now: Metadata): boolean;
  /** It comes and goes by itself. */
  readonly isLearned?: true;
}

const lists: ReadonlyMap<string, List> = new Map<string, List>([
  ['RoutingTables', { entries: routesIn, nameOf: routeName, isSame: equal }],
  [
    'Neighbors',
    {
      entries: objectsIn,
      nameOf: ({ IP, Vlan }) => JSON.stringify([IP, Vlan]),
      isSame: (before, now) => before.MAC === now.MAC,
      isLearned: true,
    },
  ],
]);
