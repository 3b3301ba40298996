/** The composition root's half about flows: mechanisms, captures, the live table, and what the API sees of them. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ApiParts, FlowFeed, FlowListener, FlowStats } from './api/parts.ts';
import { turn } from './api/write.ts';
import type { Capture } from './capture/capture.ts';
import { Captures } from './capture/captures.ts';
import { filterProgram } from './capture/filter-program.ts';
import { Gate } from './capture/gate.ts';
import { mechanisms as mechanismList } from './capture/index.ts';
import { captureFile } from './capture/kept.ts';
import { LiveFlows } from './capture/live-flows.ts';
import type { Mechanism } from './capture/mechanism.ts';
import { Traces } from './capture/traces.ts';
import type { Config } from './config/options.ts';
import { keptCaptureShape } from './contract/capture.ts';
import type { CaptureStatus, FlowStatus } from './contract/status.ts';
import type { RawPacket } from './flow/flow.ts';
import type { FlowLife } from './flow/place.ts';
import type { Change } from './graph/change.ts';
import type { GraphNode } from './graph/element.ts';
import type { Graph } from './graph/graph.ts';
import type { Timeline } from './graph/view.ts';
import type { PacketDoor } from './native/packets.ts';
import type { Log, Namespaces, ProbeHost } from './probes/probe.ts';
import type { Answer, QueryEngine } from './query/query.ts';
import { systemClock } from './std/clock.ts';
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
}

export interface RunningFlows extends AsyncDisposable {
  readonly api: Required<Pick<ApiParts, 'captures' | 'traces' | 'flows' | 'flowFeed'>>;
  /** Takes the words of an earlier run from nodes: asked for when all that was there before has come back. */
  sweep(): void;
  status(): { readonly Captures: CaptureStatus; readonly Flows: FlowStatus };
}

/** Captures that start at the same time. */
const STARTS_MAX = 8;
/** Kept so long after a FIN or RST. */
const FINISHED_MS = 15_000;
/** How often WebSockets are told the totals of captures. */
const FEED_STATS_MS = 10_000;
/** Losses that status tells, the largest first. */
const LOSSES_SHOWN = 100;

export function startFlows(parts: FlowParts): RunningFlows {
  const { config, door, graph, host, log, namespaces, notes } = parts;
  const life = lifeOf(config);
  const mechanisms = mechanismList({ ports: { from: config.capture.portMin, to: config.capture.portMax } });
  const flows = new LiveFlows({
    life,
    flowsMax: config.flow.maxEntries,
    host: host.name,
    clock: systemClock,
    elapsed: () => performance.now(),
  });
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
    match: (query) => nodesFound(parts, query),
    check: (query) => checkQuery(parts.engine, query),
    namespaces: () => namespaces.list(),
    ownNode: host.id,
    kept: captureFile(join(config.data, 'captures.json'), isKeptCapture, Date.now),
    newId: randomUUID,
    limits: { captures: config.capture.max, nodes: config.capture.nodes },
  });
  const note = captures.restore(startupCapture(config));
  if (note !== undefined) {
    log.warn(note);
    notes.set('captures', note);
  }
  const unsubscribe = graph.subscribe((commit) => captures.saw(commit));
  const counting = setInterval(() => captures.count(), config.capture.statsUpdate).unref();
  const feed = new Feed(flows, captures);
  const traces = new Traces({
    door,
    life,
    flowsMax: config.flow.maxEntries,
    host: host.name,
    keep: async () => {},
    flushed: async () => {},
    turn,
  });

  return {
    api: {
      captures,
      traces,
      flows: { flows: flows.table, matchFilter: (expression) => packetTest(door, expression) },
      flowFeed: feed,
    },
    sweep: () => captures.sweep(),
    status: () => ({
      Captures: captureStatus(mechanisms, captures),
      Flows: flowStatus(flows, captures, config),
    }),
    async [Symbol.asyncDispose]() {
      unsubscribe();
      clearInterval(counting);
      feed.stop();
      await captures.stop();
      captures.count();
      await flows[Symbol.asyncDispose]();
    },
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

function startupCapture({ capture: { startup } }: Config): Omit<Capture, 'UUID'> | undefined {
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

function isKeptCapture(value: unknown): value is Capture {
  return keptCaptureShape.safeParse(value).success;
}

/** Throws a Mistake for what gives no nodes, or nodes of another time: a capture is about now. */
function checkQuery(engine: QueryEngine, query: string): void {
  const { plan } = engine.prepare(query);
  if (plan.gives !== 'nodes' && plan.gives !== 'paths' && plan.gives !== 'graph')
    throw mistake('capture.no-nodes', `a capture runs on nodes, the query gives ${plan.gives}`, 'V() gives nodes');
  if (plan.mode !== 'run' || /^(at|context|between)\b/i.test(plan.stages[0]?.text ?? ''))
    throw mistake('capture.not-now', 'a capture runs on what is there now', 'leave the time out');
}

async function nodesFound({ engine, timeline }: FlowParts, query: string): Promise<readonly GraphNode[]> {
  const context = { timeline, nowMs: Date.now(), elapsed: () => performance.now(), turn };
  const answer: Answer = await engine.run(engine.prepare(query), context);
  if (answer.kind === 'paths') return answer.paths.flat();
  return answer.kind === 'nodes' || answer.kind === 'graph' ? answer.nodes : [];
}

/** LINKTYPE_ETHERNET: what an expression has to make sense for. */
const ETHERNET = 1;
const SNAP_MAX = 65_535;

function packetTest(door: PacketDoor, expression: string): (packet: RawPacket) => boolean {
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

/** Flows as they are updated, and the totals of their captures, for as long as someone listens. */
class Feed implements FlowFeed {
  readonly #captures: Captures;
  readonly #flows: LiveFlows;
  readonly #listeners = new Set<FlowListener>();
  #unsubscribe: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(flows: LiveFlows, captures: Captures) {
    this.#flows = flows;
    this.#captures = captures;
  }

  subscribe(listener: FlowListener): () => void {
    this.#listeners.add(listener);
    this.#unsubscribe ??= this.#flows.table.onUpdate((flows) => {
      for (const each of this.#listeners) each.updated(flows);
    });
    this.#timer ??= setInterval(() => this.#count(), FEED_STATS_MS).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #count(): void {
    const byCapture = new Map<string, FlowStats>();
    for (const point of this.#captures.points()) {
      const { UUID } = point.capture;
      const { packetsReceived, packetsDropped, packetsIfDropped } = point.stats();
      const known = byCapture.get(UUID);
      byCapture.set(UUID, {
        CaptureID: UUID,
        FlowCount: 0,
        FlowDropped: 0,
        KernelFlowDropped: 0,
        PacketsDropped: (known?.PacketsDropped ?? 0) + packetsDropped + packetsIfDropped,
        PacketsReceived: (known?.PacketsReceived ?? 0) + packetsReceived,
      });
    }
    const stats = [...byCapture.values()];
    for (const each of this.#listeners) each.counted(stats);
  }
}

function captureStatus(mechanisms: readonly Mechanism[], captures: Captures): CaptureStatus {
  const nodes = new Map<string, number>();
  const why = new Map<string, Set<string>>();
  let [active, failed] = [0, 0];
  for (const { state } of captures.points()) {
    if (state.kind === 'error') failed++;
    if (state.kind !== 'active') continue;
    active++;
    nodes.set(state.type, (nodes.get(state.type) ?? 0) + 1);
    for (const sentence of state.why) {
      const [type = '', ...rest] = sentence.split(': ');
      why.set(type, (why.get(type) ?? new Set()).add(rest.join(': ')));
    }
  }
  return {
    IsMaster: true,
    All: captures.list().length,
    Active: active,
    Failed: failed,
    Mechanisms: mechanisms.map(({ type, doc, nodeTypes, rank }) => ({
      Type: type,
      Doc: doc,
      NodeTypes: [...nodeTypes],
      ...(rank !== undefined && { Rank: rank }),
      Nodes: nodes.get(type) ?? 0,
      ...(why.has(type) && { Why: [...(why.get(type) ?? [])] }),
    })),
    Notes: captures
      .list()
      .flatMap(({ UUID, Name }) => captures.state(UUID).notes.map((it) => `${Name ?? UUID}: ${it}`)),
  };
}

function flowStatus(flows: LiveFlows, captures: Captures, { flow }: Config): FlowStatus {
  const { flows: live, places, waitingBytes } = flows.stats();
  let [packets, dropped] = [0, 0];
  for (const point of captures.points()) {
    const { packetsReceived, packetsDropped, packetsIfDropped } = point.stats();
    packets += packetsReceived;
    dropped += packetsDropped + packetsIfDropped;
  }
  const losses = flows.table.loss().toSorted((a, b) => b.packets - a.packets);
  return {
    Live: live,
    LiveMax: flow.maxEntries,
    Places: places,
    WaitingBytes: waitingBytes,
    Packets: packets,
    Dropped: dropped,
    Losses: losses.slice(0, LOSSES_SHOWN).map((loss) => ({
      Host: loss.host,
      Node: loss.node,
      Capture: loss.capture,
      Stage: loss.stage,
      Reason: loss.reason,
      Packets: loss.packets,
      Bytes: loss.bytes,
      Flows: loss.flows,
      From: loss.from,
      To: loss.to,
    })),
    Archive: null,
  };
}
