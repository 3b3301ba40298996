import { GMap } from '../../../../src/query/gremlin/value/collections.ts';
import { long } from '../../../../src/query/gremlin/value/num.ts';
import { ask } from '../asked.ts';
import { empty, modern, type Toy } from '../toys.ts';

const marko = async (): Promise<Toy> => {
  const toy = empty();
  await ask("g.addV('person').property('name', 'marko').property('age', 29)", toy);
  return toy;
};

test('mergeV finds what it describes, and makes it when there is none', async () => {
  const toy = await marko();
  const one = "g.mergeV([(T.label): 'person', name: 'stephen']).option(onCreate, [age: 19]).option(onMatch, [age: 20])";
  await ask(one, toy);
  expect(await ask("g.V().has('name', 'stephen').values('age')", toy)).toEqual([19]);
  await ask(one, toy);
  expect(await ask("g.V().has('name', 'stephen').values('age')", toy)).toEqual([20]);
  expect(await ask('g.V()', toy)).toHaveLength(2);
});

test('nothing and an empty map describe every vertex, and one when there is none', async () => {
  const toy = await marko();
  await ask("g.addV('other')", toy);
  expect(await ask('g.mergeV([:])', toy)).toHaveLength(2);
  expect(await ask('g.mergeV(null)', toy)).toHaveLength(2);
  expect(await ask('g.mergeV([:])', empty())).toHaveLength(1);
});

test('what comes can be the map', async () => {
  const toy = await marko();
  await ask("g.inject([name: 'marko'], [name: 'x']).mergeV()", toy);
  expect(await ask("g.V().values('name')", toy)).toEqual(['marko', 'x']);
});

test('an option is asked at what was found', async () => {
  const toy = await marko();
  await ask("g.mergeV([name: 'marko']).option(onMatch, sideEffect(property('age', 1)).constant([seen: true]))", toy);
  expect(await ask("g.V().values('age', 'seen')", toy)).toEqual([1, true]);
});

test('values of an option say how they are kept, each or all', async () => {
  const toy = empty();
  await ask("g.addV().property('name', 'a').property(list, 'age', 1).property(list, 'age', 2)", toy);
  await ask("g.mergeV([name: 'a']).option(onMatch, [age: Cardinality.set(3)], single)", toy);
  expect(await ask("g.V().values('age')", toy)).toEqual([1, 2, 3]);
  await ask("g.mergeV([name: 'a']).option(onMatch, [age: 4], single)", toy);
  expect(await ask("g.V().values('age')", toy)).toEqual([4]);
});

test('mergeE goes by both ends, and by what options say of them', async () => {
  const toy = modern();
  expect(await ask('g.mergeE([(T.label): "knows", (from): 1, (to): 2]).id()', toy)).toEqual([7]);
  await ask(
    "g.V(1).as('a').V(6).as('b').mergeE([(T.label): 'likes', (OUT): Merge.outV, (IN): Merge.inV]).option(outV, select('a')).option(inV, select('b'))",
    toy,
  );
  expect(await ask("g.V(1).out('likes').id()", toy)).toEqual([6]);
  await ask("g.mergeE([(T.label): 'likes', (OUT): Merge.outV, (IN): 3]).option(outV, constant([name: 'peter']))", toy);
  expect(await ask("g.V(6).out('likes').id()", toy)).toEqual([3]);
});

test('mergeE changes what it finds', async () => {
  const toy = modern();
  await ask("g.V(1).mergeE([(T.label): 'knows', (from): 1]).option(onMatch, [weight: null, seen: 1])", toy);
  expect(await ask("g.V(1).outE('knows').values()", toy)).toEqual([1, 1]);
});

test.each([
  [
    "g.mergeV([(T.label): 'a']).option(onCreate, [(T.label): 'b'])",
    'option(onCreate) cannot override values from merge() argument',
  ],
  [
    "g.mergeV([name: 'marko']).option(onCreate, [name: 'b'])",
    'option(onCreate) cannot override values from merge() argument',
  ],
  ["g.mergeV(['~id': 1])", 'Property key can not be a hidden key: ~id'],
  ["g.mergeV([:]).option(onMatch, ['~label': 'x'])", 'Property key can not be a hidden key: ~label'],
  ['g.mergeV([:]).option(onMatch, [(T.id): 1])', 'option(onMatch) expects keys in Map to be of String'],
  ["g.mergeV([(T.label): '~x'])", 'Label can not be a hidden key: ~x'],
  ['g.mergeV([(T.label): 1])', 'expect T.label value to be of String'],
  ['g.mergeV([(T.id): null])', 'mergeV() does not allow null Map values'],
  ['g.mergeV([(OUT): 1])', 'expect keys in Map to be either String or [id, label] - check: OUT'],
  ['g.mergeE([:])', 'Out Vertex not specified'],
  ['g.mergeE([(from): 0])', 'In Vertex not specified'],
  ['g.mergeE([(from): 77, (to): 78])', 'Vertex id could not be resolved from mergeE: 77'],
  ['g.mergeE([(OUT): Merge.outV, (IN): 1])', 'option(outV) must be specified if it is used for Direction.OUT'],
  ['g.mergeE([(OUT): Merge.inV, (IN): 1])', 'Only Merge.outV token may be used for Direction.OUT'],
  ["g.mergeV('x')", 'mergeV() takes a map'],
])('%s is refused', async (text, message) => {
  await expect(ask(text, await marko())).rejects.toThrow(message);
});

test('nothing as a value is no property: none has it, and none gets it', async () => {
  const toy = await marko();
  await ask('g.mergeV([name: null]).option(onCreate, [age: null, seen: 1])', toy);
  expect(await ask("g.V().has('seen').valueMap()", toy)).toEqual([new GMap([['seen', [1]]])]);
  await expect(ask('g.mergeV([(T.label): null])', toy)).rejects.toThrow('does not allow null Map values');
});

test('what cannot be created is refused when it would be', async () => {
  const toy = await marko();
  const merge = (name: string) => ask(`g.mergeV([name: '${name}']).option(onCreate, ['~id': 1]).count()`, toy);
  expect(await merge('marko')).toEqual([long(1)]);
  await expect(merge('stephen')).rejects.toThrow('Property key can not be a hidden key: ~id');
});

test('what is created says as much of how a value is kept as what was looked for', async () => {
  const merge = (option: string) => ask(`g.mergeV([name: 'x', age: 1]).option(onCreate, ${option}).count()`, empty());
  await expect(merge('[age: list(1)]')).rejects.toThrow('(age, [list, 1])');
  await expect(merge('[age: 1], list')).rejects.toThrow(
    'option(onCreate) cannot override values from merge() argument',
  );
  expect(await merge('[age: 1]')).toEqual([long(1)]);
});

test('options that mean nothing to a step are refused', async () => {
  await expect(ask("g.mergeV([name: 'marko']).option(outV, [age: 1])", await marko())).rejects.toThrow(
    'Option outV for Merge is not supported',
  );
  for (const option of ['onMatch, [age: single(1)]', 'onCreate, [age: 1], single'])
    await expect(ask(`g.mergeE([(from): 1, (to): 2]).option(${option})`, modern())).rejects.toThrow(
      'option() with the Cardinality argument can only be used following mergeV()',
    );
});

test('where no vertex is like the map of an end, nothing is merged', async () => {
  const toy = modern();
  const merge = "g.mergeE([(from): Merge.outV, (to): 1]).option(Merge.outV, [name: 'nobody'])";
  expect(await ask(merge, toy)).toEqual([]);
  expect(await ask('g.E()', toy)).toHaveLength(6);
});
