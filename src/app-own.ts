/**
 * The composition root's part about what analyzers say themselves, of all hosts: fabric, peering, tunnels, what rules
 * make. Of several analyzers one says it, the others take it from the archive; when another one's turn comes it says
 * everything anew, and what is not said any more has ended.
 */
import type { RunningEnds } from './app-ends.ts';
import { type RunningHost, startHost } from './app-host.ts';
import type { RunningRules } from './app-rules.ts';
import type { Sharing } from './app-sharing.ts';
import type { Config } from './config/options.ts';
import type { Change, Commit } from './graph/change.ts';
import type { Graph } from './graph/graph.ts';
import { probes as probeList } from './probes/index.ts';
import type { Log, ProbeHost } from './probes/probe.ts';
import type { ProbeStatus } from './probes/supervisor.ts';
import { edgeId } from './std/edgeid.ts';

/** What looks at the graph of all hosts. */
const PROBES = ['fabric', 'peering', 'tunnels'];
/** In whose name all analyzers speak, and as what host where there may be several. */
export const ANALYZERS = 'analyzer';
export const ANALYZERS_RULES = 'rules';
export const ANALYZERS_USERS = 'api';
/** How often it is looked whose turn it is, besides when the lease says so. */
const TURN_MS = 1_000;

export interface OwnParts {
  readonly config: Config;
  readonly host: ProbeHost;
  readonly graph: Graph;
  readonly ends: Pick<RunningEnds, 'sockets' | 'translations'>;
  readonly sharing: Pick<Sharing, 'isShared' | 'speaks' | 'onFirst'>;
  readonly rules: Pick<RunningRules, 'api'>;
  readonly log: Log;
  readonly notes: Map<string, string>;
}

export interface RunningOwn extends AsyncDisposable {
  status(): readonly ProbeStatus[];
}

export function startOwn({ rules, sharing, ...parts }: OwnParts): RunningOwn {
  const { config, ends, graph, log, notes } = parts;
  // Ids of a fabric follow from the host: they are to be the same whoever says them.
  const host = sharing.isShared ? { ...parts.host, name: ANALYZERS } : parts.host;
  const without = probeList.map(({ name }) => name).filter((name) => !PROBES.includes(name));
  let said = new Set<string>();
  const say = (changes: Iterable<Change>): Commit => {
    const time = Date.now();
    if (!sharing.speaks()) return { time, recordedAt: time, events: [], samples: [], refused: [] };
    return graph.apply(remembering(changes, said), { host: host.name, origin: ANALYZERS, time });
  };
  const start = (): RunningHost => startHost({ config, host, graph, ends, apply: say, log, notes, without });
  let watched = start();
  let wasTurn = false;
  let turning: Promise<void> = Promise.resolve();
  const look = () => {
    const isTurn = sharing.speaks();
    if (isTurn && !wasTurn) turning = turning.then(takeOver).catch((error: Error) => log.warn(error.message));
    wasTurn = isTurn;
  };
  const takeOver = async () => {
    await watched[Symbol.asyncDispose]();
    said = new Set();
    watched = start();
    watched.whenReturned(() => {
      if (sharing.speaks()) graph.apply(unsaid(graph, said), { host: host.name, origin: ANALYZERS, time: Date.now() });
    });
    rules.api.takeOver();
  };
  sharing.onFirst(look);
  const looking = setInterval(look, TURN_MS).unref();
  look();
  return {
    status: () => watched.supervisor.status(),
    async [Symbol.asyncDispose]() {
      clearInterval(looking);
      wasTurn = true;
      await turning;
      await watched[Symbol.asyncDispose]();
    },
  };
}

function* remembering(changes: Iterable<Change>, said: Set<string>): Generator<Change> {
  for (const change of changes) {
    if (change.kind === 'node') said.add(`node ${change.id}`);
    else if (change.kind === 'edge') {
      const { parent, child, metadata } = change;
      said.add(`edge ${change.id ?? edgeId(parent, child, String(metadata.RelationType ?? ''))}`);
    }
    yield change;
  }
}

/** What another said before, and this one does not see. */
function* unsaid(graph: Graph, said: ReadonlySet<string>): Generator<Change> {
  const view = graph.now();
  for (const elements of [view.edges(), view.nodes()])
    for (const { kind, id, origin } of [...elements])
      if (origin === ANALYZERS && !said.has(`${kind} ${id}`)) yield { kind: 'gone', id, of: kind };
}
