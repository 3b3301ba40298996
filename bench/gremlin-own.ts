/** The measured side of bench/gremlin-server.ts, in a process of its own: a Gremlin server with the synthetic network. */

import { createGremlinServer } from '../src/api/gremlin/server.ts';
import { MergedTimeline } from '../src/archive/timeline.ts';
import type { GraphNode } from '../src/graph/element.ts';
import { OwnGraph } from '../src/query/gremlin/model/own-graph.ts';
import { ownServices } from '../src/query/gremlin/services/own.ts';
import type { TraversalSource } from '../src/query/gremlin/source.ts';
import { benchElements } from './gremlin-graph.ts';
import { answerMeasurements, send } from './measured.ts';

const [hosts = 100] = process.argv.slice(2).map(Number);
globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
const started = performance.now();
const { graph, model, writer } = new OwnGraph({ nowMs: Date.now, indexed: ['Name', 'Type'] });
const vertices = new Map<string, GraphNode>();
for (const element of benchElements(hosts)) {
  const properties = element.properties.map(([key, value]) => ({ key, value }));
  if (element.kind === 'vertex') vertices.set(element.id, writer.addVertex(element.label, element.id, properties));
  else {
    const [from, to] = [vertices.get(element.from), vertices.get(element.to)];
    if (from && to) writer.addEdge(element.label, from, to, element.id, properties);
  }
}
vertices.clear();
const loadMs = performance.now() - started;
globalThis.gc?.();
const count = graph.now().nodeCount + graph.now().edgeCount;
const bytes = (process.memoryUsage().heapUsed - before) / count;

const timeline = new MergedTimeline({ graph, flushed: async () => undefined, nowMs: Date.now });
const sources = new Map<string, TraversalSource>([
  ['g', { name: 'g', model, timeline, services: ownServices, writer: () => writer }],
]);
const server = createGremlinServer({
  sources: () => sources,
  login: { known: () => ({ name: 'bench' }), check: async (name) => ({ name }) },
  clock: { now: Date.now, elapsed: () => performance.now() },
  random: Math.random,
  log: { info: () => {}, warn: (text) => process.stderr.write(`${text}\n`) },
  hasPassword: false,
  hostNames: [],
});
const { port } = await server.listen('127.0.0.1', 0);
const text = `${count} elements in ${(loadMs / 1000).toFixed(2)} s, ${bytes.toFixed(0)} B each`;
send({ ports: { skein: port, empty: 0 }, text });
answerMeasurements();
