/** The composition root's part about who is at the ends of conversations: the tables, how long they remember, what is kept. */
import { randomUUID } from 'node:crypto';
import type { SocketArchive, SocketArchiveHealth } from './archive/archive.ts';
import { SocketTimeline } from './archive/socket-timeline.ts';
import { SocketWriter } from './archive/socket-writer.ts';
import type { SocketStatus } from './contract/status.ts';
import { SocketTable } from './ends/socket-table.ts';
import type { SocketView } from './ends/socket-view.ts';
import { TranslationTable } from './ends/translation-table.ts';
import type { LookUpEnds } from './flow/ends.ts';
import type { Graph } from './graph/graph.ts';
import { LiveEnds } from './query/live-ends.ts';
import { systemClock } from './std/clock.ts';
import type { LineLog } from './std/log.ts';
import { pause } from './std/pause.ts';
import { Unavailable } from './std/unavailable.ts';

export interface EndsParts {
  readonly graph: Graph;
  /** Where sockets are kept; undefined: nowhere. */
  readonly archive: SocketArchive | undefined;
  /** What was before, this process has not seen. */
  readonly begin: number;
  readonly horizonMs: number;
  readonly log: LineLog;
  /** Whoever tells of sockets keeps them too: here they are only looked up, once they are kept. */
  readonly keptByOthers?: () => Promise<void>;
}

export interface RunningEnds extends AsyncDisposable {
  readonly sockets: SocketTable;
  readonly translations: TranslationTable;
  readonly lookUp: LookUpEnds;
  /** What queries see. */
  readonly view: SocketView;
  status(): SocketStatus;
}

/** How often what is too old is forgotten, what has stayed is written, and the archive asked how it is. */
const KEEPING_MS = 5_000;
/** Closed sockets that are remembered in memory, about 600 bytes each: older ones are asked of the archive, where there is one. */
const CLOSED_KEPT_MAX = 30_000;
const CLOSED_MAX = 100_000;
/** Translations are remembered so long after their end: flows are told of no later. */
const TRANSLATIONS_MS = 120_000;

export function startEnds(parts: EndsParts): RunningEnds {
  const { graph, archive, begin, horizonMs, log } = parts;
  const sockets = new SocketTable({ begin, closedMax: archive ? CLOSED_KEPT_MAX : CLOSED_MAX });
  const translations = new TranslationTable();
  const ends = new LiveEnds({ sockets, translations, view: () => graph.now() });
  const unsubscribe = graph.subscribe((commit) => ends.saw(commit));
  const written = parts.keptByOthers ? undefined : archive;
  const flushed = parts.keptByOthers ?? (() => writer?.flushed() ?? Promise.resolve());
  const writer =
    written &&
    new SocketWriter({ archive: written, writerId: randomUUID(), get: (id) => sockets.get(id), clock: systemClock });
  const away = new AbortController();
  // Orders to an archive are carried out one after the other: this one comes before all that is written.
  if (written) void closeLost(written, log, away.signal);
  if (writer) sockets.listen(writer);
  let health: SocketArchiveHealth | undefined;
  const keep = async () => {
    sockets.forgetBefore(Date.now() - horizonMs);
    translations.forgetBefore(Date.now() - TRANSLATIONS_MS);
    writer?.beat();
    health = await archive?.health();
  };
  const keeping = setInterval(() => void keep(), KEEPING_MS).unref();
  return {
    sockets,
    translations,
    lookUp: ends.lookUp,
    view: new SocketTimeline({ live: sockets, archive, flushed }),
    status: () => ({ ...tablesStatus(sockets, translations), ...archiveStatus(health, writer) }),
    async [Symbol.asyncDispose]() {
      away.abort();
      unsubscribe();
      clearInterval(keeping);
      await writer?.stop();
    },
  };
}

/** An archive that is away is asked again. */
async function closeLost(archive: SocketArchive, log: LineLog, signal: AbortSignal): Promise<void> {
  for (let isTold = false; !signal.aborted; isTold = true) {
    try {
      await archive.closeLost();
      return;
    } catch (error) {
      if (!isTold) log.warn(`sockets: ${(error as Error).message}`);
      if (!(error instanceof Unavailable)) return;
      await pause(systemClock, KEEPING_MS, signal);
    }
  }
}

function tablesStatus(sockets: SocketTable, translations: TranslationTable): SocketStatus {
  const open = sockets.stats();
  const live = translations.stats();
  return {
    Open: open.open,
    Closed: open.closed,
    Opened: open.openedTotal,
    Refused: open.refused,
    Forgotten: open.forgotten,
    Translations: live.live,
    TranslationsRefused: live.refused,
  };
}

function archiveStatus(
  health: SocketArchiveHealth | undefined,
  writer: SocketWriter | undefined,
): Pick<SocketStatus, 'Archive'> {
  if (!health || !writer) return {};
  const { queued, written, failures, lost, notes } = writer.status();
  return {
    Archive: {
      Sockets: health.sockets,
      SizeBytes: health.sizeBytes,
      Range: health.range ?? null,
      Notes: [...health.notes, ...notes],
      Queued: queued,
      Written: written,
      Failures: failures,
      Lost: lost,
    },
  };
}
