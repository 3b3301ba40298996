/** The measured side of bench/http.ts, in a process of its own: our server, and an express route that does nothing. */
import type { AddressInfo } from 'node:net';
import express from 'express';
import * as z from 'zod';
import { createApi } from '../src/api/api.ts';
import { MemoryArchive } from '../src/archive/memory/index.ts';
import { MergedTimeline } from '../src/archive/timeline.ts';
import type { Change } from '../src/graph/change.ts';
import { Graph } from '../src/graph/graph.ts';
import { QueryEngine } from '../src/query/query.ts';
import { steps } from '../src/query/steps/index.ts';
import { edgeId } from '../src/std/edgeid.ts';
import { hostGraph } from './host-graph.ts';
import { answerMeasurements, send } from './measured.ts';
import { indexedKeys, syntheticChanges } from './synthetic.ts';

const size = process.argv[2] ?? '51';
const graph = new Graph({ indexed: indexedKeys, edgeId, begin: Date.now() });
const changes: Iterable<Change> = size === '51' ? hostGraph() : syntheticChanges(Number(size) / 100);
graph.apply(changes, { host: 'bench', origin: 'agent.bench', time: Date.now() });

const timeline = new MergedTimeline({
  graph,
  archive: new MemoryArchive(),
  flushed: () => Promise.resolve(),
  nowMs: Date.now,
});
const api = createApi({
  host: 'bench',
  version: '0.1.0',
  graph,
  timeline,
  engine: new QueryEngine({ keys: () => indexedKeys }),
  status: () => {
    throw new Error('not asked for here');
  },
  configValue: () => undefined,
  access: { tokens: [], hostNames: [] },
  clock: { now: Date.now, elapsed: () => performance.now() },
  archive: { flushed: () => Promise.resolve(), isFull: () => false },
  vocabulary: { types: [], relations: [], steps },
  log: { info: () => {}, warn: (text) => process.stderr.write(`${text}\n`) },
});

const shape = z.object({ GremlinQuery: z.string() });
const app = express();
app.disable('x-powered-by');
app.post('/api/topology', express.json(), (request, response) => {
  shape.parse(request.body);
  response.json(51);
});

const { port } = await api.listen('127.0.0.1', 0);
const empty = app.listen(0, '127.0.0.1', () => {
  send({ ports: { skein: port, empty: (empty.address() as AddressInfo).port } });
});

answerMeasurements();
