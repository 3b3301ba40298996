/** Random changes of a small graph, with pauses between them: small enough that the same ids meet again and again. */
import fc from 'fast-check';
import type { Change } from '../../src/graph/change.ts';

const id = fc.constantFrom('a', 'b', 'c', 'd');
const metadata = fc.record(
  { Name: fc.constantFrom('x', 'y', 'z'), MTU: fc.integer({ min: 1, max: 3 }) },
  { requiredKeys: ['Name'] },
);

export const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('node' as const), id, metadata }) },
  {
    weight: 3,
    arbitrary: fc
      .record({
        kind: fc.constant('edge' as const),
        parent: id,
        child: id,
        metadata: fc.record({ RelationType: fc.constantFrom('r', 's') }),
      })
      .chain((edge) => fc.constantFrom<Change>(edge, { ...edge, id: 'e1' }, { ...edge, id: 'a' })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('gone' as const), id: fc.oneof(id, fc.constant('e1')) }),
  },
);

export const changes = fc.array(
  fc.record({ pause: fc.integer({ min: 0, max: 3 }), changes: fc.array(change, { maxLength: 4 }) }),
  { maxLength: 30 },
);
