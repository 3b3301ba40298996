/** One graph of one's own while it is served: in memory, or kept in an archive of its own. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEmbeddedArchive } from './archive/embedded/index.ts';
import { Housekeeping } from './archive/housekeeping.ts';
import { restore } from './archive/restore.ts';
import { MergedTimeline } from './archive/timeline.ts';
import { ArchiveWriter } from './archive/writer.ts';
import type { GraphFormat } from './graphfiles/format.ts';
import { readGraphFile } from './graphfiles/read.ts';
import type { Loaded } from './graphfiles/reading.ts';
import { OwnGraph } from './query/gremlin/model/own-graph.ts';
import type { Cardinality } from './query/gremlin/property-graph.ts';
import { systemClock } from './std/clock.ts';
import type { LineLog } from './std/log.ts';
import { mistake } from './std/mistake.ts';

export interface GraphPlan {
  readonly name: string;
  readonly cardinality: Cardinality;
  readonly indexed: readonly string[];
  /** Folder below which it is kept; undefined: in memory only. */
  readonly data: string | undefined;
  readonly horizonMs: number;
  readonly maxBytes: number;
  readonly log: LineLog;
}

export interface OpenGraph extends AsyncDisposable {
  readonly own: OwnGraph;
  readonly timeline: MergedTimeline;
  /** Elements of an earlier run. */
  readonly found: number;
  /** Adds what a file holds. It is all there when this resolves, also on disk. Cut off, an empty graph begins again at the next start. */
  load(file: string, format?: GraphFormat): Promise<Loaded>;
}

/** Events that memory holds at most. */
const EVENTS_MAX = 4_000_000;
const HOUSEKEEPING_MS = 5_000;
/** Who changes a graph of their own waits for the answer; the less is on its way when the power goes, the better. */
const GATHER_MS = 2;
/** A graph forgets its past for lack of room alone. */
const AGE_MS_MAX = 36_500 * 86_400_000;

export async function openGraph(plan: GraphPlan): Promise<OpenGraph> {
  await using stack = new AsyncDisposableStack();
  const place = plan.data === undefined ? undefined : await placeOf(plan.data, plan.name, plan.log);
  const archive =
    place && stack.use(await openEmbeddedArchive({ ...place, maxBytes: plan.maxBytes, maxAgeMs: AGE_MS_MAX }));
  const kept = await archive?.range();
  // After all that is kept, as in app.ts: no moment belongs to two runs.
  const begin = Math.max(Date.now(), Math.floor(kept?.to ?? 0) + 1);
  const writer =
    archive && new ArchiveWriter({ archive, writerId: randomUUID(), clock: systemClock, gatherMs: GATHER_MS });
  if (writer) stack.defer(() => writer.stop());
  const flushed = () => writer?.flushed() ?? Promise.resolve();
  // What a file holds is there from one moment on, however long the reading takes.
  let loadingAt: number | undefined;
  const own = new OwnGraph({
    nowMs: () => loadingAt ?? Date.now(),
    indexed: plan.indexed,
    usual: plan.cardinality,
    begin,
    firstRevision: begin * 1_000,
    ...(archive && { kept: flushed }),
    mayWrite: () => {
      if (writer?.isFull)
        throw mistake('graph.busy', 'the disk does not keep up with the changes', 'try again in a moment');
    },
  });
  const { graph } = own;
  const timeline = new MergedTimeline({ graph, flushed, nowMs: Date.now, ...(archive && { archive }) });
  const found = archive ? (await restore(archive, graph, '')).elements : 0;
  own.writer.countOn();
  if (writer) graph.subscribe((commit) => writer.push(commit));
  writer?.heartbeat();
  await timeline.refresh();
  const house = new Housekeeping({
    graph,
    timeline,
    archive,
    writer,
    horizonMs: plan.horizonMs,
    versionsMax: EVENTS_MAX,
    clock: systemClock,
    log: plan.log,
  });
  const housekeeping = setInterval(() => void house.keep(), HOUSEKEEPING_MS);
  stack.defer(() => clearInterval(housekeeping));

  const opened = stack.move();
  return {
    own,
    timeline,
    found,
    async load(file, format) {
      const unfinished = place && unfinishedOf(place.directory);
      if (unfinished && found === 0) await writeFile(unfinished, `${file}\n`);
      loadingAt = Date.now();
      const loaded = await readGraphFile(file, own.writer, format, async () => {
        if (writer?.isFull) await writer.flushed();
      }).finally(() => {
        loadingAt = undefined;
      });
      await flushed();
      if (unfinished) await rm(unfinished, { force: true });
      return loaded;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** What a load that was cut off left behind is taken away: nobody has written to it since. */
async function placeOf(data: string, name: string, log: LineLog): Promise<{ readonly directory: string }> {
  const directory = join(data, name);
  await mkdir(data, { recursive: true, mode: 0o700 });
  if (existsSync(unfinishedOf(directory))) {
    log.warn(`graph ${name}: an earlier load was cut off; beginning again`);
    await rm(directory, { recursive: true, force: true });
    await rm(unfinishedOf(directory));
  }
  return { directory };
}

function unfinishedOf(directory: string): string {
  return `${directory}.loading`;
}
