/**
 * `node bench/gremlin-filters.ts [hosts]`: filters, orders and their like in the standard dialect over the network graph,
 * beside a plain loop over the same elements that asks the same.
 */
import { setImmediate as turnOnce } from 'node:timers/promises';
import { MergedTimeline } from '../src/archive/timeline.ts';
import type { GraphEdge, GraphNode } from '../src/graph/element.ts';
import { Graph } from '../src/graph/graph.ts';
import type { GraphView } from '../src/graph/view.ts';
import { GremlinEngine } from '../src/query/gremlin/engine.ts';
import { networkModel } from '../src/query/gremlin/model/network.ts';
import { Execution } from '../src/query/gremlin/run/execution.ts';
import type { TraversalSource } from '../src/query/gremlin/source.ts';
import { indexedKeys, syntheticChanges } from './synthetic.ts';

const [hosts = 1000] = process.argv.slice(2).map(Number);
const graph = new Graph({ indexed: indexedKeys });
graph.apply(syntheticChanges(hosts), { host: 'bench', origin: 'bench.synthetic', time: 1000 });
const timeline = new MergedTimeline({ graph, flushed: async () => undefined, nowMs: Date.now });
const source: TraversalSource = { name: 'g', services: [], model: networkModel, timeline };
const engine = new GremlinEngine();

const name = ({ metadata }: GraphNode) => metadata.Name as string;
const nodes = (view: GraphView) => [...view.nodes()];

/** Query, the loop, our goal in ms for 100,001 nodes and 166,000 edges, TinkerGraph's ms for as many. */
const queries: readonly [string, ((view: GraphView) => unknown) | undefined, string, string][] = [
  ['g.V().count()', undefined, '', '0.24'],
  ["g.V().has('Name','vo-50-5').count()", undefined, '0.05', '0.015'],
  [
    "g.V().has('Name',containing('o-50')).count()",
    (view) => counted(view.nodes(), (node) => name(node).includes('o-50')),
    '36',
    '72',
  ],
  ["g.V().has('Name',regex('o-50-[0-9]')).count()", undefined, '', ''],
  [
    "g.V().has('MTU',gt(9000)).count()",
    (view) => counted(view.nodes(), ({ metadata }) => (metadata.MTU as number) > 9000),
    '36',
    '',
  ],
  ["g.V().hasLabel('veth').count()", undefined, '', ''],
  ["g.V().hasLabel('veth','bridge').count()", undefined, '', ''],
  [
    "g.E().has('RelationType','layer2').count()",
    (view) => counted(view.edges(), ({ metadata }: GraphEdge) => metadata.RelationType === 'layer2'),
    '42',
    '84',
  ],
  ["g.V().where(__.has('Name',containing('o-50'))).count()", undefined, '36', ''],
  ["g.V().not(__.has('PeerIfIndex')).count()", undefined, '36', ''],
  ["g.V().where(__.out('layer2')).count()", undefined, '', ''],
  ["g.V().has('Type','host').as('a').out().in().where(neq('a')).count()", undefined, '', ''],
  [
    "g.V().order().by('Name',desc).limit(10)",
    (view) =>
      nodes(view)
        .sort((a, b) => (name(a) < name(b) ? 1 : -1))
        .slice(0, 10),
    '60',
    '354',
  ],
  [
    "g.V().order().by('Name',desc).skip(99990)",
    (view) =>
      nodes(view)
        .sort((a, b) => (name(a) < name(b) ? 1 : -1))
        .slice(99990),
    '',
    '354',
  ],
  [
    "g.V().dedup().by('Type').count()",
    (view) => new Set(nodes(view).map(({ metadata }) => metadata.Type)).size,
    '',
    '',
  ],
  ['g.V().dedup().count()', (view) => new Set(nodes(view)).size, '', ''],
  ["g.V().has('Name','host-1').repeat(__.both().simplePath()).times(3).count()", undefined, '', ''],
  ['g.V().sample(10)', undefined, '', ''],
  ['g.V().coin(0.5).count()', undefined, '', ''],
];

const view = graph.now();
console.log(`${view.nodeCount} nodes, ${view.edgeCount} edges; median ms`);
console.log('    Skein      loop    ratio     goal     peer');
for (const [text, loop, goal, peer] of queries) {
  const own = await medianMs(() => run(text));
  const plain = loop === undefined ? undefined : await medianMs(async () => loop(view));
  const columns = [
    digits(own),
    digits(plain),
    plain === undefined ? '' : (own / plain).toFixed(1),
    goal && `≤ ${goal}`,
    peer,
  ];
  console.log(` ${columns.map((column) => column.padStart(8)).join(' ')}  ${text}`);
}

async function run(text: string): Promise<void> {
  for (const { compiled } of engine.prepareText(text, new Map())) {
    const context = { nowMs: 2000, elapsed: () => performance.now(), turn: () => turnOnce(), random: Math.random };
    const execution = new Execution(compiled, source, context);
    while (!execution.isDone) await execution.pull(100);
  }
}

async function medianMs(act: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  const deadline = performance.now() + 1500;
  while (times.length < 5 || (performance.now() < deadline && times.length < 5000)) {
    const startMs = performance.now();
    await act();
    times.push(performance.now() - startMs);
  }
  return times.sort((a, b) => a - b)[times.length >> 1] as number;
}

function counted<T>(all: Iterable<T>, passes: (one: T) => boolean): number {
  let count = 0;
  for (const one of all) if (passes(one)) count++;
  return count;
}

function digits(ms: number | undefined): string {
  if (ms === undefined) return '';
  return ms < 1 ? ms.toFixed(3) : ms.toFixed(1);
}
