/** A TraversalExplanation for formats that know it as a map. */
import { GMap } from '../../query/gremlin/value/collections.ts';
import type { TraversalExplanation } from '../../query/gremlin/value/value.ts';

export function explanationMap({ original, intermediate, final }: TraversalExplanation): GMap {
  return new GMap([
    ['original', original],
    [
      'intermediate',
      intermediate.map(
        ({ strategy, category, steps }) =>
          new GMap([
            ['strategy', strategy],
            ['category', category],
            ['traversal', steps],
          ]),
      ),
    ],
    ['final', final],
  ]);
}
