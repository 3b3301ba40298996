/** The composition root of `skein agent`: the probes and captures of one host, told to analyzers. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerStatus } from './api/parts.ts';
import type { Running } from './app.ts';
import { agentId, textOf } from './app-agent-id.ts';
import { startApi } from './app-api.ts';
import { startDials } from './app-dial.ts';
import { startEnds } from './app-ends.ts';
import { type AgentFlows, isKeptCapture, startFlows } from './app-flows.ts';
import { countInterfaces, startHost, troublesOf } from './app-host.ts';
import { injectAnswers, startHostInjections } from './app-injection.ts';
import { queryLimits } from './app-limits.ts';
import { probeReplies } from './app-probe-status.ts';
import { relayReply } from './app-relay.ts';
import { ruleOrigin } from './app-rules.ts';
import { type Security, secure } from './app-security.ts';
import { MergedTimeline } from './archive/timeline.ts';
import type { Assignment } from './capture/assigned.ts';
import { captureTypes } from './capture/vocabulary.ts';
import { agentGreeting } from './cli/greeting.ts';
import { version } from './cli/version.ts';
import type { Loaded } from './config/load.ts';
import type { Config } from './config/options.ts';
import { isLoopback } from './config/token.ts';
import type { Change, Source } from './graph/change.ts';
import { Graph } from './graph/graph.ts';
import { KnownKeys } from './graph/keys.ts';
import { versionOf } from './graph/telling.ts';
import { injectedTypes } from './injection/vocabulary.ts';
import { indexedKeysOf, keysOf, mergedTypes } from './model/vocabulary.ts';
import { openPacketDoor } from './native/index.ts';
import { probes as probeList } from './probes/index.ts';
import type { Log } from './probes/probe.ts';
import { thisHost } from './probes/thishost.ts';
import { QueryEngine } from './query/query.ts';
import { AgentRelay } from './relay/agent/agent-relay.ts';
import { Outbox } from './relay/agent/outbox.ts';
import type { Answers } from './relay/fleet/fleet.ts';
import { flowAnswers } from './relay/fleet/flow-answers.ts';
import { type SocketTls, socketDialer } from './relay/socket-link.ts';
import { openFolder } from './relay/spool/folder.ts';
import { openSpool } from './relay/spool/open.ts';
import { encodeFacts } from './relay/wire/facts.ts';
import { AssignedKeys, type AssignedNode } from './rules/assigned.ts';
import { systemClock } from './std/clock.ts';
import { edgeId } from './std/edgeid.ts';
import { keptLists } from './std/kept-lists.ts';
import { mistake } from './std/mistake.ts';
import { settlesWithin } from './std/pause.ts';
import { Unavailable } from './std/unavailable.ts';

/** What looks at the graph of all hosts is the analyzer's to tell. */
const ANALYZERS_PROBES = ['fabric', 'peering', 'tunnels'];
/** How often what is too old is forgotten. */
const HOUSEKEEPING_MS = 5_000;
/** How long a start waits for the first readings before it says what it sees. */
const GREETING_MS = 900;

export async function startAgent(loaded: Loaded, log: Log): Promise<Running> {
  const { config } = loaded;
  if (config.agent.analyzers.length === 0)
    throw mistake(
      'agent.no-analyzer',
      'an agent tells analyzers what it sees: none is named',
      '--analyzer wss://HOST:8082',
    );
  const startedAt = Date.now();
  await using stack = new AsyncDisposableStack();
  const notes = new Map<string, string>();
  const host = thisHost(config.host);
  const origin = `agent.${host.name}`;
  const probed = probeList.flatMap((probe) => [...probe.types, ...(probe.adds ?? [])]);
  const names = probed.map(({ name }) => name);
  const types = mergedTypes([...probed, ...captureTypes(names), ...injectedTypes(names)]);
  const security = secure(agentSecurity(config), log);

  const agent = agentId({ data: config.data, spool: config.agent.spool.directory, newId: randomUUID, log });
  const spool = await openSpool({
    disk: openFolder(config.agent.spool.directory),
    clock: systemClock,
    log,
    uuid: randomUUID,
    maxBytes: config.agent.spool.maxSize,
    picture: function* () {
      yield* graph.told();
      for (const element of graph.awaited()) yield versionOf(element);
    },
  });
  stack.defer(() => spool.close());
  const { elements, lastTime } = spool.restored();
  const begin = Math.max(startedAt, Math.floor(lastTime) + 1);
  const graph: Graph = new Graph({ indexed: indexedKeysOf(types), edgeId, begin, firstRevision: begin * 1_000 });
  graph.remember(elements);
  const keys = new KnownKeys([...keysOf(types), 'RelationType']);
  graph.subscribe((commit) => keys.see(commit));
  const timeline = new MergedTimeline({ graph, flushed: () => Promise.resolve(), nowMs: Date.now });
  const ends = stack.use(startEnds({ graph, archive: undefined, begin, horizonMs: config.graph.horizon, log }));

  let isSettled = false;
  const outbox = new Outbox({
    spool,
    clock: systemClock,
    // Before what an earlier run knew has come back, a picture would say that it is gone.
    picture: () => (isSettled ? graph.told() : undefined),
    sockets: { open: () => ends.sockets.find({}), get: (id) => ends.sockets.get(id) },
  });
  stack.defer(() => outbox.stop());
  graph.subscribe((commit) => outbox.commit(commit));
  ends.sockets.listen(outbox);

  const apply = (changes: Iterable<Change>) =>
    graph.apply(changes, { host: host.name, origin, time: Date.now() } satisfies Source);
  const watched = stack.use(startHost({ config, host, graph, ends, apply, log, notes, without: ANALYZERS_PROBES }));
  const engine = new QueryEngine({ keys: () => keys.list(), limits: queryLimits(config) });
  const assigned = new Map<string, ReadonlySet<string>>();
  const flows = stack.use(
    startFlows({
      config,
      host,
      door: openPacketDoor(),
      graph,
      timeline,
      engine,
      namespaces: watched.namespaces,
      apply,
      log,
      notes,
      archive: undefined,
      openTraces: undefined,
      ends,
      agent: agentFlows(outbox, assigned),
    }),
  );
  const injector = stack.use(startHostInjections({ config, host, graph, namespaces: watched.namespaces, apply }));
  // What is told last is told by captures that end.
  const rulesOrigin = ruleOrigin(host.name);
  const wanted = new AssignedKeys({
    view: () => graph.now(),
    apply: (changes) => graph.apply(changes, { host: host.name, origin: rulesOrigin, time: Date.now() }),
    origin: rulesOrigin,
  });
  graph.subscribe((commit) => wanted.saw(commit));

  const kept = keptLists<{ readonly assignments: readonly Assignment[] }>({
    file: join(config.data, 'assigned.json'),
    things: 'captures of the analyzer',
    isEntry: { assignments: isAssignment },
    nowMs: Date.now,
  });
  const capture = async (assignments: readonly Assignment[]) => {
    assigned.clear();
    for (const { capture, nodes } of assignments) assigned.set(capture.UUID, new Set(nodes));
    await flows.captures.replace(assignments.map(({ capture }) => capture));
  };
  const { lists, note } = kept.read();
  if (note !== undefined) log.warn(note);
  void capture(lists.assignments);

  watched.whenReturned(() => {
    flows.sweep();
    injector.sweep();
    // What an earlier run knew and nobody spoke of ended when that run did.
    const gone = graph.forgotten().map((element) => {
      const deletedAt = Math.max(lastTime, element.updatedAt);
      return { revision: 0, kind: 'removed' as const, element: { ...element, deletedAt }, before: element };
    });
    isSettled = true;
    if (gone.length > 0) outbox.commit({ events: gone, samples: [] });
  });
  const housekeeping = setInterval(
    () => graph.forgetBefore(Date.now() - config.graph.horizon, config.graph.versionsMax),
    HOUSEKEEPING_MS,
  );
  stack.defer(() => clearInterval(housekeeping));

  const dials = stack.use(
    startDials({
      host,
      namespaces: watched.namespaces,
      told: (what) => noteTold(security.api.audit, { what: 'dial', detail: what }),
    }),
  );
  const answers: Answers = {
    ...dials.answers,
    ...flowAnswers(flows.table),
    ...injectAnswers(injector, ({ uuid, interfaceName }) =>
      noteTold(security.api.audit, { what: `injection ${uuid}`, detail: `from ${interfaceName}` }),
    ),
    async *captures(body) {
      const assignments = assignmentsOf(body);
      noteCaptures(security.api.audit, [...assigned.keys()], assignments);
      kept.write({ assignments });
      await capture(assignments);
      yield {
        body: Object.fromEntries(assignments.map(({ capture: { UUID } }) => [UUID, flows.captures.state(UUID).notes])),
      };
    },
    async *keys(body) {
      const nodes = body as readonly AssignedNode[];
      if (nodes.length > 0)
        noteTold(security.api.audit, { what: 'metadata of users', detail: `${nodes.length} nodes` });
      const said = wanted.assign(nodes);
      outbox.flush();
      yield { body: said };
    },
    async *tail(body, signal) {
      const asked = body as Parameters<typeof flows.tails.open>[0] & { readonly who?: string };
      noteTold(security.api.audit, {
        what: `tail for ${asked.who ?? 'someone'}`,
        detail: `${asked.query} ${asked.filter}`,
      });
      await using tail = await flows.tails.open(asked);
      signal.addEventListener('abort', () => void tail[Symbol.asyncDispose](), { once: true });
      for await (const bytes of tail.pieces()) yield { bytes };
    },
    async *'datapath-flows'(body, signal) {
      const { bridge } = body as { readonly bridge: string };
      const { bridgeFlows } = await import('./probes/openflow/bridges.ts');
      yield { body: await bridgeFlows({ view: graph.now(), host: host.name, bridge, signal }) };
    },
    async *status() {
      yield { body: status() };
    },
  };
  const relay = new AgentRelay({
    analyzers: config.agent.analyzers.map((url) => ({ dialer: dialerOf(url, config) })),
    agent,
    run: randomUUID(),
    host: host.name,
    software: version(),
    spool,
    outbox,
    picture: () => (isSettled ? graph.told() : undefined),
    openSockets: () => ends.sockets.find({}),
    encode: encodeFacts,
    handlers: answers,
    orders: ['captures', 'keys'],
    clock: systemClock,
    random: Math.random,
    log,
  });
  relay.start();
  stack.defer(() => relay.stop());

  const status = (): ServerStatus => ({
    StartedAt: startedAt,
    Notes: [...loaded.notes.map(({ text }) => text), ...notes.values(), ...relay.status().notes],
    Probes: probeReplies(watched.supervisor.status(), graph.now()),
    Graph: {
      Nodes: graph.nodes.alive.size,
      Edges: graph.edges.alive.size,
      Revision: graph.revision,
      Range: timeline.range(),
    },
    Archive: null,
    ...flows.status(),
    Sockets: ends.status(),
    Injections: injector.status(),
    Relay: relayReply(relay.status(), { ...spool.status(), place: config.agent.spool.directory }, outbox.status()),
  });
  const { place } = stack.use(
    await startApi({
      loaded,
      security,
      types,
      listen: config.agent.listen,
      hasGremlin: false,
      host: host.name,
      graph,
      timeline,
      engine,
      status,
      archive: { flushed: () => Promise.resolve(), isFull: () => false },
      ...(flows.api.flows && { flows: flows.api.flows }),
      ...(flows.api.flowFeed && { flowFeed: flows.api.flowFeed }),
      keys: () => keys.list(),
      log,
    }),
  );

  const opened = stack.move();
  return {
    async greeting() {
      const isAll = await settlesWithin(systemClock, GREETING_MS, watched.ready);
      const troubles = watched.supervisor.status().flatMap(troublesOf);
      return agentGreeting({
        ...countInterfaces(graph.now()),
        isAll,
        isWatching: watched.isWatching,
        listen: place,
        analyzers: config.agent.analyzers,
        troubles,
      });
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Questions about its own host, from itself: what is to be changed is told by an analyzer. */
function agentSecurity(config: Config): Config {
  return { ...config, listen: config.agent.listen, api: { ...config.api, loopback: 'read' } };
}

function agentFlows(outbox: Outbox, assigned: ReadonlyMap<string, ReadonlySet<string>>): AgentFlows {
  return {
    flows: (updated) => outbox.flows(updated),
    rawPackets: (packets) => {
      for (const { uuid, packet } of packets) outbox.rawPacket(uuid, packet);
    },
    losses: (losses) => {
      for (const loss of losses) outbox.loss(loss);
    },
    isFull: () => outbox.isFull,
    nodes: (capture) => assigned.get(capture) ?? NOWHERE,
  };
}

const NOWHERE: ReadonlySet<string> = new Set();

type Audited = Security['api']['audit'];

/** Who asked the analyzer is in its own log, under the same id of a capture. */
function noteTold(audit: Audited, { what, detail }: { readonly what: string; readonly detail: string }): void {
  audit?.({ who: 'the analyzer', kind: 'analyzer', what, outcome: 'done', detail });
}

function noteCaptures(audit: Audited, before: readonly string[], now: readonly Assignment[]): void {
  for (const { capture, nodes } of now)
    if (!before.includes(capture.UUID))
      noteTold(audit, { what: `capture ${capture.UUID}`, detail: `${nodes.length} nodes of ${capture.GremlinQuery}` });
  for (const id of before)
    if (!now.some(({ capture }) => capture.UUID === id)) noteTold(audit, { what: `capture ${id}`, detail: 'ended' });
}

function assignmentsOf(body: unknown): readonly Assignment[] {
  const { assignments } = body as { readonly assignments: readonly unknown[] };
  if (!Array.isArray(assignments) || !assignments.every(isAssignment))
    throw mistake('agent.assignments', 'captures come as a list, each with its nodes', 'an analyzer of this release');
  return assignments as readonly Assignment[];
}

function isAssignment(value: unknown): boolean {
  const { capture, nodes } = (value ?? {}) as Partial<Assignment>;
  return isKeptCapture(capture) && Array.isArray(nodes) && nodes.every((id) => typeof id === 'string');
}

function dialerOf(url: string, { agent }: Config) {
  if (!/^wss?:\/\/[^/]/.test(url))
    throw mistake('agent.analyzer', `${url} is no address of an analyzer`, 'wss://HOST:8082, or ws:// for loopback');
  const { hostname, protocol } = new URL(url);
  if (protocol === 'ws:' && !isLoopback({ host: hostname, port: 0 }))
    throw mistake(
      'agent.insecure',
      `${url}: what an agent tells, and its token, would be everybody's`,
      `wss://${hostname}`,
    );
  if ((agent.cert === undefined) !== (agent.key === undefined))
    throw mistake(
      'agent.certificate',
      'agent.cert and agent.key go together',
      'the authority of the analyzer makes both',
    );
  return socketDialer({ url, token: () => tokenFor(protocol, agent), tls: () => tlsOf(agent) });
}

/** Read at each connection, as certificates are: it may have been made, or replaced, meanwhile. */
function tokenFor(protocol: string, { token, tokenFile }: Config['agent']): string | undefined {
  const found = token ?? textOf(tokenFile);
  if (found !== undefined || protocol === 'ws:') return found;
  throw new Unavailable(`the token of this agent, ${tokenFile}`, 'skein token create --agent, on the analyzer');
}

function tlsOf({ ca, cert, key }: Config['agent']): SocketTls {
  return {
    ...(ca !== undefined && { ca: pemOf(ca, 'the authority of the analyzers') }),
    ...(cert !== undefined && { cert: pemOf(cert, 'the certificate of this agent') }),
    ...(key !== undefined && { key: pemOf(key, 'the key of this agent') }),
  };
}

function pemOf(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Unavailable(`${what}, ${file}`, `read access (${(error as Error).message})`, { cause: error });
  }
}
