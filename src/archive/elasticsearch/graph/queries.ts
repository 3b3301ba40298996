/** What is asked of the indices of the graph. */
import type { Span } from '../../../graph/view.ts';

/** A date that all servers take: those of Elasticsearch 7 begin with 1970. */
export function moment(time: number): number {
  return Math.max(0, time);
}

/** Versions that were so at that moment, and ends of lives that lasted then. */
export function atMoment(time: number): object[] {
  return [{ term: { valid: moment(time) } }];
}

/**
 * The same as it was known then: also versions of which it was only learned later that they had ended before. Of each
 * life the newest of these is what was thought to be so.
 */
export function asKnown(time: number, knownAt: number): object[] {
  const begun = [{ range: { updatedAt: { lte: moment(time) } } }, { range: { recordedAt: { lte: moment(knownAt) } } }];
  const hadNotEnded = [
    overlaps({ from: time, to: Number.POSITIVE_INFINITY }),
    { range: { closedAt: { gt: moment(knownAt) } } },
  ];
  return [
    {
      bool: {
        should: [
          { bool: { filter: [...begun, { bool: { should: hadNotEnded } }] } },
          {
            bool: {
              filter: [
                { term: { end: true } },
                { term: { valid: moment(time) } },
                { range: { closedAt: { lte: moment(knownAt) } } },
              ],
            },
          },
        ],
      },
    },
  ];
}

/** Versions, and lives, some of which lies in the span. */
export function overlaps({ from, to }: Span): object {
  const ends = { ...(Number.isFinite(from) && { gte: moment(from) }), ...(Number.isFinite(to) && { lte: moment(to) }) };
  return Object.keys(ends).length === 0
    ? { exists: { field: 'valid' } }
    : { range: { valid: { ...ends, relation: 'intersects' } } };
}

/** What had ended by then. */
export function endedBy(time: number): object {
  return { range: { valid: { lt: moment(time), relation: 'within' } } };
}

export function ofIds(words: readonly string[]): object {
  return { terms: { id: words } };
}

export function all(filter: readonly object[]): object {
  return { bool: { filter } };
}
