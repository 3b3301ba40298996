import { Measures, measuresOf, profileKey } from '../explain/profiled.ts';
import { Traverser } from '../run/traverser.ts';
import { defineTraversalStep, type StreamOp } from '../step.ts';

export const profile = defineTraversalStep({
  name: 'profile',
  doc: 'How long each step before it took, and how many came out of it; with a name it is put aside.',
  args: '[side-effect]',
  count: [0, 1],
  example: { query: "g.V(1).profile('x')", gives: ['v[1]'] },
  build(call, builder): StreamOp {
    const [name] = builder.strings(call);
    const { mark } = builder;
    const key = profileKey(call.args);
    builder.declares(key, () => new Measures());
    if (name !== undefined) return { kind: 'stream', stream: (input) => input };
    return {
      kind: 'stream',
      *stream(input, run) {
        for (const one of input) if (one === undefined) yield undefined;
        yield new Traverser(null, 1).to(measuresOf(run, key).result(), mark);
      },
    };
  },
});
