/** The composition root: reads the configuration, builds the parts, starts them, stops them. It alone knows them all. */
import { randomUUID } from 'node:crypto';
import { createApi } from './api/api.ts';
import type { ServerStatus } from './api/parts.ts';
import { openArchive, tracesArchive } from './app-archive.ts';
import { startEnds } from './app-ends.ts';
import { startFlows } from './app-flows.ts';
import { countInterfaces, startHost, troublesOf } from './app-host.ts';
import { apiLimits, gremlinLimits, queryLimits } from './app-limits.ts';
import { probeReplies } from './app-probe-status.ts';
import { ruleOrigin, startRules } from './app-rules.ts';
import { secure } from './app-security.ts';
import type { Archive, ArchiveHealth } from './archive/archive.ts';
import { Housekeeping } from './archive/housekeeping.ts';
import { closeLost, type Restored, restore } from './archive/restore.ts';
import { MergedTimeline } from './archive/timeline.ts';
import { ArchiveWriter } from './archive/writer.ts';
import { captureTypes } from './capture/vocabulary.ts';
import { greeting } from './cli/greeting.ts';
import { version } from './cli/version.ts';
import { loadConfigHere } from './config/here.ts';
import type { Loaded } from './config/load.ts';
import { lookUpConfig } from './config/look-up.ts';
import type { ArchiveStatus } from './contract/status.ts';
import type { Change, Source } from './graph/change.ts';
import { Graph } from './graph/graph.ts';
import { KnownKeys } from './graph/keys.ts';
import { relations } from './model/relations.ts';
import { indexedKeysOf, keysOf, mergedTypes } from './model/vocabulary.ts';
import { openPacketDoor } from './native/index.ts';
import { probes as probeList } from './probes/index.ts';
import { bridgeFlows } from './probes/openflow/bridges.ts';
import type { Log } from './probes/probe.ts';
import { thisHost } from './probes/thishost.ts';
import { QueryEngine } from './query/query.ts';
import { steps } from './query/steps/index.ts';
import { systemClock } from './std/clock.ts';
import { edgeId } from './std/edgeid.ts';
import { logTo } from './std/log.ts';
import { pause, settlesWithin } from './std/pause.ts';
import { Unavailable } from './std/unavailable.ts';

/** How often signs of life are written, what is too old forgotten, and the archive's state read. */
const HOUSEKEEPING_MS = 5_000;
/** How long `up` waits for the first readings before it says what it sees. */
const GREETING_MS = 900;

/** Runs agent and analyzer in this process until a signal ends it. Resolves to the exit code. */
export async function runUp(flags: Readonly<Record<string, unknown>>): Promise<number> {
  const loaded = loadConfigHere({ flags, env: process.env, probes: probeList.map(({ name }) => name) });
  const { config } = loaded;
  const log = logTo(
    (line) => process.stderr.write(line),
    config.log.level,
    () => new Date(),
  );
  for (const { text } of loaded.notes) log.info(text);
  const ended = signalled();
  await using skein = await start(loaded, log);
  process.stdout.write(await skein.greeting());
  log.info(`${await ended}: stopping`);
  return 0;
}

interface Running extends AsyncDisposable {
  readonly greeting: () => Promise<string>;
}

async function start(loaded: Loaded, log: Log): Promise<Running> {
  const { config } = loaded;
  const startedAt = Date.now();
  // What was opened is closed again when the start fails half way; a start that succeeds hands it on.
  await using stack = new AsyncDisposableStack();
  const notes = new Map<string, string>();
  const host = thisHost(config.host);
  const origin = `agent.${host.name}`;
  const probed = probeList.flatMap((probe) => [...probe.types, ...(probe.adds ?? [])]);
  const types = mergedTypes([...probed, ...captureTypes(probed.map(({ name }) => name))]);

  const security = secure(config, log);

  const archive = await openArchive(config, log, notes);
  if (archive) stack.use(archive);
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
  const writer = archive && new ArchiveWriter({ archive, writerId: randomUUID(), clock: systemClock });
  if (writer) stack.defer(() => writer.stop());
  const flushed = () => writer?.flushed() ?? Promise.resolve();
  const timeline = new MergedTimeline({
    graph,
    flushed,
    nowMs: Date.now,
    ...(archive && { archive }),
  });
  const restored = archive && (await unlessAway(restore(archive, graph, origin, ruleOrigin(host.name))));
  // What users made in an earlier run has keys of its own, and is no news.
  for (const node of graph.now().nodes()) keys.seeOf(node);
  if (writer) graph.subscribe((commit) => writer.push(commit));
  // From here on somebody is watching, also when nothing changes.
  writer?.heartbeat();
  await unlessAway(timeline.refresh());

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
  const rules = stack.use(startRules({ config, host: host.name, graph, timeline, engine, types, log, notes }));
  // What an earlier run said of captures goes when it has come back: not before.
  watched.whenReturned(() => flows.sweep());
  if (archive && restored) watched.whenReturned((signal) => settle(archive, graph, restored, log, signal));

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
  await house.keep();
  const housekeeping = setInterval(() => void house.keep(), HOUSEKEEPING_MS);
  stack.defer(() => clearInterval(housekeeping));
  // Again as soon as there is something to tell of.
  void ready.then(() => house.keep());

  const status = (): ServerStatus => ({
    StartedAt: startedAt,
    Notes: [...loaded.notes.map(({ text }) => text), ...notes.values()],
    Probes: probeReplies(supervisor.status(), graph.now()),
    Graph: {
      Nodes: graph.nodes.alive.size,
      Edges: graph.edges.alive.size,
      Revision: graph.revision,
      Range: timeline.range(),
    },
    Archive: house.health && writer ? archiveReply(house.health, writer) : null,
    ...flows.status(),
    Rules: rules.status(),
    Sockets: ends.status(),
  });

  const network = {
    host: host.name,
    graph,
    timeline,
    clock: { now: Date.now, elapsed: () => performance.now() },
    archive: { flushed, isFull: () => writer?.isFull ?? false },
    ...flows.api,
  };
  const api = createApi({
    ...network,
    version: version(),
    engine,
    status,
    rules: rules.api,
    datapathFlows: (bridge, signal) => bridgeFlows({ view: graph.now(), host: host.name, bridge, signal }),
    configValue: (key) => lookUpConfig(loaded, key),
    ...security.api,
    vocabulary: { types, relations, steps },
    gremlin: async () => {
      const { networkGremlin } = await import('./app-gremlin.ts');
      return networkGremlin(network, { limits: gremlinLimits(config), traversalLimits: queryLimits(config) });
    },
    keys: () => keys.list(),
    log,
    limits: apiLimits(config),
  });
  const place = await api.listen(config.listen.host, config.listen.port);
  stack.defer(() => api.close());

  const opened = stack.move();
  return {
    async greeting() {
      const isAll = await settlesWithin(systemClock, GREETING_MS, ready);
      return greeting({
        ...countInterfaces(graph.now()),
        isAll,
        isWatching,
        listen: { ...place, isSecure: security.api.tls !== undefined },
        history: house.health && { ...house.health, from: timeline.range().from },
        newToken: security.newToken === undefined ? undefined : { token: security.newToken, file: config.tokenFile },
        troubles: supervisor.status().flatMap(troublesOf),
      });
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
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

function signalled(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
}
