import { ask } from '../asked.ts';
import { modern } from '../toys.ts';

test.each([
  ["g.V().out().addV('copy')", 'g.V().hasLabel("copy").count()', 4],
  ["g.V().both().both().addE('z').to(__.V(1))", 'g.E().hasLabel("z").count()', 6],
  ["g.V().as('a').out().addV('copy')", 'g.V().hasLabel("copy").count()', 4],
  ["g.V(1).out().addV('copy')", 'g.V().hasLabel("copy").count()', 3],
])('%s reads all before it writes any, and writes what is alike once', async (text, query, count) => {
  const graph = modern();
  await ask(text, graph);
  expect(await ask(query, graph)).toEqual([expect.objectContaining({ value: count })]);
});
