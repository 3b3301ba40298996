import { ask, askOne } from '../asked.ts';
import { shown } from '../shown.ts';
import { modern } from '../toys.ts';

test('aggregate puts all aside before any passes, in local each as it comes', async () => {
  expect(await shown("g.V().aggregate('x').select('x').count(local).dedup()")).toEqual(['6l']);
  expect(await shown("g.V().local(aggregate('x')).local(select('x').count(local))")).toEqual([
    '1l',
    '2l',
    '3l',
    '4l',
    '5l',
    '6l',
  ]);
  expect(await shown("g.V().store('x').by('age').cap('x')")).toEqual(['{29=1, 27=1, 32=1, 35=1}']);
});

test('what is put aside is there, and empty, when nothing came', async () => {
  expect(await shown("g.V().hasLabel('none').aggregate('a').groupCount('b').group('c').cap('a', 'b', 'c')")).toEqual([
    '{a={}, b={}, c={}}',
  ]);
});

test('withSideEffect gives the beginning, and says how more is joined with it', async () => {
  expect(await shown("g.withSideEffect('a', 123, minus).V().aggregate('a').by('age').cap('a')")).toEqual(['0i']);
  expect(await shown("g.withSideEffect('a', 1, max).V().local(aggregate('a').by('age')).cap('a')")).toEqual(['35i']);
  expect(await shown("g.withSideEffect('a', [1, 2]).V().aggregate('a').by('age').cap('a')")).toEqual([
    '[1, 2, 29, 27, 32, 35]',
  ]);
  expect(await shown("g.withSideEffect('a', {29}).V().aggregate('a').by('age').cap('a')")).toEqual([
    '[29, 27, 32, 35]',
  ]);
  await expect(ask("g.withSideEffect('a', 1).V().aggregate('a').cap('a')")).rejects.toThrow('needs an operator');
});

test('what withSideEffect gives is not changed from one run to the next', async () => {
  const text = "g.withSideEffect('a', [1]).V(1).aggregate('a').by('age').cap('a')";
  const twice = `${text}; ${text}`;
  expect(await askOne(twice)).toEqual([1, 29]);
});

test('group makes a list of what it reads, one value of a traversal, and what a reduction says', async () => {
  expect(await shown("g.V().group().by(label).by('name')")).toEqual([
    '{person=[marko, vadas, josh, peter], software=[lop, ripple]}',
  ]);
  expect(await shown("g.V().group().by(label).by('age')")).toEqual(['{person=[29, 27, 32, 35], software=[]}']);
  expect(await shown("g.V().group().by(label).by(values('name'))")).toEqual(['{person=peter, software=ripple}']);
  expect(await shown("g.V().group().by(label).by(outE().values('weight').sum())")).toEqual(['{person=3.5}']);
  expect(await shown('g.V().group().by(label).by(count().is(gt(2)))')).toEqual(['{person=4}']);
});

test('what gathers within group gathers the values of a key together', async () => {
  expect(await shown("g.V().group().by(label).by(out().order().by('name').values('name').fold())")).toEqual([
    '{person=[josh, lop, lop, lop, ripple, vadas], software=[]}',
  ]);
  expect(await shown("g.V().group().by(label).by(values('name').limit(2).fold())")).toEqual([
    '{person=[marko, vadas], software=[lop, ripple]}',
  ]);
  expect(await shown('g.V(2, 6).group().by().by(out().order())')).toEqual(['{v[6]=v[3]}']);
});

test('group adds to a map that was there before', async () => {
  const text =
    "g.withSideEffect('a', [marko: ['x'], other: 'y']).V(1, 2).group('a').by('name').by(outE().label().fold()).cap('a')";
  expect(await shown(text)).toEqual(['{marko=[x, created, knows, knows], other=y, vadas=[]}']);
});

test('a group within a group', async () => {
  expect(await shown("g.V().group().by(label).by(group().by(bothE().count()).by('name'))")).toEqual([
    '{person={3=[marko, josh], 1=[vadas, peter]}, software={3=[lop], 1=[ripple]}}',
  ]);
});

test('bulk counts in groupCount and group', async () => {
  expect(await shown("g.V().out().barrier().groupCount().by('name')")).toEqual(['{lop=3, vadas=1, josh=1, ripple=1}']);
  expect(await shown("g.V().out().barrier().group().by('name').by(values('age').fold())")).toEqual([
    '{lop=[], vadas=[27], josh=[32], ripple=[]}',
  ]);
});

test('side-effects of group and groupCount are seen while they grow', async () => {
  expect(await shown("g.V().local(groupCount('a').select('a').count(local))")).toEqual([
    '1l',
    '2l',
    '3l',
    '4l',
    '5l',
    '6l',
  ]);
  expect(await shown("g.V().repeat(out().group('a').by('name').by(count())).times(2).cap('a')")).toEqual([
    '{lop=4, vadas=1, josh=1, ripple=2}',
  ]);
});

test('a sack is carried, joined with what by reads, and its own on each branch', async () => {
  expect(await shown("g.withSack(1.0d).V(1).outE('knows').sack(sum).by('weight').sack()")).toEqual(['1.5d', '2.0d']);
  expect(await shown("g.withSack(1).V(1).union(sack(sum).by('age'), sack(minus).by('age')).sack()")).toEqual([
    '30i',
    '-28i',
  ]);
  expect(await shown("g.V().sack(assign).by('age').sack()")).toEqual(['29i', '27i', '32i', '35i']);
  expect(await shown('g.withSack(5).inject(1, 2).sack(mult).sack()')).toEqual(['5i', '10i']);
});

test('subgraph is a graph of the edges that came', async () => {
  expect(await shown("g.E().hasLabel('knows').subgraph('sg').cap('sg')")).toEqual(['tinkergraph[vertices:3 edges:2]']);
  await expect(ask("g.V().subgraph('sg')")).rejects.toThrow('subgraph takes edges');
});

test('fail ends the traversal with its message', async () => {
  await expect(ask("g.V().fail('enough')")).rejects.toMatchObject({
    faults: [{ code: 'gremlin.fail', message: 'enough' }],
  });
  expect(await ask("g.V().hasLabel('none').fail()")).toEqual([]);
});

test('one by is enough where one is looked at', async () => {
  await expect(ask("g.V().groupCount().by('a').by('b')")).rejects.toThrow(
    'GroupCount step can only have one by modulator',
  );
  await expect(ask("g.V().aggregate('x').by('a').by('b')")).rejects.toThrow('Aggregate step can only have one by');
  await expect(ask("g.V().group().by('a').by('b').by('c')")).rejects.toThrow('have already been set');
});

test('inject stands before what comes, with the sack of the start', async () => {
  expect(await shown('g.inject(1, 3).inject(100, 300)')).toEqual(['100i', '300i', '1i', '3i']);
  expect(await shown('g.withSack(7).V(1).inject(0).sack()')).toEqual(['7i', '7i']);
});

test('io says what it needs, and gives nothing', async () => {
  const asked: string[] = [];
  const { model, timeline, writer } = modern();
  const files = {
    read: async (name: string, format: string | undefined) => void asked.push(`read ${name} ${format}`),
    write: async (name: string, format: string | undefined) => void asked.push(`write ${name} ${format}`),
  };
  const on = { name: 'g', model, timeline, writer: () => writer, services: [], files };
  expect(await ask("g.io('a.json').with(IO.reader, IO.graphson).read()", on)).toEqual([]);
  expect(await ask("g.io('b.xml').write()", on)).toEqual([]);
  expect(asked).toEqual(['read a.json graphson', 'write b.xml undefined']);
  await expect(ask("g.io('a.json').read()")).rejects.toThrow('this graph has no folder for files');
  await expect(ask("g.io('a.json')", on)).rejects.toThrow('io is followed by one read() or write()');
});
