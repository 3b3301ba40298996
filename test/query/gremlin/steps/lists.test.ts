import { ask } from '../asked.ts';
import { shown } from '../shown.ts';

test('two lists are joined in six ways', async () => {
  expect(await shown("g.inject(['a', null, 'b']).combine(['a', 'c'])")).toEqual(['[a, null, b, a, c]']);
  expect(await shown("g.inject(['a', null, 'b']).merge(['a', 'c'])")).toEqual(['[a, null, b, c]']);
  expect(await shown("g.inject(['a', null, 'b']).difference(['a', null])")).toEqual(['[b]']);
  expect(await shown("g.inject(['a', 'b', 'b']).disjunct(['a', 'c'])")).toEqual(['[b, c]']);
  expect(await shown("g.inject(['a', null]).intersect(['a', null, 'c'])")).toEqual(['[a, null]']);
  expect(await shown("g.inject([1, 2]).product(['a'])")).toEqual(['[[1, a], [2, a]]']);
  expect(await shown('g.inject([a: 1, b: 2]).merge([b: 3])')).toEqual(['{a=1, b=3}']);
  expect(await shown("g.V().values('age').fold().intersect(constant(27).fold())")).toEqual(['[27]']);
});

test('what is no list is refused, wherever it comes from', async () => {
  await expect(ask('g.inject(null).combine(inject(1))')).rejects.toThrow(
    "Incoming traverser for combine step can't be null",
  );
  await expect(ask('g.inject(1).merge([1])')).rejects.toThrow(
    'merge step can only take an array or an Iterable type for incoming traversers, encountered Integer',
  );
  await expect(ask('g.inject([1]).merge(null)')).rejects.toThrow("Argument provided for merge step can't be null");
  await expect(ask('g.inject([1]).disjunct(2)')).rejects.toThrow(
    'disjunct step can only take an array or an Iterable as an argument, encountered Integer',
  );
  await expect(ask('g.inject([1]).product(constant(null))')).rejects.toThrow(
    'traversal argument for product step must yield an iterable type, not null',
  );
  await expect(ask('g.inject([1]).difference(V())')).rejects.toThrow(
    'traversal argument for difference step must yield an iterable type, encountered Vertex',
  );
  await expect(ask("g.V(1).elementMap().merge(constant('a'))")).rejects.toThrow(
    'merge step expected provided argument to evaluate to a Map, encountered String',
  );
});

test('a product that would be too large is refused before it is made', async () => {
  const list = `[${Array.from({ length: 4000 }, (_, at) => at).join()}]`;
  await expect(ask(`g.inject(${list}).product(${list})`)).rejects.toThrow('limit memoryBytes');
});

test('unfold takes lists, sets, maps and paths apart', async () => {
  expect(await shown('g.inject([1, [2]], {3}, [a: 4], 5, null).unfold()')).toEqual([
    '1i',
    '[2]',
    '3i',
    'a=4',
    '5i',
    'null',
  ]);
  expect(await shown('g.inject([a: 1, b: 2]).unfold().select(keys)')).toEqual(['a', 'b']);
  expect(await shown('g.inject([a: 1, b: 2]).unfold().select(values)')).toEqual(['1i', '2i']);
  expect(await shown("g.V(1).out('created').path().by('name').unfold()")).toEqual(['marko', 'lop']);
});

test('index tells where each stands', async () => {
  expect(await shown("g.inject(['a', 'b']).index()")).toEqual(['[[a, 0], [b, 1]]']);
  expect(await shown("g.inject(['a', 'b']).index().with(WithOptions.indexer, WithOptions.map)")).toEqual([
    '{0=a, 1=b}',
  ]);
  expect(await shown("g.inject('x').index()")).toEqual(['[[x, 0]]']);
  await expect(ask("g.inject('x').index().with('indexer', 5)")).rejects.toThrow('WithOptions.indexer');
});
