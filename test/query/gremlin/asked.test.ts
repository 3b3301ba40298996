import { ask } from './asked.ts';

test('a text is parsed, built and run on a graph', async () => {
  expect(await ask("g.V().has('name', 'marko').out('knows').values('name')")).toEqual(['vadas', 'josh']);
  expect(await ask('g.V(x).count().next()', 'modern', { bindings: { x: 1 } })).toHaveLength(1);
});

test('all that is wrong with a text is told at once, with what was probably meant', async () => {
  await expect(ask("g.V().ot('knows').vlaues('name')")).rejects.toMatchObject({
    faults: [
      { code: 'gremlin.unknown-step', from: 6, to: 8, hint: expect.stringContaining('out') },
      { code: 'gremlin.unknown-step', hint: expect.stringContaining('values') },
    ],
  });
});

test('a setting that is nearly one we know is refused, any other is left alone', async () => {
  await expect(ask("g.with('att', '-5m').V()")).rejects.toMatchObject({
    faults: [{ code: 'gremlin.setting', hint: 'did you mean at?' }],
  });
  expect(await ask("g.with('x-trace', 1).V().limit(1)")).toHaveLength(1);
});
