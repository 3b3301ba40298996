import { given } from '../arguments/given.ts';
import { mapping } from '../forms/waiting.ts';
import { defineTraversalStep } from '../step.ts';
import { Token } from '../value/token.ts';
import type { GValue } from '../value/value.ts';
import { NewElementWords } from '../write/new-element.ts';
import { type PropertyWords, written } from '../write/property-words.ts';

export const addV = defineTraversalStep({
  name: 'addV',
  doc: 'A new vertex, with the properties said right behind it.',
  args: '[label]',
  count: [0, 1],
  place: ['start', 'step'],
  // What follows `with` is for other makers of graphs.
  modulators: ['property', 'with'],
  writes: true,
  example: { query: "g.addV('person').property('name', 'stephen').values('name')", gives: ['stephen'] },
  build(call, builder) {
    const label = given(call.args[0] ?? 'vertex', call, builder);
    const words = new NewElementWords(call, builder, isFirst);
    const isDirect = label.isDirect && words.isDirect;
    const { mark } = builder;
    return mapping({ isDirect, mark }, function* (traverser, run) {
      const named = yield* label.ask(traverser, run);
      const { id, properties, label: said } = yield* words.ask(traverser, run);
      let vertex: GValue = run.writer().addVertex((said ?? named) as string, id, properties);
      for (const more of words.later) vertex = yield* written(more, traverser.to(vertex, mark), run);
      return vertex;
    });
  },
});

function isFirst({ key, cardinality, meta }: PropertyWords): boolean {
  return meta.length === 0 && (cardinality === undefined || key.constant instanceof Token);
}
