import { ask } from '../asked.ts';
import { shown } from '../shown.ts';

test('valueMap has lists, and with tokens id and label before them', async () => {
  expect(await shown('g.V(1).valueMap()')).toEqual(['{name=[marko], age=[29]}']);
  expect(await shown("g.V(1).valueMap('age', 'none')")).toEqual(['{age=[29]}']);
  expect(await shown("g.V(1).valueMap('name').with(WithOptions.tokens)")).toEqual([
    '{id=1, label=person, name=[marko]}',
  ]);
  expect(await shown("g.V(1).valueMap('name').with(WithOptions.tokens, WithOptions.labels).by(unfold())")).toEqual([
    '{label=person, name=marko}',
  ]);
  expect(await shown("g.V(1).valueMap(true, 'name')")).toEqual(['{id=1, label=person, name=[marko]}']);
  expect(await shown('g.E(7).valueMap()')).toEqual(['{weight=0.5}']);
  await expect(ask('g.V(1).valueMap().by(unfold()).by()')).rejects.toThrow('step can only have one by modulator');
});

test('several values of a key are in one list, and properties of properties are read too', async () => {
  expect(await shown("g.V().has('name', 'marko').valueMap('location')", 'crew')).toEqual([
    '{location=[san diego, santa cruz, brussels, santa fe]}',
  ]);
  expect(await shown("g.V().has('name', 'marko').properties('location').limit(1).valueMap()", 'crew')).toEqual([
    '{startTime=1997, endTime=2001}',
  ]);
  expect(
    await shown("g.V().has('name', 'marko').properties('location').limit(1).properties('endTime').value()", 'crew'),
  ).toEqual(['2001i']);
  expect(
    await shown("g.V().has('name', 'marko').properties('location').limit(1).properties().element().element()", 'crew'),
  ).toEqual(['v[1]', 'v[1]']);
});

test('propertyMap holds the properties themselves', async () => {
  expect(await shown("g.V(1).propertyMap('name')")).toEqual(['{name=[vp[name->marko]]}']);
  expect(await shown('g.E(7).propertyMap()')).toEqual(['{weight=p[weight->0.5]}']);
});

test('elementMap has both ends of an edge', async () => {
  expect(await shown("g.V(1).elementMap('name')")).toEqual(['{id=1, label=person, name=marko}']);
  expect(await shown('g.E(11).elementMap()')).toEqual([
    '{id=11, label=created, IN={id=3, label=software}, OUT={id=4, label=person}, weight=0.4}',
  ]);
});

test('project leaves out what is not there', async () => {
  expect(await shown("g.V(1, 3).project('n', 'a').by('name').by('age')")).toEqual(['{n=marko, a=29}', '{n=lop}']);
  expect(await shown("g.V(1).project('a', 'b').by('name')")).toEqual(['{a=marko, b=marko}']);
  expect(await shown("g.V(1).project('a').by(out().out().count())")).toEqual(['{a=2}']);
  await expect(ask("g.V().project('a', 'a')")).rejects.toThrow('keys must be unique in ProjectStep');
});

test('values of keys that are null are none', async () => {
  expect(await shown("g.V(1).values('name', null)")).toEqual(['marko']);
  expect(await shown('g.V(1).values(null)')).toEqual([]);
  expect(await shown('g.V(1).properties(null)')).toEqual([]);
  await expect(ask('g.inject(1).values()')).rejects.toThrow('Integer cannot be cast to Element');
});

test('id, label, key and value are read of what has them', async () => {
  expect(await shown('g.V(1).id()')).toEqual(['1i']);
  expect(await shown("g.V(1).properties('name').label()")).toEqual(['name']);
  expect(await shown("g.V(1).properties('name').key()")).toEqual(['name']);
  expect(await shown('g.E(7).properties().value()')).toEqual(['0.5d']);
  await expect(ask('g.inject(1).id()')).rejects.toThrow('id cannot be read');
});
