/** The composition root's part about time: the graph, what is kept of it, and the timeline over both. */
import { randomUUID } from 'node:crypto';
import type { ServerStatus } from './api/parts.ts';
import type { Archive, ArchiveHealth } from './archive/archive.ts';
import { Housekeeping } from './archive/housekeeping.ts';
import { type Restored, restore, restoringFirst } from './archive/restore.ts';
import { MergedTimeline } from './archive/timeline.ts';
import { ArchiveWriter } from './archive/writer.ts';
import type { Config } from './config/options.ts';
import type { ArchiveStatus } from './contract/status.ts';
import type { Commit } from './graph/change.ts';
import { Graph } from './graph/graph.ts';
import { KnownKeys } from './graph/keys.ts';
import { indexedKeysOf, keysOf, type NodeType } from './model/vocabulary.ts';
import type { Log } from './probes/probe.ts';
import { systemClock } from './std/clock.ts';
import { edgeId } from './std/edgeid.ts';
import { Unavailable } from './std/unavailable.ts';

export interface HistoryParts {
  readonly config: Config;
  readonly types: readonly NodeType[];
  readonly archive: Archive | undefined;
  /** Whose elements wait for someone to speak of them again. */
  readonly ownOrigins: readonly string[];
  /** What of a commit is written from here; all of it by default. */
  readonly written?: (commit: Commit) => Commit | undefined;
  /** Resolves when what others have told is written; rejects while the archive is away. */
  readonly flushedByOthers?: () => Promise<void>;
  readonly startedAt: number;
  readonly log: Log;
}

export interface RunningHistory extends AsyncDisposable {
  readonly graph: Graph;
  readonly keys: KnownKeys;
  readonly timeline: MergedTimeline;
  readonly writer: ArchiveWriter | undefined;
  /** First moment of this run. */
  readonly begin: number;
  readonly restored: Restored | undefined;
  readonly flushed: () => Promise<void>;
  /** The archive as it was last looked at. */
  readonly health: () => ArchiveHealth | undefined;
  /** From now on what is due from time to time is done; resolves when it was done once. */
  keepHouse(): Promise<void>;
  /** Does what is due now. */
  keep(): Promise<void>;
  status(): Pick<ServerStatus, 'Graph' | 'Archive'>;
}

/** How often signs of life are written, what is too old forgotten, and the archive's state read. */
export const HOUSEKEEPING_MS = 5_000;

export async function startHistory(parts: HistoryParts): Promise<RunningHistory> {
  const { archive, config, log, startedAt, types, written: ownPart = (commit) => commit } = parts;
  const kept = await unlessAway(archive?.range());
  // After all that is kept: the clock may have been set back since, and no moment belongs to two runs.
  const begin = Math.max(startedAt, Math.floor(kept?.to ?? 0) + 1);
  const graph = new Graph({
    indexed: indexedKeysOf(types),
    edgeId,
    begin,
    // Revisions go on growing after a restart without a word kept about them: a thousand for each ms of the clock.
    firstRevision: begin * 1_000,
  });
  const keys = new KnownKeys([...keysOf(types), 'RelationType']);
  graph.subscribe((commit) => keys.see(commit));
  const restored = archive && (await unlessAway(restore(archive, graph, ...parts.ownOrigins)));
  const written = archive && (restored ? archive : restoringFirst(archive, graph, ...parts.ownOrigins));
  const writer = written && new ArchiveWriter({ archive: written, writerId: randomUUID(), clock: systemClock });
  const flushed = () => writer?.flushed() ?? Promise.resolve();
  const timeline = new MergedTimeline({
    graph,
    flushed: async () => void (await Promise.all([flushed(), parts.flushedByOthers?.()])),
    nowMs: Date.now,
    ...(archive && { archive }),
  });
  // What users made in an earlier run has keys of its own, and is no news.
  for (const node of graph.now().nodes()) keys.seeOf(node);
  if (writer)
    graph.subscribe((commit) => {
      const its = ownPart(commit);
      if (its) writer.push(its);
    });
  // From here on somebody is watching, also when nothing changes.
  writer?.heartbeat();
  await unlessAway(timeline.refresh());
  const house = new Housekeeping({
    graph,
    timeline,
    archive,
    writer,
    horizonMs: config.graph.horizon,
    versionsMax: config.graph.versionsMax,
    clock: systemClock,
    log,
  });
  let housekeeping: NodeJS.Timeout | undefined;
  return {
    graph,
    keys,
    timeline,
    writer,
    begin,
    restored,
    flushed,
    health: () => house.health,
    keep: () => house.keep(),
    async keepHouse() {
      await house.keep();
      housekeeping = setInterval(() => void house.keep(), HOUSEKEEPING_MS);
    },
    status: () => ({
      Graph: {
        Nodes: graph.nodes.alive.size,
        Edges: graph.edges.alive.size,
        Revision: graph.revision,
        Range: timeline.range(),
      },
      Archive: house.health && writer ? archiveReply(house.health, writer) : null,
    }),
    async [Symbol.asyncDispose]() {
      clearInterval(housekeeping);
      await writer?.stop();
    },
  };
}

/** Undefined while an archive on another machine is away: what happens now is seen all the same. */
async function unlessAway<T>(answer: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}

function archiveReply(health: ArchiveHealth, writer: ArchiveWriter): ArchiveStatus {
  const { queued, oldestQueuedMs, written, failures, lost, notes } = writer.status();
  return {
    Kind: health.kind,
    Place: health.place,
    State: health.state,
    Notes: [...health.notes, ...notes],
    SizeBytes: health.sizeBytes,
    SizeBytesMax: health.sizeBytesMax,
    AgeMsMax: health.ageMsMax,
    Versions: health.versions,
    Samples: health.samples,
    Range: health.range ?? null,
    Queued: queued,
    OldestQueuedMs: Math.max(0, oldestQueuedMs),
    Written: written,
    Failures: failures,
    Lost: lost.events + lost.samples,
  };
}

/** For who greets: where it is kept, and since when. */
export function historyOf({ health, timeline }: RunningHistory) {
  const known = health();
  return known && { ...known, from: timeline.range().from };
}
