import { mistake } from '../../../std/mistake.ts';
import type { Loops } from '../run/traverser.ts';
import { defineTraversalStep } from '../step.ts';

export const loops = defineTraversalStep({
  name: 'loops',
  doc: 'How often it went round in the repeat it is in, or in the one of that name.',
  args: '[name]',
  count: [0, 1],
  example: {
    query: "g.V(1).emit(loops().is(1)).repeat(out()).times(2).values('name')",
    gives: ['lop', 'vadas', 'josh', 'ripple', 'lop'],
  },
  build(call, builder) {
    const [name] = builder.strings(call);
    if (name === undefined) return { kind: 'map', map: ({ loops }) => loops?.count ?? 0 };
    return { kind: 'map', map: ({ loops }) => named(loops, name).count };
  },
});

function named(loops: Loops | undefined, name: string): Loops {
  for (let at = loops; at !== undefined; at = at.outer) if (at.name === name) return at;
  throw mistake('gremlin.loops', `Loop name not defined: ${name}`);
}
