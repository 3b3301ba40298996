import { ask } from '../asked.ts';
import { empty, modern, type Toy } from '../toys.ts';

async function graphOf(...texts: string[]): Promise<Toy> {
  const toy = empty();
  for (const text of texts) await ask(text, toy);
  return toy;
}

async function numberOf(text: string, toy: Toy): Promise<number> {
  return (await ask(text, toy)).length;
}

test('a vertex and its properties are one version of history', async () => {
  const toy = await graphOf("g.addV('person').property('name', 'marko').property('age', 29)");
  const [node] = toy.timeline.now().nodes();
  expect(node?.revision).toBe(1);
  expect(await ask('g.V().values()', toy)).toEqual(['marko', 29]);
});

test('several properties of one key said behind addV are several, and one said later replaces them', async () => {
  const toy = await graphOf("g.addV().property('a', 1).property('a', 2)");
  expect(await ask("g.V().values('a')", toy)).toEqual([1, 2]);
  await ask("g.V().property('a', 3)", toy);
  expect(await ask("g.V().values('a')", toy)).toEqual([3]);
});

test('a cardinality behind addV is kept, and a traversal there is asked of the new vertex', async () => {
  const toy = await graphOf("g.addV('x').property(list, 'a', 1).property(list, 'a', 2).property(single, 'b', label())");
  expect(await ask('g.V().values()', toy)).toEqual([1, 2, 'x']);
});

test('properties of properties are written, read, and dropped', async () => {
  const toy = await graphOf(
    "g.addV().property(list, 'at', 'ny', 'since', 2014).property(list, 'at', 'va', 'since', 2016)",
  );
  expect(await ask("g.V().properties('at').values('since')", toy)).toEqual([2014, 2016]);
  await ask("g.V().properties('at').hasValue('ny').property('until', 2016)", toy);
  expect(await ask("g.V().properties('at').values('until')", toy)).toEqual([2016]);
  await ask("g.V().properties('at').properties('since').drop()", toy);
  expect(await ask("g.V().properties('at').values('since')", toy)).toEqual([]);
});

test('property takes a map, whose values may say how they are kept', async () => {
  const toy = await graphOf("g.addV().property(['a': 1, 'b': Cardinality.set(2)]).property(list, ['b': 3])");
  expect(await ask('g.V().values()', toy)).toEqual([1, 2, 3]);
});

test('property of nothing says nothing', async () => {
  const toy = await graphOf("g.addV('x').property(set, null)", "g.addV('y').property([:])");
  expect(await ask('g.V().properties()', toy)).toEqual([]);
});

test('what was there at the start is what a traversal that writes goes through', async () => {
  const toy = modern();
  expect(await numberOf("g.V().addV('copy')", toy)).toBe(6);
  expect(await numberOf('g.V()', toy)).toBe(12);
  expect(await numberOf('g.V().drop()', toy)).toBe(0);
  expect(await numberOf('g.V()', toy)).toBe(0);
  expect(await numberOf('g.E()', toy)).toBe(0);
});

test('an edge goes between what its from and to give: names, traversals, side-effects, ids', async () => {
  const toy = modern();
  await ask("g.V(1).as('a').V(2).addE('x1').from('a')", toy);
  await ask("g.addE('x2').from(V(1)).to(V(2))", toy);
  await ask("g.withSideEffect('b', 6).V(1).addE('x3').to('b')", toy);
  await ask("g.V(2).addE(constant('x4'))", toy);
  const ends = "project('from', 'to').by(outV().id()).by(inV().id()).select(values)";
  expect(await ask(`g.E().hasLabel(TextP.startingWith('x')).order().by(label).${ends}`, toy)).toEqual([
    [1, 2],
    [1, 2],
    [1, 6],
    [2, 2],
  ]);
});

test('the message of an edge that leads nowhere says which end', async () => {
  const toy = modern();
  await expect(ask("g.addE('x').from(V(1))", toy)).rejects.toThrow(
    'The value given to addE(x).to() must resolve to a Vertex or the ID of a Vertex present in the graph',
  );
  await expect(ask("g.addE('x').from(V(77)).to(V(1))", toy)).rejects.toThrow(
    'addE(x) failed because the from() traversal (which should give a Vertex) failed with: ',
  );
});

test.each([
  ["g.addV().property('~x', 1)", 'Property key can not be a hidden key: ~x'],
  ["g.addV().property('', 1)", 'Property key can not be the empty string'],
  ["g.addV('~x')", 'Label can not be a hidden key: ~x'],
  ["g.addV('')", 'Label can not be empty'],
  ['g.V(1).property(id, 7)', 'T.id is immutable on existing elements'],
  ["g.V(1).property('a', 1, 'b')", 'The provided key/value array length must be a multiple of two'],
  ["g.E(7).property(list, 'a', 1)", 'Property cardinality can only be set for a Vertex'],
  ["g.V(1).addE('x').property(list, 'a', 1)", 'Multi-property cardinality of [list] can only be set for a Vertex'],
  ["g.V(1).property('a', out('nowhere'))", 'The provided traverser does not map to a value'],
  ['g.inject(1).drop()', 'The incoming object is not removable'],
])('%s is refused', async (text, message) => {
  await expect(ask(text, modern())).rejects.toThrow(message);
});

test('an id that is given is kept, and is there only once', async () => {
  const toy = await graphOf("g.addV().property(id, 'x')");
  expect(await ask("g.V('x').id()", toy)).toEqual(['x']);
  await expect(ask("g.addV().property(id, 'x')", toy)).rejects.toThrow('Vertex with id already exists: x');
});

test('the label and the id of a new element are said once', async () => {
  const refused = (text: string) => expect(ask(text, modern())).rejects;
  await refused("g.addV('x').property(T.label, 'y')").toThrow(
    'Element T.label has already been set to [x] and cannot be overridden with [y]',
  );
  await refused('g.addV().property(T.id, 71).property([(T.id): 72])').toThrow(
    'Element T.id has already been set to [71] and cannot be overridden with [72]',
  );
  await refused("g.V(1).addE('x').to(V(2)).property(T.label, 'y')").toThrow('T.label has already been set to [x]');
  await refused('g.addV().property(T.value, 1)').toThrow('T.value');
  expect(await ask("g.addV().property(T.label, 'y').label()", empty())).toEqual(['y']);
});

test('a key of a new edge is said once', async () => {
  await expect(ask("g.V(1).addE('x').to(V(2)).property('a', 1).property('a', 2)", modern())).rejects.toThrow(
    'Multi-properties are not supported by this step',
  );
});

test('drop says what it cannot remove', async () => {
  await expect(ask("g.V(1).values('name').drop()", modern())).rejects.toThrow('is not removable: marko');
});
