/** Children that take more than one step along edges may take long: they are asked in another way, which says the same. */
import fc from 'fast-check';
import type { GMap } from '../../../../src/query/gremlin/value/collections.ts';
import { ask } from '../asked.ts';
import { shown } from '../shown.ts';
import { modern } from '../toys.ts';

test('keys and values of a group', async () => {
  expect(await shown("g.V().group().by(out().out().count()).by('name')")).toEqual([
    '{2=[marko], 0=[vadas, lop, josh, ripple, peter]}',
  ]);
  expect(await shown('g.V().group().by(label).by(out().out().count())')).toEqual(['{person=2, software=0}']);
  expect(await shown("g.V().group('a').by(out().out().count()).by('name').cap('a')")).toEqual([
    '{2=[marko], 0=[vadas, lop, josh, ripple, peter]}',
  ]);
  expect(await shown('g.V().local(group().by(out().out().count()).by(count()))')).toHaveLength(6);
});

test('keys that are counted', async () => {
  expect(await shown('g.V().groupCount().by(out().out().count())')).toEqual(['{2=1, 0=5}']);
  expect(await shown("g.V().groupCount('a').by(out().out().count()).cap('a')")).toEqual(['{2=1, 0=5}']);
});

test('what is put aside, and what is carried', async () => {
  expect(await shown("g.V().aggregate('x').by(out().out().count()).cap('x')")).toEqual(['{2=1, 0=5}']);
  expect(await shown("g.V().local(aggregate('x').by(out().out().count())).cap('x')")).toEqual(['{2=1, 0=5}']);
  expect(await shown('g.withSack(1).V(1).sack(sum).by(out().out().count()).sack()')).toEqual(['3l']);
});

test('labels, properties and ends of what is written', async () => {
  const toy = modern();
  await ask("g.V(1).addV(out().out().values('lang').limit(1)).property('n', V(1).out().out().count())", toy);
  expect(await ask("g.V().hasLabel('java').values('n').is(2).count()", toy)).toEqual(await ask('g.V(1).count()', toy));
  await ask("g.V(6).property('far', both().both().dedup().count())", toy);
  expect(await shown('g.V(6).both().both().dedup().count()')).toEqual(['3l']);
  expect(await ask("g.V(6).values('far').is(3).count()", toy)).toEqual(await ask('g.V(1).count()', toy));
  await ask("g.V(6).addE('far').to(both().both().has('name', 'marko'))", toy);
  expect(await ask("g.V(6).out('far').id()", toy)).toEqual([1]);
});

test('counts and groups are those of the simple model', async () => {
  const values = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(values, async (all) => {
      const bindings = { all };
      const counted = (await ask('g.inject(all).unfold().groupCount()', 'modern', { bindings }))[0] as GMap;
      const grouped = (await ask('g.inject(all).unfold().group().by().by(fold())', 'modern', { bindings }))[0] as GMap;
      const model = new Map<number, number[]>();
      for (const value of all) model.set(value, [...(model.get(value) ?? []), value]);
      expect([...grouped]).toEqual([...model]);
      expect([...counted.keys()]).toEqual([...model.keys()]);
      expect([...counted.values()].map((count) => Number((count as { value?: number }).value ?? count))).toEqual(
        [...model.values()].map((group) => group.length),
      );
    }),
    { numRuns: 50 },
  );
});
