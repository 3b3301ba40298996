import { ask } from '../asked.ts';
import { modern } from '../toys.ts';

const counts = [
  'V()',
  'E()',
  'V(1, 2, 1)',
  'V().out()',
  "V().out('created')",
  "V().both('knows', 'created')",
  'V().bothE()',
  "V().inE('none')",
  'V().out().in()',
  "V().hasLabel('person').outE()",
];

test('what is only counted is as many as when it is looked at', async () => {
  for (const of of counts) {
    const [looked] = await ask(`g.${of}.fold().count(local)`);
    expect([of, ...(await ask(`g.${of}.count()`))]).toEqual([of, looked]);
  }
});

test('also in the past, and in a span with several versions of a vertex', async () => {
  const toy = modern();
  const before = toy.nowMs();
  await ask("g.V(1).property('age', 30).iterate()", toy);
  await ask("g.V(1).outE('knows').limit(1).drop().iterate()", toy);
  const seconds = (ms: number) => new Date(ms).toISOString();
  for (const time of [
    `with('at', '${seconds(before)}')`,
    `with('between', ['${seconds(before)}', '${seconds(toy.nowMs())}'])`,
  ])
    for (const of of counts) {
      const [looked] = await ask(`g.${time}.${of}.fold().count(local)`, toy);
      expect([time, of, ...(await ask(`g.${time}.${of}.count()`, toy))]).toEqual([time, of, looked]);
    }
});

test('within a child and a repeat it counts for each', async () => {
  expect(await ask("g.V().project('n').by(out().count()).select('n').fold().sum(local)")).toEqual(
    await ask('g.V().out().count()'),
  );
  expect(await ask('g.V(1, 4).local(out().count())')).toEqual(await ask('g.V(1, 4).map(out().fold().count(local))'));
  expect(await ask("g.V(1).as('a').out().count().as('b').math('b * 2')")).toHaveLength(1);
});
