/** What is asked of the indices of the graph. */
import type { Span } from '../../../graph/view.ts';

/** Versions that were so at that moment, and ends of lives that lasted then. */
export function atMoment(time: number): object[] {
  return [{ term: { valid: time } }];
}

/**
 * The same as it was known then: also versions of which it was only learned later that they had ended before. Of each
 * life the newest of these is what was thought to be so.
 */
export function asKnown(time: number, knownAt: number): object[] {
  const begun = [{ range: { updatedAt: { lte: time } } }, { range: { recordedAt: { lte: knownAt } } }];
  const hadNotEnded = [
    overlaps({ from: time, to: Number.POSITIVE_INFINITY }),
    { range: { closedAt: { gt: knownAt } } },
  ];
  return [
    {
      bool: {
        should: [
          { bool: { filter: [...begun, { bool: { should: hadNotEnded } }] } },
          {
            bool: {
              filter: [{ term: { end: true } }, { term: { valid: time } }, { range: { closedAt: { lte: knownAt } } }],
            },
          },
        ],
      },
    },
  ];
}

/** Versions, and lives, some of which lies in the span. */
export function overlaps({ from, to }: Span): object {
  const ends = { ...(Number.isFinite(from) && { gte: from }), ...(Number.isFinite(to) && { lte: to }) };
  return Object.keys(ends).length === 0
    ? { exists: { field: 'valid' } }
    : { range: { valid: { ...ends, relation: 'intersects' } } };
}

/** What had ended by then. */
export function endedBy(time: number): object {
  return { range: { valid: { lt: time, relation: 'within' } } };
}

export function ofIds(words: readonly string[]): object {
  return { terms: { id: words } };
}

export function all(filter: readonly object[]): object {
  return { bool: { filter } };
}
