/** The composition root's part about who is at the ends of conversations: the tables, how long they remember, what is kept. */
import type { SocketStatus } from './contract/status.ts';
import { SocketTable } from './ends/socket-table.ts';
import type { SocketView } from './ends/socket-view.ts';
import { TranslationTable } from './ends/translation-table.ts';
import type { LookUpEnds } from './flow/ends.ts';
import type { Graph } from './graph/graph.ts';
import { LiveEnds } from './query/live-ends.ts';

export interface EndsParts {
  readonly graph: Graph;
  /** What was before, this process has not seen. */
  readonly begin: number;
  readonly horizonMs: number;
}

export interface RunningEnds extends AsyncDisposable {
  readonly sockets: SocketTable;
  readonly translations: TranslationTable;
  readonly lookUp: LookUpEnds;
  /** What queries see. */
  readonly view: SocketView;
  status(): SocketStatus;
}

/** How often what is too old is forgotten. */
const FORGET_MS = 5_000;
/** Translations are remembered so long after their end: flows are told of no later. */
const TRANSLATIONS_MS = 120_000;

export function startEnds({ graph, begin, horizonMs }: EndsParts): RunningEnds {
  const sockets = new SocketTable({ begin });
  const translations = new TranslationTable();
  const ends = new LiveEnds({ sockets, translations, view: () => graph.now() });
  const unsubscribe = graph.subscribe((commit) => ends.saw(commit));
  const forgetting = setInterval(() => {
    sockets.forgetBefore(Date.now() - horizonMs);
    translations.forgetBefore(Date.now() - TRANSLATIONS_MS);
  }, FORGET_MS).unref();
  return {
    sockets,
    translations,
    lookUp: ends.lookUp,
    view: sockets,
    status: () => socketStatus(sockets, translations),
    async [Symbol.asyncDispose]() {
      unsubscribe();
      clearInterval(forgetting);
    },
  };
}

function socketStatus(sockets: SocketTable, translations: TranslationTable): SocketStatus {
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
