import { mistake } from '../../../std/mistake.ts';
import type { Run } from '../run/run.ts';
import { defineTraversalStep } from '../step.ts';
import { GMap } from '../value/collections.ts';
import type { GValue } from '../value/value.ts';

export const cap = defineTraversalStep({
  name: 'cap',
  doc: 'What was put aside under a name, once all have come; of several names a map.',
  args: 'side-effect, …',
  count: [1, Number.POSITIVE_INFINITY],
  example: { query: "g.V().groupCount('x').by(label).cap('x')", gives: ['{person=4, software=2}'] },
  build(call, builder) {
    const names = builder.strings(call);
    return {
      kind: 'reduce',
      start: () => ({
        add: () => undefined,
        result: (run) => (names.length === 1 ? held(names[0] as string, run) : all(names, run)),
      }),
    };
  },
});

/** Those that there are. */
function all(names: readonly string[], { sideEffects }: Run): GMap {
  const map = new GMap();
  for (const name of names) {
    const value = sideEffects.get(name);
    if (value !== undefined) map.set(name, value);
  }
  return map;
}

function held(name: string, { sideEffects }: Run): GValue {
  const value = sideEffects.get(name);
  if (value === undefined)
    throw mistake('gremlin.side-effect', `The side-effect key does not exist in the side-effects: ${name}`);
  return value;
}
