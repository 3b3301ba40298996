import type { GValue } from '../../../../src/query/gremlin/value/value.ts';
import { ask, askOne } from '../asked.ts';

const names = async (text: string) => ((await ask(`${text}.values('name')`)) as string[]).sort();
const count = (text: string, on: 'modern' | 'crew' = 'modern'): Promise<GValue | undefined> =>
  askOne(`${text}.count()`, on);

test('has a key, a value, or a value that passes', async () => {
  expect(await names("g.V().has('age')")).toEqual(['josh', 'marko', 'peter', 'vadas']);
  expect(await names("g.V().has('age', 29)")).toEqual(['marko']);
  expect(await names("g.V().has('age', 29.0)")).toEqual(['marko']);
  expect(await names("g.V().has('age', gt(30))")).toEqual(['josh', 'peter']);
  expect(await names("g.V().has('name', 'nobody')")).toEqual([]);
  expect(await names("g.V().has('name', null)")).toEqual([]);
  expect(await names('g.V().has(null)')).toEqual([]);
});

test('what does not compare is not there, and its negation is', async () => {
  expect(await names("g.V().has('name', gt(27))")).toEqual([]);
  expect(await names("g.V().has('name', P.not(gt(27)))")).toHaveLength(6);
  expect(await names("g.V().has('age', neq('x'))")).toHaveLength(4);
});

test('has a label and a value', async () => {
  expect(await names("g.V().has('person', 'age', gt(30))")).toEqual(['josh', 'peter']);
  expect(await names("g.V().has('software', 'age', gt(30))")).toEqual([]);
  expect(await names("g.V().has(null, 'age', gt(30))")).toEqual([]);
});

test('has an id or a label by their words', async () => {
  expect(await names('g.V().has(T.id, 1)')).toEqual(['marko']);
  expect(await names('g.V().has(T.id, lt(3))')).toEqual(['marko', 'vadas']);
  expect(await names("g.V().has(T.label, 'software')")).toEqual(['lop', 'ripple']);
  expect(await names('g.V().has(T.label, null)')).toEqual([]);
});

test('an id is asked for by its number or its text, alone or in a list', async () => {
  expect(await names('g.V().hasId(1)')).toEqual(['marko']);
  expect(await names("g.V().hasId('1')")).toEqual(['marko']);
  expect(await names('g.V().hasId(1, 2, 1)')).toEqual(['marko', 'vadas']);
  expect(await names('g.V().hasId([1, 2])')).toEqual(['marko', 'vadas']);
  expect(await names("g.V().hasId('1', 2)")).toEqual(['marko', 'vadas']);
  expect(await names("g.V().hasId(without('1', 2))")).toHaveLength(4);
  expect(await names('g.V().has(T.id, [1, 2])')).toEqual(['marko', 'vadas']);
  expect(await names("g.V().hasId('1', null)")).toEqual(['marko']);
  expect(await names('g.V().hasId(within([]))')).toEqual([]);
  expect(await names('g.V().hasId(without([]))')).toHaveLength(6);
  expect(await names('g.V().hasId(null)')).toEqual([]);
  expect(await names('g.V().in().hasId(neq(1))')).toEqual(['josh', 'josh', 'peter']);
});

test('one of several labels will do', async () => {
  expect(await names("g.V().hasLabel('software', 'blah')")).toEqual(['lop', 'ripple']);
  expect(await names("g.V().hasLabel(startingWith('s'))")).toEqual(['lop', 'ripple']);
  expect(await names("g.V().hasLabel('person').hasLabel('software')")).toEqual([]);
  expect(await count("g.E().hasLabel('knows')")).toBeDefined();
  expect(await names("g.V().hasLabel(null, 'person')")).toEqual(['josh', 'marko', 'peter', 'vadas']);
});

test('keys and values are of properties', async () => {
  expect(await ask("g.V(1).properties().hasKey('age', 'lang').hasValue(29)")).toHaveLength(1);
  expect(await ask('g.V(1).properties().hasValue(null)')).toEqual([]);
  expect(await ask("g.V(1).hasKey('age')")).toEqual([]);
  expect(await ask("g.E(7).properties().hasKey('weight').hasValue(lt(1))")).toHaveLength(1);
});

test('of several values under a key one has to pass', async () => {
  expect(await ask("g.V().has('location', 'brussels').values('name')", 'crew')).toEqual(['marko']);
  expect(await ask("g.V().has('location', within('brussels', 'santa fe')).values('name')", 'crew')).toEqual(['marko']);
});

test('a property of a property is asked for in the same way', async () => {
  expect(await ask("g.V().properties('location').has('startTime', 1997).value()", 'crew')).toEqual(['san diego']);
  expect(await ask("g.V().properties('location').hasNot('endTime').count()", 'crew')).toMatchObject([{ value: 4 }]);
});

test('hasNot lets pass who has no such key', async () => {
  expect(await names("g.V().hasNot('age')")).toEqual(['lop', 'ripple']);
});

test('what is no element has nothing, which is a mistake', async () => {
  await expect(ask("g.inject(1).has('name')")).rejects.toThrow(
    'Traverser to has() must be of type Property or Element, not Integer',
  );
});

test('a traversal goes on from the values of a key', async () => {
  expect(await names("g.V().has('age', __.is(gt(30)))")).toEqual(['josh', 'peter']);
  expect(await names("g.V().has('person', 'age', __.is(gt(30)))")).toEqual(['josh', 'peter']);
});

test('filters behind V are told to it, several values of one key find an element once', async () => {
  expect(await names("g.V().has('name', within('marko', 'marko', 'lop'))")).toEqual(['lop', 'marko']);
  expect(await names("g.V().has('name', 'marko').hasLabel('person').has('age', 29)")).toEqual(['marko']);
  expect(await names('g.V(1, 2).hasId(2, 3)')).toEqual(['vadas']);
});

test('labels and keys are texts', async () => {
  await expect(ask('g.V().hasLabel(5)')).rejects.toThrow('hasLabel takes texts or a predicate');
  await expect(ask('g.V().properties().hasKey(5)')).rejects.toThrow('hasKey takes texts or a predicate');
});
