/** Corners of several steps, as TinkerGraph has them. */
import { ask, type ToyName } from '../asked.ts';
import { shown } from '../shown.ts';

test.each<[query: string, gives: string[], on?: ToyName]>([
  // A map says null where it has no such key.
  ["g.inject([a: 1]).path().by('b')", ['path[null]']],
  ["g.inject([a: 2], [b: 1]).order().by('a').unfold().select(values)", ['1i', '2i']],
  // Ids come in sets too, and no id in one empty list is as none at all.
  ['g.V({1, 2}).count()', ['2l']],
  ['g.V().hasId({1, 2}, 3).count()', ['3l']],
  ['g.V([]).count()', ['6l']],
  // No key but null is no property.
  ['g.V(1).valueMap(null)', ['{}']],
  ['g.V(1).propertyMap(null, null)', ['{}']],
  ['g.V(1).elementMap(null)', ['{id=1, label=person}']],
  // Where nothing is said, nothing fits.
  ["g.V(2, 3).branch(values('age')).option(29, constant('a')).option(none, constant('b'))", ['b', 'b']],
  ["g.V(3).branch(values('age')).option(none, constant('b')).option(unproductive, constant('c'))", ['b', 'c']],
  ["g.inject(datetime('1970-01-01T00:00:01Z')).asNumber()", ['1000l']],
  ["g.inject([null, null]).conjoin('-')", ['null']],
  ["g.inject([]).conjoin('-')", ['']],
  ['g.inject(1, 1).fold({}, addAll)', ['[1]']],
  ['g.inject(null, [1]).fold([], addAll)', ['[null, [1]]']],
  ["g.inject(5).aggregate('x').cap('x', 'y')", ['{x={5=1}}']],
  // Those that are alike have a sack each, where nothing joins them.
  ['g.withSack(1).V(3).in().out().hasId(3).barrier(normSack).sack().math("floor(_ * 30)").dedup()', ['10.0d']],
  ['g.withBulk(false).withSack(1).V(1, 4, 6).out("created").hasId(3).barrier().count()', ['3l']],
  ['g.inject(1, 2).group().by(constant(5)).by(identity())', ['{5=[1, 2]}']],
  // What a group makes of its values may be null.
  [
    "g.withStrategies(ProductiveByStrategy).V(1, 3).group().by('name').by(values('age')).unfold()",
    ['marko=29', 'lop=null'],
  ],
  ["g.withStrategies(ProductiveByStrategy).V(1, 3).group().by('name').by(values('age').max()).unfold()", ['marko=29']],
  ["g.withStrategies(ProductiveByStrategy).V(1, 3).groupCount().by(values('age').max())", ['{29=1}']],
])('%s', async (query, gives, on = 'modern') => {
  expect(await shown(query, on)).toEqual(gives);
});

test.each([
  [
    "g.V().values('age').path().by('name')",
    'The by("name") modulator can only be applied to a traverser that is an Element or a Map - it is being applied to [29] a Integer class instead',
  ],
  ["g.V().has('age', startingWith('2'))", 'Integer cannot be cast to String'],
  ["g.inject([1]).is(notContaining('2'))", 'ArrayList cannot be cast to String'],
  ['g.V().values("age").is(regex("2"))', 'Integer cannot be cast to String'],
  ['g.inject(1.5).asDate()', "Can't parse Double as OffsetDateTime."],
  ["g.inject('x').dateAdd(DT.day, 1)", 'dateAdd() accept only OffsetDateTime or Date (deprecated).'],
  ['g.inject(1).fold(0, addAll)', 'Objects must be both of Map or Collection: a=Integer b=Integer'],
  ["g.V().cap('x')", 'The side-effect key does not exist in the side-effects: x'],
  ['g.V().select(keys)', 'The provided object does not have accessible keys'],
  ["g.V().valueMap().by('a').by('b')", 'valueMap()/propertyMap() step can only have one by modulator'],
  ['g.V().choose(label()).option(out(), in())', 'Traversal is not allowed as a Pick token for choose().option()'],
])('%s is refused', async (query, message) => {
  await expect(ask(query)).rejects.toThrow(message);
});
