import { identityBy } from '../arguments/by.ts';
import { mapping } from '../forms/waiting.ts';
import { defineTraversalStep, NOTHING } from '../step.ts';
import { GMap } from '../value/collections.ts';

export const project = defineTraversalStep({
  name: 'project',
  doc: 'A map with what each `by` reads of a value, under the names given; what is not there is left out.',
  args: 'name, …',
  count: [1, Number.POSITIVE_INFINITY],
  modulators: ['by'],
  example: {
    query: "g.V(1).project('a', 'b').by('name').by(out().count())",
    gives: ['{a=marko, b=3}'],
  },
  build(call, builder) {
    const names = builder.strings(call);
    if (new Set(names).size < names.length) builder.wrong(call, 'keys must be unique in ProjectStep');
    const found = builder.bys(call);
    const given = found.length > 0 ? found : [identityBy()];
    const bys = names.map((name, at) => ({ name, by: given[at % given.length] ?? identityBy() }));
    return mapping(
      { isDirect: bys.every(({ by }) => by.direct !== undefined), mark: builder.mark },
      function* (traverser, run) {
        const map = new GMap();
        for (const { name, by } of bys) {
          const value = by.direct === undefined ? yield* by.value(traverser, run) : by.direct(traverser, run);
          if (value !== NOTHING) map.set(name, value);
        }
        return map;
      },
    );
  },
});
