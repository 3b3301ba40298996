import { ask } from '../asked.ts';

/** Each way as text, sorted. */
async function ways(text: string, ...more: [] | ['grateful']): Promise<string[]> {
  const found = await ask(`${text}.by('name')`, ...more);
  return found
    .map((map) => [...(map as Iterable<[string, string]>)].map(([name, value]) => `${name}=${value}`).join(' '))
    .sort();
}

test('patterns are walked in an order in which each begins with what is known', async () => {
  expect(
    await ways("g.V().match(__.as('b').out('created').as('c'), __.as('a').out('knows').as('b')).select('a', 'b', 'c')"),
  ).toEqual(['a=marko b=josh c=lop', 'a=marko b=josh c=ripple']);
});

test('an end that is known already has to be the same', async () => {
  expect(
    await ways("g.V().match(__.as('a').out('created').as('b'), __.as('b').in('created').as('a')).select('a', 'b')"),
  ).toEqual(['a=josh b=lop', 'a=josh b=ripple', 'a=marko b=lop', 'a=peter b=lop']);
});

test('names from before the match are known in it', async () => {
  const [found] = await ask(
    "g.V(1).as('a').out('created').as('b').match(__.as('a').out().count().as('c'), __.as('b').in().count().as('c')).select('c')",
  );
  expect(found).toMatchObject({ value: 3 });
});

test('a pattern that counts counts what comes of one', async () => {
  expect((await ask("g.V().match(__.as('a').out('knows').count().as('b')).select('b')")).map(Number).length).toBe(6);
});

test('or tries each, and binds; and needs all', async () => {
  expect(
    await ways(
      "g.V().match(__.as('a').out('created').as('b'), __.or(__.as('a').out('knows'), __.as('a').has('name', 'peter'))).select('a', 'b')",
    ),
  ).toEqual(['a=marko b=lop', 'a=marko b=lop', 'a=peter b=lop']);
  expect(
    await ways(
      "g.V().match(__.and(__.as('a').out('created').as('b'), __.as('b').in('created').as('c')), __.as('c').has('name', 'josh')).select('a', 'b')",
    ),
  ).toEqual(['a=josh b=lop', 'a=josh b=ripple', 'a=marko b=lop', 'a=peter b=lop']);
});

test('a pattern that begins with no name, and patterns that lead nowhere, are refused', async () => {
  await expect(ask('g.V().match(__.out())')).rejects.toThrow(/single start label/);
  await expect(ask("g.V().match(__.as('a').out().as('b').as('c'))")).rejects.toThrow(/at most one label/);
  await expect(ask("g.V().match(__.as('a').out().as('b'), __.as('c').out().as('b'))")).rejects.toThrow(/unsolvable/);
});

test('walks with few ends are taken first, whatever the order they are written in', async () => {
  const text =
    "g.V().match(__.as('a').in('sungBy').as('b'), __.as('a').in('sungBy').as('c'), __.as('b').out('writtenBy').as('d'), __.as('c').out('writtenBy').as('e'), __.as('d').has('name', 'George_Harrison'), __.as('e').has('name', 'Bob_Marley')).select('a', 'b', 'c')";
  expect(await ways(text, 'grateful')).toEqual(['a=Garcia b=I WANT TO TELL YOU c=STIR IT UP']);
});
