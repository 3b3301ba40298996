/** The composition root's half about flows: mechanisms, captures, the live table, and what the API sees of them. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Feed } from './api/flow-feed.ts';
import { captureStatus, flowStatus } from './api/flow-status.ts';
import type { ApiParts } from './api/parts.ts';
import { turn } from './api/write.ts';
import type { RunningEnds } from './app-ends.ts';
import type { Archive, FlowArchive, FlowArchiveHealth } from './archive/archive.ts';
import { batchId } from './archive/batchid.ts';
import { FlowTimeline } from './archive/flow-timeline.ts';
import { FlowWriter } from './archive/flow-writer.ts';
import { TraceFlows } from './archive/trace-flows.ts';
import type { KeptCaptures } from './capture/book.ts';
import { type CaptureBounds, powerOfTwo } from './capture/bounds.ts';
import type { Capture } from './capture/capture.ts';
import { Captures } from './capture/captures.ts';
import { filterProgram } from './capture/filter-program.ts';
import { Gate } from './capture/gate.ts';
import { mechanisms as mechanismList } from './capture/index.ts';
import { LiveFlows } from './capture/live-flows.ts';
import type { Mechanism } from './capture/mechanism.ts';
import { sweepSwitches } from './capture/ovs-leftovers.ts';
import { Tails } from './capture/tail.ts';
import { Traces } from './capture/traces.ts';
import { version } from './cli/version.ts';
import type { Config } from './config/options.ts';
import { ovsDatabases } from './config/ovs-databases.ts';
import { keptCaptureShape } from './contract/capture.ts';
import type { CaptureStatus, FlowStatus } from './contract/status.ts';
import type { Flow, RawPacket } from './flow/flow.ts';
import type { Loss } from './flow/loss.ts';
import type { FlowLife } from './flow/place.ts';
import type { KeptPacket } from './flow/raw-intake.ts';
import type { FlowView } from './flow/view.ts';
import type { Change } from './graph/change.ts';
import type { GraphNode } from './graph/element.ts';
import type { Graph } from './graph/graph.ts';
import type { Timeline } from './graph/view.ts';
import type { PacketDoor } from './native/packets.ts';
import type { Log, Namespaces, ProbeHost } from './probes/probe.ts';
import { dialectOf } from './query/dialect.ts';
import type { Answer, QueryEngine } from './query/query.ts';
import { systemClock } from './std/clock.ts';
import { type KeptLists, keptLists } from './std/kept-lists.ts';
import { mistake } from './std/mistake.ts';

export interface FlowParts {
  readonly config: Config;
  readonly host: ProbeHost;
  readonly door: PacketDoor;
  readonly graph: Graph;
  readonly timeline: Timeline;
  readonly engine: QueryEngine;
  readonly namespaces: Namespaces;
  readonly apply: (changes: readonly Change[]) => void;
  readonly log: Log;
  readonly notes: Map<string, string>;
  /** Where flows are kept; undefined: nowhere. */
  readonly archive: FlowArchive | undefined;
  /** Where those of traces are kept. */
  readonly openTraces: (() => Promise<Archive>) | undefined;
  readonly ends: Pick<RunningEnds, 'lookUp' | 'view'>;
  /** An agent's: who takes what its flows tell, and where an analyzer wants it to capture. */
  readonly agent?: AgentFlows;
}

export interface AgentFlows {
  flows(updated: readonly Flow[]): void;
  rawPackets(packets: readonly KeptPacket[]): void;
  losses(losses: readonly Loss[]): void;
  /** Further updates wait in the table. */
  readonly isFull: () => boolean;
  /** Ids of the nodes on which a capture is to run. */
  readonly nodes: (capture: string) => ReadonlySet<string>;
}

export interface RunningFlows extends AsyncDisposable {
  readonly captures: Captures;
  readonly tails: Tails;
  /** What lives. */
  readonly table: FlowView;
  readonly api: Pick<ApiParts, 'captures' | 'tails' | 'traces' | 'flows' | 'flowFeed'>;
  /** Takes the words of an earlier run from nodes: asked for when all that was there before has come back. */
  sweep(): void;
  status(): { readonly Captures: CaptureStatus; readonly Flows: FlowStatus };
}

/** Captures that start at the same time. */
const STARTS_MAX = 8;
/** Kept so long after a FIN or RST. */
const FINISHED_MS = 15_000;
/** Updates of flows that wait to be written before further ones wait in the table: 20 MB or so. */
const QUEUED_MAX = 10_000;
/** Flows that wait to be written while all of them end. */
const QUEUED_AT_END = 20_000;
/** How often the archive of flows is asked how it is. */
const HEALTH_MS = 5_000;

export function startFlows(parts: FlowParts): RunningFlows {
  const { agent, archive, config, graph, host, log, namespaces, notes } = parts;
  const { door, dropReason } = learningDropReasons(parts.door);
  const life = lifeOf(config);
  const ovs = ovsOf(config, host.name);
  const sweeping = new AbortController();
  void sweepSwitches(ovs, { clock: systemClock, log, signal: sweeping.signal });
  const mechanisms = mechanismsOf(config, host.name);
  const queuedMax = Math.min(QUEUED_MAX, config.archive.flows.queue / 2);
  const flows: LiveFlows = new LiveFlows({
    life,
    flowsMax: config.flow.maxEntries,
    dropReason,
    host: host.name,
    clock: systemClock,
    elapsed: () => performance.now(),
    queueBytesMax: config.capture.queueSize,
    rawBytesMax: config.flow.rawPacketsSize,
    lookUpEnds: parts.ends.lookUp,
    hasRoom: () => (writer?.status().queued ?? 0) < queuedMax && !agent?.isFull(),
  });
  const writer: FlowWriter | undefined =
    archive &&
    new FlowWriter({
      archive,
      writerId: randomUUID(),
      host: host.name,
      lost: (loss) => flows.table.lost(loss),
      clock: systemClock,
      flowsQueuedMax: config.archive.flows.queue,
    });
  flows.table.onUpdate((updated) => writer?.push(updated));
  flows.table.onRaw((packets) => writer?.pushRawPackets(packets));
  if (agent) {
    flows.table.onUpdate((updated) => agent.flows(updated));
    flows.table.onRaw((packets) => agent.rawPackets(packets));
  }
  const captures = new Captures({
    mechanisms,
    door,
    flows,
    host: host.name,
    bind: config.capture.bind,
    keyMode: config.capture.layerKeyMode,
    clock: systemClock,
    random: Math.random,
    log,
    gate: new Gate(STARTS_MAX),
    counters: (id, series, total) => parts.apply([{ kind: 'counters', id, series, total }]),
    view: () => graph.now(),
    apply: parts.apply,
    match: async ({ GremlinQuery, UUID }) =>
      agent ? nodesOf(graph, agent.nodes(UUID)) : nodesFound(parts, GremlinQuery),
    check: (query) => checkCaptureQuery(parts.engine, query),
    namespaces: () => namespaces.list(),
    ownNode: host.id,
    kept: agent ? keptByOthers : keptCaptures(config),
    newId: randomUUID,
    limits: { captures: config.capture.max, nodes: config.capture.nodes },
  });
  const note = agent ? undefined : captures.restore(startupCapture(config));
  if (note !== undefined) {
    log.warn(note);
    notes.set('captures', note);
  }
  const unsubscribe = graph.subscribe((commit) => captures.saw(commit, graph.revision));
  const tails = new Tails({
    door,
    host: host.name,
    application: `Skein ${version()}`,
    match: (query) => nodesFound(parts, query),
    check: (query) => checkCaptureQuery(parts.engine, query),
    view: () => graph.now(),
    namespaces: () => namespaces.list(),
    ownNode: host.id,
    clock: systemClock,
  });
  const tellLosses = () => {
    const losses = flows.table.takeLosses();
    writer?.pushLosses(losses);
    agent?.losses(losses);
  };
  const counting = setInterval(() => {
    captures.count();
    tellLosses();
  }, config.capture.statsUpdate).unref();
  const feed = new Feed(flows, captures);
  const past = new FlowTimeline({ live: flows.table, archive, flushed: () => writer?.flushed() ?? Promise.resolve() });
  const traces = parts.openTraces && tracesOf(parts, parts.openTraces, past);
  let health: FlowArchiveHealth | undefined;
  const looking = setInterval(() => void look(), HEALTH_MS).unref();
  const look = async () => {
    health = await archive?.health().catch(() => undefined);
  };
  void look();

  return {
    captures,
    tails,
    table: flows.table,
    api: {
      captures,
      tails,
      ...(traces && { traces: traces.door }),
      flows: {
        flows: traces?.flows ?? past,
        sockets: parts.ends.view,
        matchFilter: (expression) => packetTest(door, expression),
      },
      flowFeed: feed,
    },
    sweep: () => captures.sweep(),
    status: () => ({
      Captures: captureStatus(mechanisms, captures),
      Flows: flowStatus({
        flows,
        captures,
        flowsMax: config.flow.maxEntries,
        health,
        writer,
        nameOf: (tid) => nameOf(graph, tid),
      }),
    }),
    async [Symbol.asyncDispose]() {
      sweeping.abort();
      unsubscribe();
      clearInterval(counting);
      clearInterval(looking);
      feed.stop();
      await tails[Symbol.asyncDispose]();
      await captures.stop();
      captures.count();
      await flows.end(async () => {
        if ((writer?.status().queued ?? 0) > QUEUED_AT_END) await writer?.flushed().catch(() => undefined);
      });
      tellLosses();
      await writer?.stop();
      await traces?.flows[Symbol.asyncDispose]();
    },
  };
}

/** What an upload needs, and the view that has its flows too. */
export function tracesOf(
  { config, door, host, log }: Pick<FlowParts, 'config' | 'door' | 'host' | 'log'>,
  open: () => Promise<Archive>,
  captured: FlowView,
) {
  const life = lifeOf(config);
  const flows = new TraceFlows({ open, captured, expireMs: life.expireMs });
  // What was sent in an earlier run.
  if (existsSync(tracesFolder(config))) flows.open().catch((error: Error) => log.warn(`traces: ${error.message}`));
  const writerId = randomUUID();
  let batches = 0;
  const traces = new Traces({
    door,
    life,
    flowsMax: config.flow.maxEntries,
    host: host.name,
    keep: (kept) => flows.append({ id: batchId(writerId, ++batches), ...kept }),
    turn,
  });
  return { flows, door: traces };
}

export function tracesFolder({ archive }: Config): string {
  return join(archive.directory, 'traces');
}

function nameOf(graph: Graph, tid: string): string | undefined {
  for (const { metadata } of graph.now().nodesWith('TID', tid) ?? []) return String(metadata.Name);
  return undefined;
}

function ovsOf(config: Config, host: string) {
  return { databases: ovsDatabases(config), tls: config.probes.ovs.tls, host };
}

export function mechanismsOf(config: Config, host: string): readonly Mechanism[] {
  const { portMin, portMax } = config.capture;
  return mechanismList({ ports: { from: portMin, to: portMax }, ovs: ovsOf(config, host), bounds: boundsOf(config) });
}

function boundsOf({ capture }: Config): CaptureBounds {
  return {
    ringBytes: capture.ringSize,
    conversations: capture.conversations,
    kernelSlots: powerOfTwo(capture.kernelConversations),
    kernelRingBytes: powerOfTwo(capture.kernelRingSize),
  };
}

function lifeOf({ flow }: Config): FlowLife {
  return {
    updateMs: flow.update,
    expireMs: flow.expire,
    applicationMs: flow.applicationTimeout,
    finishedMs: FINISHED_MS,
  };
}

export function startupCapture({ capture: { startup } }: Config): Omit<Capture, 'UUID'> | undefined {
  if (startup.query === undefined) return undefined;
  return {
    GremlinQuery: startup.query,
    ...(startup.filter !== undefined && { BPFFilter: startup.filter }),
    ...(startup.type !== undefined && { Type: startup.type }),
    Name: 'startup',
    SamplingRate: 0,
    PollingInterval: 0,
    ExtraTCPMetric: false,
    IPDefrag: false,
    ReassembleTCP: false,
  };
}

export function isKeptCapture(value: unknown): value is Capture {
  return keptCaptureShape.safeParse(value).success;
}

function nodesOf(graph: Graph, ids: ReadonlySet<string>): readonly GraphNode[] {
  const view = graph.now();
  return [...ids].flatMap((id) => [...view.nodes(id)]);
}

export function keptCaptures({ data }: Config): KeptLists<KeptCaptures> {
  return keptLists<KeptCaptures>({
    file: join(data, 'captures.json'),
    things: 'captures',
    isEntry: { captures: isKeptCapture },
    nowMs: Date.now,
  });
}

/** Whoever assigned them keeps them. */
const keptByOthers: KeptLists<KeptCaptures> = {
  read: () => ({ lists: { captures: [] }, note: undefined }),
  write: () => undefined,
};

/** Throws a Mistake for what gives no nodes, or nodes of another time: a capture is about now. */
export function checkCaptureQuery(engine: QueryEngine, query: string): void {
  if (dialectOf(query) === 'gremlin')
    throw mistake('capture.dialect', 'a capture is asked with G, not in standard Gremlin', "G.V().Has('Type', 'veth')");
  const { plan } = engine.prepare(query);
  if (plan.gives !== 'nodes' && plan.gives !== 'paths' && plan.gives !== 'graph')
    throw mistake('capture.no-nodes', `a capture runs on nodes, the query gives ${plan.gives}`, 'V() gives nodes');
  if (plan.stages.some(({ gives }) => gives === 'flows'))
    throw mistake('capture.of-flows', 'a capture follows the graph, not the flows that it makes', 'leave Flows() out');
  if (plan.mode !== 'run' || /^(at|context|between)\b/i.test(plan.stages[0]?.text ?? ''))
    throw mistake('capture.not-now', 'a capture runs on what is there now', 'leave the time out');
}

export async function nodesFound(
  { engine, timeline }: Pick<FlowParts, 'engine' | 'timeline'>,
  query: string,
): Promise<readonly GraphNode[]> {
  const context = { timeline, nowMs: Date.now(), elapsed: () => performance.now(), turn };
  const answer: Answer = await engine.run(engine.prepare(query), context);
  if (answer.kind === 'paths') return answer.paths.flat();
  return answer.kind === 'nodes' || answer.kind === 'graph' ? answer.nodes : [];
}

/** Why the kernel drops packets is called by names that it tells when its flow tables are opened. */
function learningDropReasons(door: PacketDoor): { door: PacketDoor; dropReason: (reason: number) => string } {
  let names: readonly string[] = [];
  return {
    door: {
      ...door,
      async openKernelFlows(options, onBatch) {
        const flows = await door.openKernelFlows(options, onBatch);
        names = flows.dropReasons;
        return flows;
      },
    },
    dropReason: (reason) => names[reason] ?? String(reason),
  };
}

/** LINKTYPE_ETHERNET: what an expression has to make sense for. */
const ETHERNET = 1;
const SNAP_MAX = 65_535;

export function packetTest(door: PacketDoor, expression: string): (packet: RawPacket) => boolean {
  const asked = { filter: expression, headerSize: SNAP_MAX };
  const programs = new Map([[ETHERNET, filterProgram(door, asked, ETHERNET)]]);
  return ({ data, length, linkType }) => {
    let program = programs.get(linkType);
    if (!program) {
      program = filterProgram(door, asked, linkType);
      programs.set(linkType, program);
    }
    return door.matchFilter(program, data, length);
  };
}
