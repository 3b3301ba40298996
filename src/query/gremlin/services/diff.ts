import type { Difference } from '../../../graph/view.ts';
import { mistake } from '../../../std/mistake.ts';
import { awaited } from '../../awaited.ts';
import { spanOf } from '../../times.ts';
import { warnOfGaps } from '../../unwatched.ts';
import { isElement } from '../read/value.ts';
import type { Run } from '../run/run.ts';
import type { Service } from '../service.ts';
import { GMap } from '../value/collections.ts';
import { fromJson } from '../value/json.ts';
import { Parameters } from './parameters.ts';

export const diff: Service = {
  name: 'diff',
  doc: 'What was added, removed and changed from one moment to another, as maps of `kind`, `before`, `after` and `keys`: of everything at the start, of the elements that come else.',
  parameters: { from: 'The moment to begin with; needed.', to: 'The other moment; now when left out.' },
  place: 'either',
  *call(value, parameters, run) {
    const asked = new Parameters('diff', parameters, ['from', 'to']);
    const from = asked.moment('from');
    if (from === undefined) throw asked.wrong('from', "is needed, such as '-10m'");
    if (value !== undefined && !isElement(value))
      throw mistake('gremlin.service', "call('diff') takes vertices and edges");
    const span = spanOf({ from, to: asked.moment('to') ?? { kind: 'now' } }, run);
    const known = yield* awaited(differences(span, run), run);
    for (const difference of value === undefined ? known : known.filter(isOf(value.id))) {
      if (run.budget.spend()) yield undefined;
      yield differenceMap(difference);
    }
  },
};

/** Asked once for all elements of a run. */
const asked = new WeakMap<Run, Map<string, Promise<readonly Difference[]>>>();

function differences(span: { from: number; to: number }, run: Run): Promise<readonly Difference[]> {
  const known = asked.get(run) ?? new Map<string, Promise<readonly Difference[]>>();
  asked.set(run, known);
  const key = `${span.from} ${span.to}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  warnOfGaps(run, span);
  const found = run.timeline.diff(span);
  known.set(key, found);
  return found;
}

function isOf(id: string): (difference: Difference) => boolean {
  return ({ before, after }) => (after ?? before)?.id === id;
}

export function differenceMap({ kind, before, after, keys }: Difference): GMap {
  return new GMap([
    ['kind', kind],
    ['before', before ?? null],
    ['after', after ?? null],
    ['keys', keys.map(fromJson)],
  ]);
}
