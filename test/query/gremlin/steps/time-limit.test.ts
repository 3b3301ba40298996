import { ask } from '../asked.ts';

test('what comes within the time passes, and then no more', async () => {
  let nowMs = 0;
  const context = { elapsed: () => nowMs++ };
  const some = await ask('g.V().repeat(__.both()).emit().path().timeLimit(100)', 'modern', { context });
  expect(some.length).toBeGreaterThan(0);
  expect(some.length).toBeLessThanOrEqual(100);
  expect(await ask('g.V().timeLimit(60000)')).toHaveLength(6);
  expect(await ask('g.V().timeLimit(0)')).toEqual([]);
});
