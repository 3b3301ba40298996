import { passing } from '../forms/waiting.ts';
import { defineTraversalStep } from '../step.ts';
import { isDirect, propertyWords, written } from '../write/property-words.ts';

export const property = defineTraversalStep({
  name: 'property',
  doc: 'Gives a property to what comes: a vertex, an edge, or a property of a vertex.',
  args: '[cardinality, ]key, value[, key, value, …] or a map',
  count: [1, Number.POSITIVE_INFINITY],
  // For other makers of graphs.
  modulators: ['with'],
  writes: true,
  example: { query: "g.V(1).property('city', 'santa fe').values('city')", gives: ['santa fe'] },
  build(call, builder) {
    const all = propertyWords(call, builder);
    return passing({ isDirect: all.every(isDirect), mark: builder.mark }, function* (traverser, run) {
      // What comes goes on as it is now.
      for (const words of all) traverser.value = yield* written(words, traverser, run);
      return true;
    });
  },
});
