import { Several } from '../property-graph.ts';
import { isElement } from '../read.ts';
import { defineTraversalStep, type FilterOp, type Wanted } from '../step.ts';
import { testOf } from '../test-of.ts';
import { isList } from '../value/identity.ts';
import { Predicate } from '../value/predicate.ts';
import type { GValue } from '../value/value.ts';

export const has = defineTraversalStep({
  name: 'has',
  doc: 'Elements that have a property, or have it with such a value.',
  args: '[label, ]key[, value or predicate]',
  count: [1, 3],
  example: { query: "g.V().has('name', 'marko').values('age')", gives: ['29'] },
  build(call, builder): FilterOp {
    const [key, what] = builder.values(call);
    if (typeof key !== 'string') {
      builder.wrong(call, 'has takes a key');
      return { kind: 'filter', accepts: () => false };
    }
    const test = what === undefined ? () => true : testOf(what);
    return {
      kind: 'filter',
      wants: wantedOf(key, what),
      accepts(value, run) {
        if (!isElement(value)) return false;
        const held = run.model.reader(key)(run.fresh(value), run.view);
        return held instanceof Several ? held.values.some(test) : held !== undefined && test(held);
      },
    };
  },
});

function wantedOf(key: string, what: GValue | undefined): Wanted[] {
  if (what === undefined || what === null) return [];
  if (!(what instanceof Predicate)) return [{ of: 'property', key, values: [what] }];
  if (what.name === 'eq') return [{ of: 'property', key, values: what.args }];
  if (what.name !== 'within') return [];
  const [list] = what.args;
  return [{ of: 'property', key, values: isList(list) ? list : what.args }];
}
