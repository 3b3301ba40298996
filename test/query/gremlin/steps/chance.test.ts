import { Drawing } from '../../../../src/query/gremlin/gather/drawing.ts';
import { ask, askOne } from '../asked.ts';

/** The same dice in each run. */
function dice(seed: bigint): () => number {
  let state = seed;
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
    return Number(state >> 11n) / 2 ** 53;
  };
}

test('a coin lets pass those whose throw lies below it', async () => {
  const throws = [0.1, 0.6, 0.4, 0.9, 0.5, 0.2];
  const context = { random: () => throws.shift() ?? 1 };
  expect(await ask("g.V().coin(0.5).values('name')", 'modern', { context })).toEqual(['marko', 'lop', 'peter']);
  expect(await ask('g.V().coin(0.0)')).toEqual([]);
  expect(await ask('g.V().coin(1)')).toHaveLength(6);
});

test('a coin is thrown for each that a traverser stands for', async () => {
  const throws = [0.1, 0.6, 0.4];
  const context = { random: () => throws.shift() ?? 1 };
  expect(await askOne('g.V(1, 1, 1).barrier().coin(0.5).count()', 'modern', { context })).toMatchObject({ value: 2 });
});

test('a sample is of so many, or of all where there are no more', async () => {
  expect(await ask('g.V().sample(2)')).toHaveLength(2);
  expect(new Set(await ask('g.V().sample(4)')).size).toBe(4);
  expect(await ask('g.V().sample(9)')).toHaveLength(6);
  expect(await ask('g.V(1, 1, 1, 2).barrier().sample(3)')).toHaveLength(3);
  expect(await ask("g.E().sample(2).by('weight')")).toHaveLength(2);
  expect(await ask("g.V().sample(9).by('age')")).toHaveLength(4);
  await expect(ask("g.V().sample(1).by('name')")).rejects.toThrow('has to be a number');
});

test('with local a sample is of what a collection holds', async () => {
  const [list] = await ask('g.inject([1, 2, 3, 4]).sample(local, 2)');
  expect(list).toHaveLength(2);
  expect(await ask('g.inject([1, 2]).sample(local, 3)')).toEqual([[1, 2]]);
  expect(await ask('g.inject([a: 1, b: 2]).sample(local, 1).unfold()')).toHaveLength(1);
  expect(await ask('g.inject(7).sample(local, 1)')).toEqual([7]);
});

test('what weighs more is drawn more often, by its weight', () => {
  const random = dice(1n);
  const drawn = { light: 0, heavy: 0 };
  for (let count = 0; count < 4000; count++) {
    const drawing = new Drawing<'light' | 'heavy'>(1, random);
    drawing.add('light', 1, 1);
    drawing.add('heavy', 1, 3);
    for (const item of drawing.drawn().keys()) drawn[item]++;
  }
  expect(drawn.heavy / drawn.light).toBeGreaterThan(2.5);
  expect(drawn.heavy / drawn.light).toBeLessThan(3.5);
});

test('one that stands for many is drawn as often as many would be', () => {
  const random = dice(2n);
  let many = 0;
  for (let count = 0; count < 4000; count++) {
    const drawing = new Drawing<string>(2, random);
    drawing.add('one', 1, 1);
    drawing.add('many', 9, 1);
    many += drawing.drawn().get('many') ?? 0;
  }
  // Two of ten, nine of which are it.
  expect(many / 4000).toBeGreaterThan(1.75);
  expect(many / 4000).toBeLessThan(1.85);
});

test('with one seed the coins fall as those of java.util.Random do', async () => {
  const seeded = (seed: string) => `g.withStrategies(new SeedStrategy(seed: ${seed})).V().order().by('name')`;
  // 0.378, then five above 0.5.
  expect(await ask(`${seeded('999999')}.coin(0.5).values('name')`)).toEqual(['josh']);
  expect(await ask(`${seeded('-5')}.coin(0.5)`)).toEqual(await ask(`${seeded('-5')}.coin(0.5)`));
});
