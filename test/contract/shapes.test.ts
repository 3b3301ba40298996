import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { unsafeIn } from '../../src/api/body.ts';
import { elementJson, pastElementJson } from '../../src/api/wire.ts';
import { newEdgeShape, newNodeShape, partialUpdateShape } from '../../src/contract/change.ts';
import { edgeShape, nodeShape } from '../../src/contract/element.ts';
import { publishedShape, syncRequestShape } from '../../src/contract/message.ts';
import { patchShape } from '../../src/contract/patch.ts';
import { pastElementShape, queryReplyShape } from '../../src/contract/query.ts';
import type { GraphEdge, GraphNode, Metadata } from '../../src/graph/element.ts';

const version = fc.record({
  id: fc.string({ minLength: 1, maxLength: 20 }),
  // What the door lets in: a key named __proto__ is refused there, however deep it lies.
  metadata: fc
    .dictionary(fc.string(), fc.jsonValue())
    .filter((metadata) => unsafeIn(metadata) === undefined)
    .map((metadata) => metadata as Metadata),
  host: fc.string(),
  origin: fc.string(),
  createdAt: fc.nat(),
  updatedAt: fc.nat(),
  deletedAt: fc.option(fc.nat(), { nil: undefined }),
  validTo: fc.option(fc.nat(), { nil: undefined }),
  recordedAt: fc.nat(),
  revision: fc.nat(),
});

test('what is written for a node or an edge is read by the shapes, whatever is in it', () => {
  fc.assert(
    fc.property(version, fc.string({ minLength: 1, maxLength: 9 }), (its, other) => {
      const node: GraphNode = { kind: 'node', ...its };
      const edge: GraphEdge = { kind: 'edge', ...its, parent: other, child: its.id };
      const read = nodeShape.parse(JSON.parse(elementJson(node, undefined)));
      expect(read).toEqual({
        ID: its.id,
        Metadata: JSON.parse(JSON.stringify(its.metadata)),
        Host: its.host,
        Origin: its.origin,
        CreatedAt: its.createdAt,
        UpdatedAt: its.updatedAt,
        DeletedAt: its.deletedAt ?? null,
        Revision: its.revision,
      });
      const readEdge = edgeShape.parse(JSON.parse(elementJson(edge, undefined)));
      expect(readEdge).toEqual({ ...read, Parent: other, Child: its.id });
      for (const element of [node, edge]) {
        const past = pastElementShape.parse(JSON.parse(pastElementJson(element)));
        expect(past).toMatchObject({ ValidTo: its.validTo ?? null, RecordedAt: its.recordedAt });
      }
    }),
  );
});

test('a node needs a type and a name, some types more', () => {
  const fits = (Metadata: object) => newNodeShape.safeParse({ Metadata }).success;
  expect(fits({ Name: 'a', Type: 'switch' })).toBe(true);
  expect(fits({ Name: 'a', Type: '' })).toBe(false);
  expect(fits({ Name: 'a', Type: 'netns' })).toBe(false);
  expect(fits({ Name: 'a', Type: 'netns', Path: '/run/netns/a' })).toBe(true);
  expect(fits({ Name: 'a', Type: 'ovsport' })).toBe(false);
  expect(fits({ Name: 'a', Type: 'ovsport', UUID: 'u' })).toBe(true);
  expect(newNodeShape.safeParse({ ID: 'x'.repeat(513), Metadata: { Name: 'a', Type: 'b' } }).success).toBe(false);
});

test('an edge needs two ends and a relation', () => {
  const edge = { Parent: 'a', Child: 'b', Metadata: { RelationType: 'layer2' } };
  expect(newEdgeShape.safeParse(edge).success).toBe(true);
  for (const without of ['Parent', 'Child', 'Metadata']) {
    expect(newEdgeShape.safeParse({ ...edge, [without]: undefined }).success).toBe(false);
  }
});

test('a patch has operations of the RFC and pointers of the other', () => {
  expect(patchShape.safeParse([{ op: 'add', path: '/a~1b/~0/-', value: null }]).success).toBe(true);
  expect(patchShape.safeParse([{ op: 'add', path: '', value: 1 }]).success).toBe(true);
  for (const op of [
    { op: 'foobar', path: '/a', value: 1 },
    { op: 'add', path: 'a', value: 1 },
    { op: 'add', path: '/~2', value: 1 },
    { op: 'move', path: '/a' },
  ]) {
    expect(patchShape.safeParse([op]).success).toBe(false);
  }
});

test('what clients leave out of a message is filled in, what is wrong is refused', () => {
  const message = { Type: 'NodeAdded', Obj: { ID: 'a', Metadata: { Name: 'a', Type: 'b' } } };
  expect(publishedShape.parse(message)).toMatchObject({ Namespace: 'Graph', UUID: '', Status: 200 });
  expect(publishedShape.safeParse({ ...message, Type: 'NodeDanced' }).success).toBe(false);
  expect(partialUpdateShape.safeParse({ ID: 'a', Ops: [{ Type: 3, Key: 'x' }] }).success).toBe(false);
  expect(syncRequestShape.parse({ Time: null, GremlinFilter: null })).toEqual({ Time: null, GremlinFilter: null });
  expect(syncRequestShape.safeParse({ Revision: -1 }).success).toBe(false);
});

test('an answer names its kind, and carries the list of that kind alone', () => {
  const always = {
    schema: 'skein/v1',
    warnings: [],
    range: { from: 0, to: 1 },
    time: null,
    logRevision: 1,
    tookMs: 0.1,
  };
  expect(queryReplyShape.safeParse({ ...always, kind: 'values', values: [1, 'a', null] }).success).toBe(true);
  expect(queryReplyShape.safeParse({ ...always, kind: 'nodes', values: [] }).success).toBe(false);
  expect(queryReplyShape.safeParse({ ...always, kind: 'songs', songs: [] }).success).toBe(false);
});
