import fc from 'fast-check';
import { keyOf } from '../../../../src/query/gremlin/value/identity.ts';
import { long } from '../../../../src/query/gremlin/value/num.ts';
import { ask } from '../asked.ts';
import { modern } from '../toys.ts';

test('2,505,037,961,767,380 ways are counted without walking each', async () => {
  expect(
    await ask('g.V().repeat(out()).times(8).count()', 'grateful', { context: { limits: { items: 1_000_000 } } }),
  ).toEqual([long(2_505_037_961_767_380)]);
  expect(
    await ask(`g.V()${'.out()'.repeat(8)}.count()`, 'grateful', { context: { limits: { items: 1_000_000 } } }),
  ).toEqual([long(2_505_037_961_767_380)]);
});

test('the first results do not wait for all others', async () => {
  const limits = { items: 5_000 };
  for (const text of [
    'g.V().out().out().limit(1)',
    'g.V().both().both().both().limit(3)',
    'g.V().repeat(out()).times(2).limit(1)',
  ])
    expect((await ask(text, 'grateful', { context: { limits } })).length).toBeGreaterThan(0);
});

test('what changes the graph does so once for those that are alike, as in TinkerPop', async () => {
  for (const [way, count] of Object.entries({ 'out().in()': 3, 'repeat(both()).times(2)': 6 })) {
    const toy = modern();
    await ask(`g.V().${way}.addV('way')`, toy);
    expect(await ask("g.V().hasLabel('way').count()", toy)).toEqual([long(count)]);
  }
});

test('sacks that would be joined are not, but where a barrier says so', async () => {
  expect(await ask('g.withSack(1, sum).V(1).repeat(both()).times(2).count()')).toEqual(
    await ask('g.V(1).both().both().count()'),
  );
  expect(await ask('g.withSack(1, sum).V().repeat(out()).times(2).barrier().sack()')).toEqual([1, 1]);
  expect(await ask('g.withSack(1, sum).V(1).repeat(both()).times(2).sack().sum()')).toEqual([7]);
});

test('names and sacks that differ keep those apart that have them', async () => {
  expect(await ask("g.V().as('a').out().out().select('a').dedup().count()")).toEqual([long(1)]);
  expect(
    await ask(
      "g.withSack(0).V().outE().sack(sum).by('weight').inV().outE().sack(sum).by('weight').inV().sack().dedup().count()",
    ),
  ).toEqual([long(2)]);
  expect(
    await ask("g.V().as('a').repeat(both()).times(3).select('a').groupCount().by('name').unfold().count()"),
  ).toEqual([long(6)]);
});

const step = fc.constantFrom(
  'out()',
  'in()',
  'both()',
  "out('created')",
  "both('knows')",
  'outE().inV()',
  "has('age')",
  'repeat(both()).times(2)',
  'repeat(out()).emit().times(2)',
  'union(out(), __.in())',
  'optional(out())',
  'barrier()',
  'barrier(2)',
  'local(out())',
  "choose(has('age'), out(), __.in())",
  "coalesce(out('knows'), __.in())",
  "as('a')",
);
const end = fc.constantFrom('', ".values('name')", '.count()', '.dedup()', ".groupCount().by('name')");

/** As often as each came, whatever the order. */
async function counted(text: string): Promise<string[]> {
  return (await ask(text)).map((value) => String(keyOf(value))).sort();
}

test('what comes out is the same with and without counting those together that are alike', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), end, async (steps, last) => {
      const text = `V().${steps.join('.')}${last}`;
      const plain = await counted(`g.${text}`);
      expect(
        await counted(
          `g.withBulk(false).withoutStrategies(LazyBarrierStrategy).${text.replaceAll(/barrier\(\d*\)/g, 'identity()')}`,
        ),
      ).toEqual(plain);
      expect(await counted(`g.withPath().${text}`)).toEqual(plain);
    }),
    { numRuns: 150 },
  );
});
