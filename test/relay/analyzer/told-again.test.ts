import { Graph } from '../../../src/graph/graph.ts';
import { toldAgain } from '../../../src/relay/analyzer/told-again.ts';
import { nodeVersion } from '../said.ts';

test('the end of what this graph never had is an end of what the archive has', async () => {
  const { element } = nodeVersion('a', 1_000);
  const end = { kind: 'gone', of: 'node', id: 'a', createdAt: 1_000, revision: 1, deletedAt: 1_500 } as const;
  const asked: string[][] = [];
  const archive = {
    versions: async (ids: readonly string[]) => {
      asked.push([...ids]);
      return [element];
    },
  };
  const teller = { origin: 'agent.h1', host: 'h1' };
  const told = await toldAgain([end], teller, 2_000, { isWhole: false, graph: new Graph(), archive });
  expect(asked).toEqual([['a']]);
  expect(told.unresolved).toBe(0);
  expect(told.events.map(({ kind, element: { id, deletedAt } }) => [kind, id, deletedAt])).toEqual([
    ['removed', 'a', 1_500],
  ]);
});
