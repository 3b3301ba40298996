import { SnapshotView } from '../../src/archive/snapshot.ts';
import { Graph } from '../../src/graph/graph.ts';

test('a large snapshot is made ready with pauses, and answers as a small one does', async () => {
  const graph = new Graph();
  const count = 20_000;
  for (let i = 0; i < count; i++) {
    const node = { kind: 'node' as const, id: `n${i}`, metadata: { Name: `n${i % 100}` } };
    const edge = { kind: 'edge' as const, parent: `n${i >> 1}`, child: `n${i}`, metadata: { RelationType: 'r' } };
    graph.apply([node, edge], { host: 'h', origin: 'o', time: 1 });
  }
  const all = [...graph.now().nodes(), ...graph.now().edges()];
  let turns = 0;
  const large = await new SnapshotView({ from: 1, to: 1 }, all).prepare(async () => void turns++);
  const small = new SnapshotView({ from: 1, to: 1 }, all);
  expect(turns).toBeGreaterThan(3);
  for (const node of large.nodes()) {
    if (Number(node.id.slice(1)) % 997 > 0) continue;
    expect(large.out(node)).toEqual(small.out(node));
    expect(large.in(node)).toEqual(small.in(node));
    expect(large.nodes(node.id)).toEqual([node]);
  }
  // Whoever asks first looks through all of them; whoever asks again finds an index.
  expect(large.nodesWith('Name', 'n7')).toBeUndefined();
  expect(large.nodesWith('Name', 'n7')).toHaveLength(count / 100);
  expect(small.nodesWith('Name', 'n7')).toHaveLength(count / 100);
});
