import fc from 'fast-check';
import { isSimple } from '../../../../src/query/gremlin/judge/simple-path.ts';
import { Trail } from '../../../../src/query/gremlin/run/traverser.ts';
import { usedMs } from '../../../used-ms.ts';
import { ask, askOne } from '../asked.ts';

const trailOf = (values: readonly number[]) =>
  values.reduce<Trail | undefined>((before, value) => new Trail(before, value, []), undefined);

test('a way without a value twice is simple, whoever asked of which part of it before', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(8)), fc.array(fc.nat(12)), (values, asked) => {
      const trail = trailOf(values);
      const places: Trail[] = [];
      for (let at = trail; at !== undefined; at = at.before) places.unshift(at);
      for (const at of asked) isSimple(places[at]);
      expect(isSimple(trail)).toBe(new Set(values).size === values.length);
    }),
  );
});

test('a way that goes on costs a look back, not a look at all ways back', () => {
  let trail = trailOf([0]) as Trail;
  const startMs = usedMs();
  for (let value = 1; value < 5000; value++) {
    trail = new Trail(trail, value, []);
    isSimple(trail);
  }
  expect(isSimple(trail)).toBe(true);
  expect(isSimple(new Trail(trail, 7, []))).toBe(false);
  // 12 million comparisons, and not 20 billion.
  expect(usedMs() - startMs).toBeLessThan(2000);
});

test('simplePath and cyclicPath are the two halves of all ways', async () => {
  expect(await ask('g.V().repeat(__.both().simplePath()).times(3)')).toHaveLength(18);
  expect(await ask("g.V(1).both().both().cyclicPath().values('name')")).toEqual(['marko', 'marko', 'marko']);
  const all = (await askOne('g.V().both().both().both().count()')) as { value: number };
  const simple = (await askOne('g.V().both().both().both().simplePath().count()')) as { value: number };
  const cyclic = (await askOne('g.V().both().both().both().cyclicPath().count()')) as { value: number };
  expect(simple.value + cyclic.value).toBe(all.value);
});

test('by reads of each place; a place without it lets the way out', async () => {
  expect(await ask("g.V(1).both().both().cyclicPath().by('age').values('name')")).toEqual(['marko', 'marko']);
  expect(await ask("g.V(1).out('created').simplePath().by(T.label)")).toHaveLength(1);
  expect(await ask("g.V(1).out('knows').simplePath().by(T.label)")).toHaveLength(0);
});

test('from and to name the part of the way that counts', async () => {
  const ways = "g.V(1).both().as('a').both().as('b').both().as('c')";
  const total = (await ask(`${ways}.simplePath().from('a').to('b')`)).length;
  expect(total).toBe((await ask(ways)).length);
  expect((await ask(`${ways}.simplePath().from('a')`)).length).toBeLessThan(total);
  await expect(ask(`${ways}.simplePath().from('x')`)).rejects.toThrow('Could not locate path from-label: x');
});
