import { Mistake } from '../../../../src/std/mistake.ts';
import { ask } from '../asked.ts';

/** Asks for as long as it may, while a timer ticks every few milliseconds. */
async function stopped(
  text: string,
  limits: Record<string, number>,
): Promise<{ message: string; ticks: number; longestMs: number }> {
  let ticks = 0;
  let longestMs = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - last);
    last = now;
    ticks++;
  }, 5);
  try {
    await ask(text, 'modern', { context: { limits } });
    throw new Error('it came to an end');
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return { message: error.message, ticks, longestMs };
  } finally {
    clearInterval(timer);
  }
}

const texts = {
  'a repeat without end': 'g.V().repeat(both())',
  'one that nobody ever leaves': "g.V().repeat(both()).until(has('name', 'nobody')).count()",
  'one whose ways are kept': 'g.V().repeat(both()).path()',
  'one that shows all it meets': 'g.V().emit().repeat(both()).path().count()',
  'a repeat within a repeat': 'g.V().repeat(repeat(both()).times(3)).path()',
  'a long chain of steps whose ways are kept': `g.V()${'.both()'.repeat(30)}.path().count()`,
  'one that goes through a pipe': 'g.V().repeat(both().both()).path()',
  'one whose rounds cost next to nothing': 'g.inject(1).repeat(connectedComponent())',
  'one in a child': 'g.V().where(repeat(both()).path())',
  'one in a branch': 'g.V().union(repeat(both()).path(), identity()).count()',
};

for (const [what, text] of Object.entries(texts)) {
  test(`${what} is stopped by time, and the event loop turns meanwhile`, async () => {
    const { message, ticks } = await stopped(text, { timeMs: 1_000, memoryBytes: 2 ** 40 });
    expect(message).toMatch(/timeMs/);
    expect(ticks).toBeGreaterThan(5);
  });
}

test('ways that are kept are stopped by what they hold', async () => {
  const { message } = await stopped('g.V().repeat(both()).path()', { memoryBytes: 2_000_000 });
  expect(message).toMatch(/memoryBytes/);
  expect((await stopped('g.V().union(repeat(both()).path(), identity())', { memoryBytes: 2_000_000 })).message).toMatch(
    /memoryBytes/,
  );
});

test('rounds are stopped by how many they look at', async () => {
  expect((await stopped('g.V().repeat(both())', { items: 50_000 })).message).toMatch(/items/);
});

test('children within children are read soon, as deep as they may be', async () => {
  for (const step of ['where', 'not', 'map', 'union', 'repeat', 'and', 'choose', 'local', 'coalesce', 'optional']) {
    const text = `g.V().limit(0).${`${step}(__.`.repeat(50)}limit(0)${')'.repeat(50)}`;
    const start = performance.now();
    await ask(text);
    expect([step, performance.now() - start < 1500]).toEqual([step, true]);
  }
});

test('more steps behind and within one another than fit are refused before they run', async () => {
  for (const step of ['order()', 'fold()', 'out()', 'both().dedup()'])
    for (const text of [`g.V().${`${step}.`.repeat(3000)}count()`, `g.V().where(${`${step}.`.repeat(3000)}count())`])
      await expect(ask(text)).rejects.toThrow('(limit steps)');
  expect(await ask(`g.V()${'.order()'.repeat(900)}.count()`)).toMatchObject([{ value: 6 }]);
  expect(await ask(`g.V().limit(1).where(V()${'.fold().unfold()'.repeat(450)})`)).toHaveLength(1);
});

test('a few things that each take long are stopped by time as well', async () => {
  const long = 'g.inject(1..100000).repeat';
  for (const step of ['reverse()', 'dedup(local).fold().unfold()', 'order(local)', 'identity().map(reverse())']) {
    const limits = { timeMs: 100, items: 2 ** 40, memoryBytes: 2 ** 40 };
    await expect(ask(`${long}(map(${step}))`, 'modern', { context: { limits } })).rejects.toThrow('timeMs');
  }
});

test('what is skipped may be more than can be counted', async () => {
  const { message } = await stopped('g.V().repeat(both()).emit().skip(1000000000).count()', {
    timeMs: 300,
    items: 2_000_000,
  });
  expect(message).toMatch(/timeMs|items/);
});

test('a value that holds itself is refused', async () => {
  for (const text of [
    "inject(1, 1).tree('x').by(cap('x'))",
    "inject(1, 2).aggregate('x').by(cap('x')).cap('x').asString()",
  ])
    await expect(ask(`g.${text}.all(not(gt([1])))`)).rejects.toThrow(Mistake);
  await expect(ask("g.inject('12', '12').tree('x').by(cap('x')).all(not(gt(['a'])))")).rejects.toThrow('holds itself');
});
