/** A list of versions seen as a graph. */
import { SnapshotView } from '../../src/archive/snapshot.ts';
import type { Element, GraphEdge, GraphNode, Metadata } from '../../src/graph/element.ts';
import { readGraph } from '../../src/graph/text.ts';

const whole = (text: string) => {
  const view = readGraph(text).now();
  return new SnapshotView({ from: 1000, to: 1000 }, [...view.edges(), ...view.nodes()]);
};
const ids = (elements: Iterable<Element>) => Array.from(elements, ({ id }) => id);

test('it answers as the live graph does', () => {
  const view = whole(
    'host:h -ownership-> device:eth0\n host:h -ownership-> device:eth1\n device:eth1 -layer2-> device:eth0',
  );
  const [host] = view.nodes('host:h');
  const [eth0] = view.nodes('device:eth0');
  expect(ids(view.out(host as GraphNode))).toEqual(['host:h>ownership>device:eth0', 'host:h>ownership>device:eth1']);
  expect([...view.in(eth0 as GraphNode)].flatMap((edge) => ids(view.parents(edge)))).toEqual(['host:h', 'device:eth1']);
  expect([...view.in(eth0 as GraphNode)].flatMap((edge) => ids(view.children(edge)))).toEqual([
    'device:eth0',
    'device:eth0',
  ]);
  expect([view.nodeCount, view.edgeCount]).toEqual([3, 3]);
  expect(ids(view.nodes('nobody'))).toEqual([]);
  expect(ids(view.edges('host:h>ownership>device:eth1'))).toEqual(['host:h>ownership>device:eth1']);
});

test('nodes are found by nested keys and by any item of a list, once each', () => {
  const view = whole(
    'd:a {"IPV4":["10.0.0.1/8","10.0.0.2/8","10.0.0.1/8"],"Docker":{"Labels":{"app":"web"}}}\n d:b {"MTU":1500,"Up":true}',
  );
  const found = (key: string, value: string | number | boolean | null) => ids(view.nodesWith(key, value) ?? []);
  expect(found('IPV4', '10.0.0.1/8')).toEqual(['d:a']);
  expect(found('Docker.Labels.app', 'web')).toEqual(['d:a']);
  expect(found('MTU', 1500)).toEqual(['d:b']);
  expect(found('MTU', '1500')).toEqual([]);
  expect(found('Up', true)).toEqual(['d:b']);
  expect(found('Nothing', null)).toEqual([]);
  expect(view.nodesWith('IPV4', ['10.0.0.1/8'])).toBeUndefined();
});

test('versions come in any order and are shown oldest first', () => {
  const span = new SnapshotView({ from: 0, to: 9 }, [version('b', 3), version('a', 5), version('a', 1)]);
  expect([...span.nodes()].map(({ id, updatedAt }) => id + updatedAt)).toEqual(['a1', 'b3', 'a5']);
});

test('over a span only versions that existed together are neighbours', () => {
  const edge: GraphEdge = { ...version('e', 4, 6), kind: 'edge', parent: 'a', child: 'b' };
  const nodes = [version('a', 1, 4), version('a', 4, 5), version('a', 5, 7), version('a', 7), version('b', 1)];
  const view = new SnapshotView({ from: 0, to: 9 }, [...nodes, edge]);
  expect([...view.parents(edge)].map(({ updatedAt }) => updatedAt)).toEqual([4, 5]);
  expect([...view.nodes('a')].map((node) => [...view.out(node)].length)).toEqual([0, 1, 1, 0]);
  expect([...view.nodes('b')].map((node) => [...view.in(node)].length)).toEqual([1]);
});

function version(id: string, updatedAt: number, validTo?: number, metadata: Metadata = {}): GraphNode {
  return {
    kind: 'node',
    id,
    metadata,
    host: 'h',
    origin: 'o',
    createdAt: 1,
    updatedAt,
    validTo,
    deletedAt: undefined,
    recordedAt: updatedAt,
    revision: 1,
  };
}
