/**
 * The measured side of bench/flow-http.ts: a server with so many live flows at 100 nodes, all of them told to an archive
 * when asked for, and an express route that does nothing. `node bench/flow-http-server.ts flows [archived]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import * as z from 'zod';
import { createApi } from '../src/api/api.ts';
import { openEmbeddedArchive } from '../src/archive/embedded/index.ts';
import { FlowTimeline } from '../src/archive/flow-timeline.ts';
import { FlowWriter } from '../src/archive/flow-writer.ts';
import { MemoryArchive } from '../src/archive/memory/index.ts';
import { MergedTimeline } from '../src/archive/timeline.ts';
import { FlowTable } from '../src/flow/table.ts';
import { Graph } from '../src/graph/graph.ts';
import { QueryEngine } from '../src/query/query.ts';
import { steps } from '../src/query/steps/index.ts';
import { systemClock } from '../src/std/clock.ts';
import { edgeId } from '../src/std/edgeid.ts';
import { conversations, life, perBuffer, placeAt } from './conversations.ts';
import { answerMeasurements, send } from './measured.ts';
import { indexedKeys, syntheticChanges } from './synthetic.ts';

const [flowsWanted, isArchived] = [Number(process.argv[2] ?? 100_000), process.argv[3] === 'archived'];
/** Conversations that are seen at ten places. */
const WIDE = 100;

const graph = new Graph({ indexed: indexedKeys, edgeId, begin: Date.now() });
graph.apply(syntheticChanges(1), { host: 'bench', origin: 'agent.bench', time: Date.now() });
const timeline = new MergedTimeline({
  graph,
  archive: new MemoryArchive(),
  flushed: () => Promise.resolve(),
  nowMs: Date.now,
});
const tids = [...graph.now().nodes()].flatMap(({ metadata: { TID } }) => (typeof TID === 'string' ? [TID] : []));

const before = memory();
const table = new FlowTable({ life, flowsMax: flowsWanted, decode: () => undefined });
const places = 100;
for (const tid of tids.slice(0, places)) table.addPlace(placeAt(tid));
const { archive, flushed } = isArchived ? await archived() : { archive: undefined, flushed: () => Promise.resolve() };
const cpu = process.cpuUsage();
const count = flowsWanted - 9 * WIDE;
for (let from = 0; from < count; from += perBuffer) {
  const ms = Date.now();
  table.observe(conversations({ from, count: Math.min(perBuffer, count - from), places, ms, wide: WIDE }), ms);
}
if (archive) await tellAll();
const { user, system } = process.cpuUsage(cpu);
const each = (memory() - before) / table.stats().flows;
const text =
  `${table.stats().flows} flows: ${Math.round(each)} bytes each of the process (goal ≤ 400), ` +
  `${Math.round(table.stats().sizeBytes / table.stats().flows)} of them typed; ` +
  `${((user + system) / table.stats().flows).toFixed(1)} µs of CPU to make and take in each`;

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
  flows: { flows: new FlowTimeline({ live: table, archive: archive?.flows, flushed }) },
  log: { info: () => {}, warn: (line) => process.stderr.write(`${line}\n`) },
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
  send({ ports: { skein: port, empty: (empty.address() as AddressInfo).port }, text });
});
answerMeasurements();

async function archived() {
  const directory = mkdtempSync(join(process.env.TMPDIR ?? tmpdir(), 'skein-bench-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const opened = await openEmbeddedArchive({ directory, flows: { maxBytes: 2 ** 36 } });
  const writer = new FlowWriter({
    archive: opened.flows as NonNullable<typeof opened.flows>,
    writerId: 'bench',
    host: 'bench',
    lost: ({ reason }) => {
      throw new Error(reason);
    },
    clock: systemClock,
  });
  table.onUpdate((flows) => writer.push(flows));
  return { archive: opened, flushed: () => writer.flushed() };
}

/** What is there is told now, as it would be after an update period. */
async function tellAll(): Promise<void> {
  while (table.tick(Date.now() + life.updateMs)) await flushed();
  await flushed();
}

function memory(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}
