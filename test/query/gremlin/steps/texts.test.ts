import { ask } from '../asked.ts';
import { shown } from '../shown.ts';

test('steps of texts leave null alone and refuse what is no text', async () => {
  expect(await shown("g.inject('Ab', null).toUpper()")).toEqual(['AB', 'null']);
  expect(await shown("g.inject(['Ab', null]).toLower(local)")).toEqual(['[ab, null]']);
  expect(await shown("g.inject('Ab').toLower(local)")).toEqual(['ab']);
  await expect(ask("g.inject(['a']).toUpper()")).rejects.toThrow(
    'The toUpper() step can only take string as argument, encountered ArrayList',
  );
  await expect(ask('g.inject([1]).trim(local)')).rejects.toThrow(
    'The trim(local) step can only take string or list of strings, encountered Integer',
  );
});

test('blanks of any width go, one that does not break a line stays', async () => {
  expect(await shown("g.inject(' \\u3000a b\\t\\n').trim()")).toEqual(['a b']);
  expect(await shown("g.inject(' a ').lTrim().length()")).toEqual(['2i']);
  expect(await shown("g.inject(' a ').rTrim().length()")).toEqual(['2i']);
  expect(await shown("g.inject('\\u00a0').trim().length()")).toEqual(['1i']);
  expect(await shown("g.inject('   ').rTrim()")).toEqual(['']);
});

test('texts are cut, split and put together', async () => {
  expect(await shown("g.inject('ripple').substring(-4, 2)")).toEqual(['']);
  expect(await shown("g.inject('ripple').substring(1, -1)")).toEqual(['ippl']);
  expect(await shown("g.inject('ripple').substring(2)")).toEqual(['pple']);
  expect(await shown("g.inject('a,b,,c').split(',')")).toEqual(['[a, b, c]']);
  expect(await shown("g.inject(' a  b ').split(null)")).toEqual(['[a, b]']);
  expect(await shown("g.inject('ab').split('')")).toEqual(['[a, b]']);
  expect(await shown("g.inject('a.b.c').replace('.', '$&')")).toEqual(['a$&b$&c']);
  expect(await shown("g.inject('a').replace(null, 'x')")).toEqual(['a']);
  expect(await shown("g.inject(['a', null, 1, 1.0d]).conjoin('-')")).toEqual(['a-1-1.0']);
  await expect(ask('g.inject(1).conjoin("-")')).rejects.toThrow('conjoin step can only take an array or an Iterable');
});

test('concat puts texts behind one another, also those of traversals', async () => {
  expect(await shown("g.V(1).values('name').concat('-', null, 'x')")).toEqual(['marko-x']);
  expect(await shown('g.inject(null).concat(null)')).toEqual(['null']);
  expect(await shown("g.V(1).as('a').values('name').concat(select('a').label(), select('a').values('name'))")).toEqual([
    'markopersonmarko',
  ]);
  expect(
    await shown("g.V(1).as('a').values('name').concat(select('a').out().order().by('name').values('name'))"),
  ).toEqual(['markojosh']);
  // What a traversal is asked about comes before what it adds.
  expect(await shown("g.inject('a', 'b').concat(inject('c'))")).toEqual(['aa', 'bb']);
  await expect(ask("g.V(1).values('age').concat('x')")).rejects.toThrow('can only take string as argument');
});

test('reverse turns texts and lists', async () => {
  expect(await shown("g.inject('abc', [1, 2], null, 5).reverse()")).toEqual(['cba', '[2, 1]', 'null', '5i']);
  expect(await shown("g.V(1).out('created').path().by('name').reverse()")).toEqual(['[lop, marko]']);
});

test('anything but null is a text', async () => {
  expect(await shown('g.V(1).valueMap().asString()')).toEqual(['{name=[marko], age=[29]}']);
  expect(await shown('g.inject([1, 2.0d]).asString(local)')).toEqual(['[1, 2.0]']);
  await expect(ask('g.inject(null).asString()')).rejects.toThrow("Can't parse null as String.");
});

test('format fills in what has a name, and leaves out what has a hole', async () => {
  expect(await shown("g.V().format('%{name} is %{age}')")).toEqual([
    'marko is 29',
    'vadas is 27',
    'josh is 32',
    'peter is 35',
  ]);
  expect(await shown("g.V(1).as('x').out('created').format('%{x} %{_} %%{name}').by(constant('hello'))")).toEqual([
    'v[1] hello %%{name}',
  ]);
  expect(await shown("g.V(1).project('a').by('name').format('%{a} }%{')")).toEqual(['marko }%{']);
  expect(await shown("g.withSideEffect('x', 1).V(1).format('%{x} %{_} %{_}').by('name').by('age')")).toEqual([
    '1 marko 29',
  ]);
});

test('a text that doubles itself is stopped, and so is a small value that says much', async () => {
  for (const doubled of ['concat(identity())', "replace('a', 'aa')", "format('%{_}%{_}')"])
    await expect(ask(`g.inject('aaaaaaaa').repeat(${doubled}).times(60)`)).rejects.toThrow(
      'more than 4194304 characters',
    );
  const deep = `g.inject('a')${".project('x', 'y')".repeat(60)}`;
  await expect(ask(`${deep}.asString()`)).rejects.toThrow('more than 4194304 characters');
  const doubled = "g.inject('a').repeat(project('x', 'y')).times(60)";
  // Who does not ask which are alike is not told that it would take long to say.
  expect(await ask(`${doubled}.count()`)).toMatchObject([{ value: 1 }]);
  await expect(ask(`${doubled}.dedup()`)).rejects.toThrow('too large to be compared');
  await expect(
    ask(`g.inject([1])${'.combine(identity())'.repeat(60)}`, 'empty', {
      context: { limits: { memoryBytes: 64_000_000 } },
    }),
  ).rejects.toThrow('limit memoryBytes');
});
