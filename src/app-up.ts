import type { ServerStatus } from './api/parts.ts';
import type { Running } from './app.ts';
import { askToRead, startAlerts } from './app-alerts.ts';
import { type Answering, startApi } from './app-api.ts';
import { openArchive, tracesArchive } from './app-archive.ts';
import { bundlesOf } from './app-bundle.ts';
import { CHECK_WHY_MS, startChecks } from './app-checks.ts';
import { startDials } from './app-dial.ts';
import { startEnds } from './app-ends.ts';
import { startFlows } from './app-flows.ts';
import { HOUSEKEEPING_MS, historyOf, startHistory } from './app-history.ts';
import { countInterfaces, startHost, troublesOf } from './app-host.ts';
import { startHostInjections, startInjections } from './app-injection.ts';
import { queryLimits } from './app-limits.ts';
import { probeReplies } from './app-probe-status.ts';
import { ruleOrigin, startRules } from './app-rules.ts';
import { secure } from './app-security.ts';
import { whyOf } from './app-why.ts';
import { openWorkflows } from './app-workflows.ts';
import type { Archive } from './archive/archive.ts';
import { closeLost, type Restored } from './archive/restore.ts';
import { captureTypes } from './capture/vocabulary.ts';
import { greeting } from './cli/greeting.ts';
import type { Loaded } from './config/load.ts';
import type { Change, Source } from './graph/change.ts';
import type { Graph } from './graph/graph.ts';
import { injectedTypes } from './injection/vocabulary.ts';
import { mergedTypes } from './model/vocabulary.ts';
import { openPacketDoor } from './native/index.ts';
import { probes as probeList } from './probes/index.ts';
import type { Log } from './probes/probe.ts';
import { thisHost } from './probes/thishost.ts';
import { QueryEngine } from './query/query.ts';
import { systemClock } from './std/clock.ts';
import { pause, settlesWithin } from './std/pause.ts';

/** How long `up` waits for the first readings before it says what it sees. */
const GREETING_MS = 900;

export async function startUp(loaded: Loaded, log: Log): Promise<Running> {
  const { config } = loaded;
  const startedAt = Date.now();
  // What was opened is closed again when the start fails half way; a start that succeeds hands it on.
  await using stack = new AsyncDisposableStack();
  const notes = new Map<string, string>();
  const host = thisHost(config.host);
  const origin = `agent.${host.name}`;
  const probed = probeList.flatMap((probe) => [...probe.types, ...(probe.adds ?? [])]);
  const names = probed.map(({ name }) => name);
  const types = mergedTypes([...probed, ...captureTypes(names), ...injectedTypes(names)]);

  const security = secure(config, log);

  const archive = await openArchive(config, log, notes);
  if (archive) stack.use(archive);
  const history = stack.use(
    await startHistory({ config, types, archive, ownOrigins: [origin, ruleOrigin(host.name)], startedAt, log }),
  );
  const { graph, keys, timeline, writer, begin, restored } = history;

  const ends = stack.use(startEnds({ graph, archive: archive?.sockets, begin, horizonMs: config.graph.horizon, log }));
  const apply = (changes: Iterable<Change>) =>
    graph.apply(changes, { host: host.name, origin, time: Date.now() } satisfies Source);
  const watched = stack.use(startHost({ config, host, graph, ends, apply, log, notes }));
  const { supervisor, namespaces, isWatching, ready } = watched;
  const engine = new QueryEngine({ keys: () => keys.list(), limits: queryLimits(config) });
  const flows = stack.use(
    startFlows({
      config,
      host,
      door: openPacketDoor(),
      graph,
      timeline,
      engine,
      namespaces,
      apply,
      log,
      notes,
      archive: archive?.flows,
      openTraces: tracesArchive(config),
      ends,
    }),
  );
  const injector = stack.use(startHostInjections({ config, host, graph, namespaces, apply }));
  const dials = stack.use(startDials({ host, namespaces }));
  const injections = stack.use(
    startInjections({ config, graph, timeline, engine, ends, dials, where: { kind: 'here', host: injector, origin } }),
  );
  const { checks } = stack.use(
    startChecks({
      ...{ config, graph, timeline, engine, dials, log },
      captures: flows.captures,
      flows: flows.api.flows ?? {},
      injecting: injections,
      why: whyOf({ timeline, sockets: ends.view, timeMs: CHECK_WHY_MS }),
    }),
  );
  const rules = stack.use(startRules({ config, host: host.name, graph, timeline, engine, types, log, notes }));
  const workflows = openWorkflows(config);
  let answering: Answering | undefined;
  const alerts = stack.use(
    startAlerts({
      ...{ config, host: host.name, graph, timeline, engine, flows: flows.api.flows ?? {}, workflows, log, notes },
      ask: (request, signal) => askToRead(answering, request, signal),
    }),
  );
  // What an earlier run said of captures goes when it has come back: not before.
  watched.whenReturned(() => flows.sweep());
  watched.whenReturned(() => injector.sweep());
  if (archive && restored) watched.whenReturned((signal) => settle(archive, graph, restored, log, signal));

  await history.keepHouse();
  // Again as soon as there is something to tell of.
  void ready.then(() => history.keep());

  const status = (): ServerStatus => ({
    StartedAt: startedAt,
    Notes: [...loaded.notes.map(({ text }) => text), ...notes.values()],
    Probes: probeReplies(supervisor.status(), graph.now()),
    ...history.status(),
    ...flows.status(),
    Rules: rules.status(),
    Injections: injections.status(),
    Workflows: workflows.status(),
    Alerts: alerts.status(),
    Sockets: ends.status(),
  });

  answering = stack.use(
    await startApi({
      loaded,
      security,
      types,
      listen: config.listen,
      hasGremlin: true,
      host: host.name,
      graph,
      timeline,
      engine,
      status,
      archive: { flushed: history.flushed, isFull: () => writer?.isFull ?? false },
      ...flows.api,
      bundles: bundlesOf({
        ...{ host: host.name, timeline, engine, archive, flows: flows.api.flows },
        flushed: history.flushed,
        expireMs: config.flow.expire,
        checks: () => checks.made?.list(),
      }),
      injections,
      checks,
      rules: rules.api,
      workflows,
      alerts: alerts.api,
      drops: async (...asked) => (await import('./app-drops.ts')).apiDrops(dials, () => graph.now())(...asked),
      async datapathFlows(bridge, signal) {
        const { bridgeFlows } = await import('./probes/openflow/bridges.ts');
        return bridgeFlows({ view: graph.now(), host: host.name, bridge, signal });
      },
      keys: () => keys.list(),
      log,
    }),
  );

  const { place } = answering;
  const opened = stack.move();
  return {
    async greeting() {
      const isAll = await settlesWithin(systemClock, GREETING_MS, ready);
      return greeting({
        ...countInterfaces(graph.now()),
        isAll,
        isWatching,
        listen: place,
        history: historyOf(history),
        newToken: security.newToken === undefined ? undefined : { token: security.newToken, file: config.tokenFile },
        troubles: supervisor.status().flatMap(troublesOf),
      });
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** What was alive when an earlier run ended and did not come back is closed at the last moment it was known. */
async function settle(
  archive: Archive,
  graph: Graph,
  restored: Restored,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const lost = await closeLost(archive, graph, restored, async () => {
    await pause(systemClock, HOUSEKEEPING_MS, signal);
    return !signal.aborted;
  });
  if (restored.lastKnown === undefined || restored.elements === 0) return;
  const since = new Date(restored.lastKnown).toISOString();
  const names = lost.flatMap(({ kind, metadata: { Name, Type } }) => (kind === 'node' ? [String(Name ?? Type)] : []));
  log.info(
    `found ${restored.elements} elements of an earlier run, last seen ${since}` +
      (lost.length === 0 ? '' : `; gone since then: ${lost.length} (${names.slice(0, 10).join(', ')})`),
  );
}
