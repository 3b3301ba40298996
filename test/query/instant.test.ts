/** A query that takes several turns of the event loop sees one instant, whatever happens between them. */
import fc from 'fast-check';
import type { Change } from '../../src/graph/change.ts';
import { Graph } from '../../src/graph/graph.ts';
import type { Answer } from '../../src/query/answer.ts';
import type { Context } from '../../src/query/run.ts';
import { dice } from '../dice.ts';
import { engine, lines, stillContext, timelineOf } from './ask.ts';

const NODES = 400;
const queries = [
  'G',
  'G.V()',
  'G.E()',
  "G.V().Has('Type', 'a')",
  "G.V().Has('Name', Regex('.*1.*')).Values('MTU')",
  "G.V().Out('Type', 'a')",
  'G.V().In()',
  'G.V().Both().Both().Dedup()',
  "G.V().OutE().Has('RelationType', 'ownership').InV()",
  "G.V().Has('Type', 'b').SubGraph()",
  'G.V().SubGraph().E()',
  "G.E().Has('RelationType', 'layer2').SubGraph().V()",
  "G.V().ShortestPathTo(Metadata('Name', 'n7'))",
  "G.V().Has('Type', 'a').ShortestPathTo(Metadata('MTU', 3), Metadata('RelationType', 'layer2'))",
  "G.V('n0').Descendants(20)",
  'G.V().Ascendants(3)',
  "G.V().Sort('MTU').Values('@ID')",
  "G.V().Dedup('MTU', 'Type')",
  "G.V().As('x').G.V().Has('Type', 'b').As('y').Select('x', 'y')",
  "G.V().Values('Metric.RxBytes')",
  "G.V().Has('Metric.RxBytes', GT(3)).Metrics()",
];

test.each(queries)('%s', (query) =>
  fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const draw = dice(seed);
      const still = network();
      const changing = network();
      const expected = told(await engine.run(engine.prepare(query), stillContext(timelineOf(still))));
      let time = 2000;
      const context: Context = {
        ...stillContext(timelineOf(changing)),
        limits: { sliceMs: 0 },
        turn: async () => {
          changing.apply(
            Array.from({ length: 5 }, () => anyChange(draw)),
            { host: 'h', origin: 'o', time: ++time },
          );
        },
      };
      const answer = await engine.run(engine.prepare(query), context);
      expect(time).toBeGreaterThan(2000);
      expect(told(answer)).toEqual(expected);
    }),
    { numRuns: 5 },
  ),
);

/** The same things, in any order: those that are gone by now come last. Of ways that are as short any one will do. */
function told(answer: Answer): string[] {
  if (answer.kind !== 'paths') return lines(answer).sort();
  return answer.paths.map((path) => `${path[0]?.id} ${path.length}`).sort();
}

/** A chain of ownership with links across it. */
function network(): Graph {
  const graph = new Graph({ indexed: ['Name', 'Type'] });
  const changes: Change[] = [];
  for (let i = 0; i < NODES; i++) {
    changes.push({ kind: 'node', id: `n${i}`, metadata: { Name: `n${i}`, Type: i % 3 ? 'a' : 'b', MTU: i % 7 } });
    if (i > 0) changes.push(edge(Math.floor(i / 2), i, 'ownership'));
    if (i > 5) changes.push(edge(i - 5, i, 'layer2'));
  }
  graph.apply(changes, { host: 'h', origin: 'o', time: 1000 });
  for (const time of [1100, 1200])
    graph.apply(
      Array.from({ length: NODES }, (_, i) => counters(i, (time - 1000) * (1 + (i % 9)))),
      { host: 'h', origin: 'o', time },
    );
  return graph;
}

function anyChange(draw: (below: number) => number): Change {
  const i = draw(NODES);
  const id = `n${i}`;
  const changes: Change[] = [
    { kind: 'gone', id },
    { kind: 'node', id, metadata: { Name: `n${draw(NODES)}`, Type: draw(2) ? 'a' : 'b', MTU: draw(7) } },
    { kind: 'node', id: `x${i}`, metadata: { Name: 'n7', Type: 'a', MTU: 3 } },
    { kind: 'set', id, set: { MTU: draw(7), Name: 'n7' }, unset: ['Type'] },
    edge(draw(NODES), draw(NODES), draw(2) ? 'layer2' : 'ownership'),
    { kind: 'gone', id: edge(i, i + 5, 'layer2').id as string },
    { kind: 'set', id: edge(i, i + 5, 'layer2').id as string, set: { RelationType: 'ownership' } },
    counters(i, draw(1_000_000)),
  ];
  return changes[draw(changes.length)] as Change;
}

function edge(parent: number, child: number, RelationType: string): Change & { kind: 'edge' } {
  return {
    kind: 'edge',
    id: `${parent}-${RelationType}-${child}`,
    parent: `n${parent}`,
    child: `n${child}`,
    metadata: { RelationType },
  };
}

function counters(i: number, RxBytes: number): Change {
  return { kind: 'counters', id: `n${i}`, series: 'Metric', total: { RxBytes } };
}
