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
import { indexedKeys, syntheticChanges } from './synthetic.ts';

export type ToServer = { readonly ask: 'cpu' | 'rss' | 'watch' | 'stall' };
export interface FromServer {
  readonly ports?: { readonly skein: number; readonly empty: number };
  readonly value?: number;
}

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

process.on('message', ({ ask }: ToServer) => {
  if (ask === 'cpu') {
    const { user, system } = process.cpuUsage();
    send({ value: (user + system) / 1000 });
  } else if (ask === 'rss') send({ value: process.memoryUsage.rss() });
  else if (ask === 'watch') {
    watching = true;
    longest = 0;
    watch(threadMs());
    send({});
  } else {
    watching = false;
    send({ value: longest });
  }
});
process.on('disconnect', () => process.exit());

/**
 * The longest stretch between two turns of the event loop, in CPU time of the thread: what neighbours on this machine
 * take is not ours.
 */
let watching = false;
let longest = 0;

function watch(before: number): void {
  setImmediate(() => {
    const now = threadMs();
    longest = Math.max(longest, now - before);
    if (watching) watch(now);
  });
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function send(message: FromServer): void {
  process.send?.(message);
}
