import { expect, jest, test } from '@jest/globals';
import { Counts } from '../../src/api/counts.ts';
import { defaultLimits } from '../../src/api/limits.ts';
import { Queries } from '../../src/api/queries.ts';
import { Graph } from '../../src/graph/graph.ts';
import { QueryEngine } from '../../src/query/query.ts';
import { timelineOf } from '../query/ask.ts';

test('a query whose archive never answers ends, and says why', async () => {
  const parts = {
    engine: new QueryEngine({ keys: () => [] }),
    timeline: { ...timelineOf(new Graph({ begin: 0 })), at: () => new Promise<never>(() => {}) },
    clock: { now: () => 5_000, elapsed: () => 0 },
  };
  jest.useFakeTimers();
  try {
    const queries = new Queries(parts, { ...defaultLimits, queryMs: 2_000 }, new Counts());
    const answer = expect(queries.ask("G.At('-1s').V()")).rejects.toThrow('after 2 s: the archive did not answer');
    expect(queries.running).toBe(1);
    await jest.advanceTimersByTimeAsync(3_000);
    await answer;
    expect(queries.running).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});
