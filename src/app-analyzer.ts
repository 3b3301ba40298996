/** The composition root of `skein analyzer`: what agents tell, kept and answered for. */
import { assignedStatus } from './api/flow-status.ts';
import type { ServerStatus } from './api/parts.ts';
import type { Running } from './app.ts';
import { askToRead, startAlerts } from './app-alerts.ts';
import { type Answering, startApi } from './app-api.ts';
import { openArchive, tracesArchive } from './app-archive.ts';
import { askOne } from './app-asking.ts';
import { bundlesOf } from './app-bundle.ts';
import { CHECK_WHY_MS, startChecks } from './app-checks.ts';
import { fleetDials } from './app-dial.ts';
import { startEnds } from './app-ends.ts';
import { datapathFlowsOf, isHomeOf, isOurs, onComing, relayOf, tailsOf } from './app-fleet.ts';
import { checkCaptureQuery, mechanismsOf, nodesFound, packetTest, startupCapture, tracesOf } from './app-flows.ts';
import { historyOf, startHistory } from './app-history.ts';
import { troublesOf } from './app-host.ts';
import { startInjections } from './app-injection.ts';
import { queryLimits } from './app-limits.ts';
import { ANALYZERS, ANALYZERS_RULES, ANALYZERS_USERS, startOwn } from './app-own.ts';
import { probeReplies } from './app-probe-status.ts';
import { fleetReply } from './app-relay.ts';
import { startRules } from './app-rules.ts';
import { secure } from './app-security.ts';
import { startSharing } from './app-sharing.ts';
import { whyOf } from './app-why.ts';
import { openWorkflows } from './app-workflows.ts';
import { FlowTimeline } from './archive/flow-timeline.ts';
import { MemoryArchive } from './archive/memory/index.ts';
import { AssignedCaptures, type Notes } from './capture/assigned.ts';
import { captureTypes } from './capture/vocabulary.ts';
import { analyzerGreeting } from './cli/greeting.ts';
import { version } from './cli/version.ts';
import type { Loaded } from './config/load.ts';
import type { GraphNode } from './graph/element.ts';
import { injectedTypes } from './injection/vocabulary.ts';
import { mergedTypes } from './model/vocabulary.ts';
import { openPacketDoor } from './native/index.ts';
import { probes as probeList } from './probes/index.ts';
import type { Log } from './probes/probe.ts';
import { thisHost } from './probes/thishost.ts';
import { QueryEngine } from './query/query.ts';
import { Agents } from './relay/analyzer/agents.ts';
import { SharedElements } from './relay/analyzer/shared-elements.ts';
import { FleetFeed } from './relay/fleet/feed.ts';
import { FleetFlows } from './relay/fleet/flows.ts';
import { HeldFlows } from './relay/fleet/held-flows.ts';
import { Orders } from './relay/fleet/orders.ts';
import { decodeFacts } from './relay/wire/facts.ts';
import type { AssignedNode } from './rules/assigned.ts';
import { systemClock } from './std/clock.ts';
import { mistake } from './std/mistake.ts';

/** What an agent has changed is told by it, and here, within this time. */
const OWNER_MS = 6_000;
/** Nodes of one capture, on all hosts together. */
const CAPTURE_NODES_MAX = 100_000;

export async function startAnalyzer(loaded: Loaded, log: Log): Promise<Running> {
  const { config } = loaded;
  const startedAt = Date.now();
  await using stack = new AsyncDisposableStack();
  const notes = new Map<string, string>();
  const host = thisHost(config.host);
  const probed = probeList.flatMap((probe) => [...probe.types, ...(probe.adds ?? [])]);
  const names = probed.map(({ name }) => name);
  const types = mergedTypes([...probed, ...captureTypes(names), ...injectedTypes(names)]);
  const security = secure(config, log);

  const opened =
    (await openArchive(config, log, notes)) ?? new MemoryArchive({ flows: { expireMs: config.flow.expire } });
  const archive = stack.use(opened);
  const sharing = stack.use(await startSharing({ config, host: host.name, log }));
  let agents: Agents | undefined;
  const flushedByAgents = () => agents?.flushed() ?? Promise.resolve();
  const history = stack.use(
    await startHistory({
      config,
      types,
      archive,
      // Nobody waits: what agents told is told again by them, and what is our own is said anew by whoever's turn it is.
      ownOrigins: [],
      startedAt,
      log,
      // What agents told is written as it comes in, what other analyzers said by them.
      written: (commit) => (commit.isTold ? undefined : commit),
      flushedByOthers: flushedByAgents,
    }),
  );
  const { graph, keys, timeline, begin } = history;
  const horizonMs = config.graph.horizon;
  const ends = stack.use(
    startEnds({ graph, archive: archive.sockets, begin, horizonMs, log, keptByOthers: flushedByAgents }),
  );
  const engine = new QueryEngine({ keys: () => keys.list(), limits: queryLimits(config) });

  const feed = new FleetFeed();
  const held = new HeldFlows();
  const relay = new Agents({
    name: host.name,
    software: version(),
    graph,
    archive,
    sockets: ends.sockets,
    clock: systemClock,
    random: Math.random,
    log,
    memory: sharing.agents,
    isFirst: () => sharing.isShared && sharing.isFirst(),
    decode: decodeFacts,
    graceMs: config.analyzer.grace,
    connectedMax: config.analyzer.agents,
    heldBytesMax: config.analyzer.memory,
    told(_, { flows }) {
      if (flows.length === 0) return undefined;
      feed.told(flows);
      return held.told(flows);
    },
  });
  agents = relay;
  await relay.start();

  const match = (query: string) => nodesFound({ engine, timeline }, query);
  const originOf = (tid: string) => originWith(graph.now().nodesWith('TID', tid) ?? []);
  const live = new FleetFlows({ fleet: agents, originOf, held, nowMs: Date.now });
  const past = new FlowTimeline({ live, archive: archive.flows, flushed: () => agents.flushed() });

  const door = openPacketDoor();
  const isMine = (its: string) => isHomeOf(agents, its);
  const mechanisms = mechanismsOf(config, host.name);
  const captures = new AssignedCaptures({
    mechanisms,
    door,
    check: (query) => checkCaptureQuery(engine, query),
    kept: sharing.captures,
    newId: () => crypto.randomUUID(),
    clock: systemClock,
    log,
    limits: { captures: config.capture.max, nodes: CAPTURE_NODES_MAX },
    match,
    view: () => graph.now(),
    canCapture: (its) => its.startsWith('agent.'),
    isMine,
    assign: async (its, assignments) => (await askOne(agents, its, 'captures', { assignments })) as Notes,
  });
  const note = captures.restore(startupCapture(config));
  if (note !== undefined) log.warn(note);
  stack.defer(() => captures.stop());
  sharing.captures.changed?.((lists) => captures.replace(lists.captures));
  graph.subscribe((commit) => captures.saw(commit));

  const orders = new Orders<readonly AssignedNode[]>({
    nothing: [],
    isMine,
    tell: async (its, nodes) => void (await askOne(agents, its, 'keys', nodes)),
  });
  stack.use(
    onComing(agents, ({ origin: its }) => {
      captures.came(its);
      orders.came(its);
    }),
  );
  const rules = stack.use(
    startRules({
      config,
      host: host.name,
      graph,
      timeline,
      engine,
      types,
      log,
      notes,
      fleet: {
        kept: sharing.rules,
        isOurs,
        assign: (others) => orders.set(others),
        mayWrite: sharing.speaks,
        origin: ANALYZERS_RULES,
      },
    }),
  );
  sharing.rules.changed?.((lists) => rules.api.replace(lists));
  const shared = new SharedElements({
    ...{ graph, archive, log },
    origins: new Set([ANALYZERS, ANALYZERS_RULES, ANALYZERS_USERS]),
    clock: systemClock,
  });
  if (sharing.isShared) stack.use(shared).start();
  const own = stack.use(startOwn({ config, host, graph, ends, sharing, rules, log, notes }));
  const openTraces = tracesArchive(config);
  const traces = openTraces && tracesOf({ config, door, host, log }, openTraces, past);
  if (traces) stack.use(traces.flows);
  const workflows = openWorkflows(config, sharing.workflows);
  const seen = {
    flows: traces?.flows ?? past,
    sockets: ends.view,
    matchFilter: (expression: string) => packetTest(door, expression),
  };
  let answering: Answering | undefined;
  const alerts = stack.use(
    startAlerts({
      ...{ config, host: host.name, graph, timeline, engine, flows: seen, workflows, log, notes },
      ask: (request, signal) => askToRead(answering, request, signal),
      shared: sharing,
    }),
  );
  const injections = stack.use(
    startInjections({
      ...{ config, graph, timeline, engine, ends },
      dials: fleetDials(relay),
      where: { kind: 'fleet', fleet: relay },
    }),
  );
  const { checks } = stack.use(
    startChecks({
      ...{ config, graph, timeline, engine, captures, log },
      dials: fleetDials(relay),
      flows: seen,
      injecting: injections,
      why: whyOf({ timeline, sockets: ends.view, timeMs: CHECK_WHY_MS }),
    }),
  );
  await history.keepHouse();

  const status = (): ServerStatus => ({
    StartedAt: startedAt,
    Notes: [...loaded.notes.map(({ text }) => text), ...notes.values(), ...sharing.notes()],
    Probes: probeReplies(own.status(), graph.now()),
    ...history.status(),
    Captures: { ...assignedStatus(mechanisms, captures), IsMaster: sharing.isFirst() },
    Rules: rules.status(),
    Injections: injections.status(),
    Workflows: workflows.status(),
    Alerts: alerts.status(),
    Sockets: ends.status(),
    Fleet: fleetReply(agents.status()),
  });
  answering = stack.use(
    await startApi({
      loaded,
      security,
      types,
      listen: config.listen,
      hasGremlin: true,
      host: host.name,
      publisher: ANALYZERS_USERS,
      graph,
      timeline,
      engine,
      status,
      archive: {
        flushed: history.flushed,
        isFull: () => history.writer?.isFull ?? false,
      },
      captures,
      tails: tailsOf(agents, match),
      ...(traces && { traces: traces.door }),
      flows: seen,
      bundles: bundlesOf({
        ...{ host: host.name, timeline, engine, archive },
        flows: { flows: traces?.flows ?? past, sockets: ends.view },
        flushed: async () => void (await Promise.all([history.flushed(), relay.flushed()])),
        expireMs: config.flow.expire,
        checks: () => checks.made?.list(),
      }),
      flowFeed: feed,
      injections,
      checks,
      rules: Object.assign(rules.api, { toOwner: (node: GraphNode) => toOwner(node) }),
      workflows,
      alerts: alerts.api,
      absent: () => agents.absent(),
      drops: async (...asked) =>
        (await import('./app-drops.ts')).apiDrops(fleetDials(relay), () => graph.now())(...asked),
      datapathFlows: datapathFlowsOf(agents, () => graph.now()),
      keys: () => keys.list(),
      relay: stack.use(relayOf(config, security, agents)).upgrade,
      log,
    }),
  );
  // Agents come in when all else is there, and go before it.
  stack.defer(() => agents.stop());

  /** Who made a node writes what users say of it, and tells that it did. */
  async function toOwner(node: GraphNode): Promise<boolean> {
    if (isOurs(node)) return false;
    const before = node.revision;
    rules.api.recheck();
    await rules.api.settled();
    await orders.settled();
    const until = Date.now() + OWNER_MS;
    while (Date.now() < until) {
      for (const { revision } of graph.now().nodes(node.id)) if (revision !== before) return true;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw mistake(
      'fleet.owner-away',
      `${node.metadata.Name ?? node.id} is told by the agent of ${node.host}, which has not changed it yet`,
      'it will when it is there again',
    );
  }

  const { place } = answering;
  const all = stack.move();
  return {
    async greeting() {
      return analyzerGreeting({
        listen: place,
        history: historyOf(history),
        newToken: security.newToken === undefined ? undefined : { token: security.newToken, file: config.tokenFile },
        troubles: own.status().flatMap(troublesOf),
        agents: agents.status().agents.length,
      });
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

function originWith(nodes: Iterable<GraphNode>): string | undefined {
  for (const { origin } of nodes) return origin;
  return undefined;
}
