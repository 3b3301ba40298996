import { Driver, serve } from './served.ts';

test('a vertex that comes several times in one answer is told in full each time', async () => {
  await using server = await serve();
  await using driver = await Driver.open(server.url);
  const told = async (text: string) => (await driver.script(text)).flatMap(({ data }) => data ?? []);
  const [marko] = await told('g.V(1)');
  expect(marko).toMatchObject({ label: 'person', properties: [{ value: 'marko' }, { value: 29 }] });
  expect(await told('g.V(1, 2, 1).union(identity(), identity()).hasId(1)')).toEqual([marko, marko, marko, marko]);
  const paths = await told('g.V(1).out().in().path()');
  expect(paths).toMatchObject(paths.map(() => ({ objects: [marko, {}, {}] })));
  expect(paths.length).toBeGreaterThan(3);
});
