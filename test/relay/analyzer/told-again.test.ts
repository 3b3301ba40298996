import { Graph } from '../../../src/graph/graph.ts';
import { toldAgain, withoutEvents } from '../../../src/relay/analyzer/told-again.ts';
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

test('what a whole picture names is told to be alive, though it has changed with it', () => {
  const { element } = nodeVersion('a', 1_000, 2);
  const events = [{ revision: 1, kind: 'updated', element, before: nodeVersion('a', 1_000).element }] as const;
  const told = [{ kind: 'version', element }] as const;
  expect(withoutEvents(told, events, false)).toEqual([]);
  expect(withoutEvents(told, events, true)).toEqual(told);
  expect(withoutEvents(told, [{ ...events[0], kind: 'added', before: undefined }], true)).toEqual([]);
});
