/** Answers that Skydive's own test-suite expects; see the notice beside the fixture. */
import { readFileSync } from 'node:fs';
import type { Change } from '../../src/graph/change.ts';
import type { Metadata } from '../../src/graph/element.ts';
import { Graph } from '../../src/graph/graph.ts';
import type { Answer } from '../../src/query/answer.ts';
import { Mistake } from '../../src/std/mistake.ts';
import { ask } from './ask.ts';

interface Fixture {
  readonly graphs: Record<string, { nodes: NodeFact[]; edges: (NodeFact & { Parent: string; Child: string })[] }>;
  readonly cases: readonly { id: string; graph?: string; query: string; expect: Expectation }[];
}

interface NodeFact {
  readonly ID: string;
  readonly Metadata: Metadata;
}

interface Expectation {
  readonly http?: number;
  readonly count?: number;
  readonly ids?: string[];
  readonly values?: unknown[];
  readonly value?: number;
  readonly contains?: string[];
  readonly paths?: number;
  readonly path_lengths?: number[];
  readonly path_ids?: string[][];
  readonly nexthop?: Record<string, { IP: string; IfIndex?: number }>;
}

const { graphs, cases } = JSON.parse(
  readFileSync(new URL('../fixtures/query/skydive-queries.json', import.meta.url), 'utf8'),
) as Fixture;

for (const { id, graph, query, expect: wanted } of cases) {
  test(`${id}: ${query}`, async () => {
    const run = async () => ask(graph === undefined ? new Graph() : graphOf(graph), query);
    if (wanted.http === 400) await expect(run()).rejects.toThrow(Mistake);
    else compare(await run(), wanted);
  });
}

function compare(answer: Answer, wanted: Expectation): void {
  const items = itemsOf(answer);
  if (wanted.count !== undefined) expect(items).toHaveLength(wanted.count);
  if (wanted.ids !== undefined)
    expect(items.map((item) => (item as { id: string }).id).sort()).toEqual(wanted.ids.sort());
  if (wanted.values !== undefined) expect(items).toEqual(expect.arrayContaining(wanted.values));
  if (wanted.value !== undefined) expect(answer).toMatchObject({ kind: 'value', value: wanted.value });
  if (wanted.contains !== undefined) expect(items).toEqual(expect.arrayContaining(wanted.contains));
  if (wanted.paths !== undefined) expect(items).toHaveLength(wanted.paths);
  if (wanted.path_lengths !== undefined)
    expect(pathsOf(answer).map((path) => path.length)).toEqual(wanted.path_lengths);
  if (wanted.path_ids !== undefined) expect(pathsOf(answer)).toEqual(wanted.path_ids);
  for (const [id, { IP, IfIndex }] of Object.entries(wanted.nexthop ?? {}))
    expect(items).toContainEqual({
      id,
      hop: expect.objectContaining(IfIndex ? { ip: IP, ifIndex: IfIndex } : { ip: IP }),
    });
}

function itemsOf(answer: Answer): readonly unknown[] {
  switch (answer.kind) {
    case 'nodes':
      return answer.nodes;
    case 'edges':
      return answer.edges;
    case 'values':
      return answer.values;
    case 'paths':
      return answer.paths;
    case 'nexthops':
      return answer.hops;
    default:
      return [];
  }
}

function pathsOf(answer: Answer): string[][] {
  return answer.kind === 'paths' ? answer.paths.map((path) => path.map(({ id }) => id)) : [];
}

function graphOf(name: string): Graph {
  const { nodes, edges } = graphs[name] as Fixture['graphs'][string];
  const graph = new Graph({ indexed: ['Name', 'Type', 'MAC'] });
  const changes: Change[] = [
    ...nodes.map(({ ID, Metadata }) => ({ kind: 'node' as const, id: ID, metadata: Metadata })),
    ...edges.map(({ ID, Parent, Child, Metadata }) => ({
      kind: 'edge' as const,
      id: ID,
      parent: Parent,
      child: Child,
      metadata: Metadata,
    })),
  ];
  graph.apply(changes, { host: 'test', origin: 'fixture.test', time: 1000 });
  return graph;
}
