/** The measured side of bench/publisher.ts: the API over a graph that is archived in a folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApi } from '../src/api/api.ts';
import { openEmbeddedArchive } from '../src/archive/embedded/index.ts';
import { MergedTimeline } from '../src/archive/timeline.ts';
import { ArchiveWriter } from '../src/archive/writer.ts';
import { Graph } from '../src/graph/graph.ts';
import { QueryEngine } from '../src/query/query.ts';
import { steps } from '../src/query/steps/index.ts';
import { systemClock } from '../src/std/clock.ts';
import { edgeId } from '../src/std/edgeid.ts';
import { indexedKeys } from './synthetic.ts';

const directory = mkdtempSync(join(tmpdir(), 'skein-bench-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

const graph = new Graph({ indexed: indexedKeys, edgeId, begin: Date.now() });
const archive = await openEmbeddedArchive({ directory });
const writer = new ArchiveWriter({ archive, writerId: 'bench', clock: systemClock });
graph.subscribe((commit) => writer.push(commit));
const flushed = () => writer.flushed();
const api = createApi({
  host: 'bench',
  version: '0.1.0',
  graph,
  timeline: new MergedTimeline({ graph, archive, flushed, nowMs: Date.now }),
  engine: new QueryEngine({ keys: () => indexedKeys }),
  status: () => {
    throw new Error('not asked for here');
  },
  configValue: () => undefined,
  access: { tokens: [], hostNames: [] },
  clock: { now: Date.now, elapsed: () => performance.now() },
  archive: { flushed, isFull: () => writer.isFull },
  vocabulary: { types: [], relations: [], steps },
  log: { info: () => {}, warn: (text) => process.stderr.write(`${text}\n`) },
});

const { port } = await api.listen('127.0.0.1', 0);
process.send?.({ port });
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: (user + system) / 1000, rss: process.memoryUsage.rss(), lost: writer.status().lost.events });
});
process.on('disconnect', () => process.exit());
