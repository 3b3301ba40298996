/** The composition root's part about one host: its probes, and the namespaces that they find. */
import type { RunningEnds } from './app-ends.ts';
import { probePlans } from './app-probes.ts';
import { NOTHING_WATCHED } from './cli/greeting.ts';
import type { Config } from './config/options.ts';
import type { Change, Commit } from './graph/change.ts';
import type { Graph } from './graph/graph.ts';
import type { GraphView } from './graph/view.ts';
import { openDoor } from './native/index.ts';
import { namespaceRegistry } from './probes/namespaces.ts';
import { ownNamespace } from './probes/netns/own.ts';
import { leftByThoseOff } from './probes/off.ts';
import type { Log, Namespaces, ProbeHost } from './probes/probe.ts';
import { type ProbeStatus, type Supervisor, supervise } from './probes/supervisor.ts';
import { systemClock } from './std/clock.ts';
import { pause } from './std/pause.ts';

export interface HostParts {
  readonly config: Config;
  readonly host: ProbeHost;
  readonly graph: Graph;
  readonly ends: Pick<RunningEnds, 'sockets' | 'translations'>;
  /** In the name of this host's probes. */
  readonly apply: (changes: Iterable<Change>) => Commit;
  readonly log: Log;
  readonly notes: Map<string, string>;
  /** Probes that look at the graph of all hosts, and not at this one. */
  readonly without?: readonly string[];
}

export interface RunningHost extends AsyncDisposable {
  readonly supervisor: Supervisor;
  readonly namespaces: Namespaces;
  /** False: there are no probes. */
  readonly isWatching: boolean;
  /** All probes have told what they see. */
  readonly ready: Promise<void>;
  /** Acts when what an earlier run knew had its time to come back after that; not when it stops before. */
  whenReturned(act: (signal: AbortSignal) => void | Promise<void>): void;
}

/** What an earlier run knew has this long to show itself after the first readings, before it counts as gone. */
const RETURN_MS = 3_000;

export function startHost({ apply, config, ends, graph, host, log, notes, without = [] }: HostParts): RunningHost {
  const door = openDoor();
  const namespaces = namespaceRegistry();
  if (!config.probes.enabled.includes('netns')) namespaces.add(ownNamespace(door, host));
  const plans = probePlans(config).filter(({ probe }) => !without.includes(probe.name));
  const isWatching = plans.length > 0;
  if (!isWatching) {
    log.warn(NOTHING_WATCHED);
    notes.set('probes', NOTHING_WATCHED);
  }
  const supervisor = supervise(plans, {
    door,
    graph: { apply },
    namespaces,
    sockets: ends.sockets,
    translations: ends.translations,
    view: () => graph.now(),
    host,
    log,
    clock: systemClock,
    random: Math.random,
  });
  const stopping = new AbortController();
  const ready = supervisor.ready();
  const its: RunningHost = {
    supervisor,
    namespaces,
    isWatching,
    ready,
    whenReturned(act) {
      ready
        .then(() => pause(systemClock, RETURN_MS, stopping.signal))
        .then(() => (stopping.signal.aborted ? undefined : act(stopping.signal)))
        .catch((error: Error) => log.warn(error.message));
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await supervisor.stop();
    },
  };
  its.whenReturned(() => {
    const left = [...leftByThoseOff(plans, graph.now(), host)];
    if (left.length > 0) apply(left);
  });
  return its;
}

export function countInterfaces(view: GraphView): { interfaces: number; namespaces: number } {
  let interfaces = 0;
  // The host's own is one that has no node of its own.
  let namespaces = 1;
  for (const { metadata } of view.nodes()) {
    if (metadata.IfIndex !== undefined) interfaces++;
    if (metadata.Type === 'netns') namespaces++;
  }
  return { interfaces, namespaces };
}

export function troublesOf({ name, state, lastError, notices }: ProbeStatus): string[] {
  return [...(state === 'waiting' && lastError !== undefined ? [`probe ${name}: ${lastError}`] : []), ...notices];
}
