/** A graph, a clock and mechanisms whose strings the test pulls: captures without a kernel. */

import type { KeptCaptures } from '../../src/capture/book.ts';
import type { Capture } from '../../src/capture/capture.ts';
import { Captures, type CapturesParts } from '../../src/capture/captures.ts';
import { Gate } from '../../src/capture/gate.ts';
import type { CaptureStats, Mechanism, MechanismContext, Running } from '../../src/capture/mechanism.ts';
import type { CapturePlace } from '../../src/flow/place.ts';
import type { Change } from '../../src/graph/change.ts';
import type { GraphNode, Metadata } from '../../src/graph/element.ts';
import { Graph } from '../../src/graph/graph.ts';
import type { Answer } from '../../src/query/query.ts';
import { QueryEngine } from '../../src/query/query.ts';
import type { KeptLists } from '../../src/std/kept-lists.ts';
import { fakeClock } from '../std/fake-clock.ts';

export const all: Mechanism['can'] = {
  filter: true,
  rawPackets: true,
  tcpMetric: true,
  reassembly: true,
  defragmentation: true,
  layerKeyL2: true,
  several: true,
};

/** One run of a fake mechanism. */
export interface FakeRun {
  readonly type: string;
  readonly context: MechanismContext;
  stats: CaptureStats;
  /** It ends by itself. */
  readonly end: (reason?: string) => void;
  isClosed: boolean;
}

export interface FakeMechanism extends Mechanism {
  /** Thrown at the next starts. */
  fault: Error | undefined;
}

export function world(
  options: {
    types?: Partial<Mechanism>[];
    limits?: CapturesParts['limits'];
    kept?: Capture[];
    isReadOnly?: boolean;
  } = {},
) {
  const clock = fakeClock();
  const graph = new Graph({ begin: clock.now() - 1000 });
  const engine = new QueryEngine({ keys: () => [] });
  const runs: FakeRun[] = [];
  const places: (CapturePlace | undefined)[] = [];
  const lost: unknown[] = [];
  const warnings: string[] = [];
  let written: readonly Capture[] = options.kept ?? [];
  let ids = 0;
  const mechanism = (said: Partial<Mechanism>): FakeMechanism => {
    const its: FakeMechanism = {
      type: 'afpacket',
      doc: '',
      nodeTypes: ['veth'],
      can: all,
      rank: 1,
      ...said,
      fault: undefined,
      async start(context) {
        if (its.fault) throw its.fault;
        const { promise: ended, resolve: end } = Promise.withResolvers<string | undefined>();
        const stats = { packetsReceived: 0, packetsDropped: 0, packetsIfDropped: 0, bytesReceived: 0 };
        const run: FakeRun = { type: its.type, context, stats, end, isClosed: false };
        runs.push(run);
        return {
          stats: () => run.stats,
          ended,
          ...(its.type === 'pcapsocket' && { listens: 'tcp 127.0.0.1:8100' }),
          async [Symbol.asyncDispose]() {
            run.isClosed = true;
          },
        } satisfies Running;
      },
    };
    return its;
  };
  const mechanisms = (options.types ?? [{}]).map(mechanism);
  const kept: KeptLists<KeptCaptures> = {
    read: () => ({ lists: { captures: written }, note: undefined }),
    write: ({ captures }) => {
      if (options.isReadOnly) throw new Error('EROFS');
      written = captures;
    },
  };
  const context = () => ({
    timeline: { now: () => graph.now() } as never,
    nowMs: clock.now(),
    elapsed: () => 0,
    turn: async () => {},
  });
  const say = (...changes: Change[]) => {
    const { refused } = graph.apply(changes, { host: 'h', origin: 'agent.h', time: clock.now() });
    if (refused[0]) throw new Error(refused[0].reason);
  };
  let matches = 0;
  const captures = new Captures({
    mechanisms,
    door: {
      compileFilter: (text: string) => {
        if (text.includes('prot '))
          throw Object.assign(new Error('filter'), { code: 'EINVAL', reason: 'syntax error', position: 0 });
        return new Uint8Array();
      },
    } as never,
    flows: {
      open: (place) => places.push(place) - 1,
      close: async (source) => {
        places[source] = undefined;
      },
      observe: () => {},
      raw: () => {},
      lost: (...loss) => lost.push(loss),
    },
    host: 'h',
    bind: '127.0.0.1',
    keyMode: 'L2',
    clock,
    random: () => 0.5,
    log: { info: () => {}, warn: (message) => warnings.push(message) },
    gate: new Gate(4),
    counters: () => {},
    view: () => graph.now(),
    apply: (changes) => say(...changes),
    match: async ({ GremlinQuery }) => {
      matches++;
      return nodesOf(await engine.run(engine.prepare(GremlinQuery), context()));
    },
    check: (query) => void engine.prepare(query),
    namespaces: () => [],
    ownNode: 'host',
    kept,
    newId: () => `c${++ids}`,
    limits: options.limits ?? { captures: 10, nodes: 10 },
  });
  graph.subscribe((commit) => captures.saw(commit, graph.revision));
  return {
    clock,
    graph,
    captures,
    mechanisms,
    runs,
    places,
    lost,
    warnings,
    say,
    /** What survives a restart. */
    kept: () => written,
    /** Times that a query was asked. */
    matches: () => matches,
    open: () => runs.filter(({ isClosed }) => !isClosed),
    node: (id: string) => [...graph.now().nodes(id)][0],
    entries: (id: string) => [...graph.now().nodes(id)][0]?.metadata.Captures as readonly Metadata[] | undefined,
    pass: (ms = 200) => clock.pass(ms),
  };
}

export type World = ReturnType<typeof world>;

export function veth(name: string, more: Metadata = {}): Change {
  return { kind: 'node', id: name, metadata: { Name: name, Type: 'veth', TID: `tid-${name}`, ...more } };
}

export function asked(GremlinQuery: string, more: Partial<Capture> = {}): Omit<Capture, 'UUID'> {
  return {
    GremlinQuery,
    SamplingRate: 0,
    PollingInterval: 0,
    ExtraTCPMetric: false,
    IPDefrag: false,
    ReassembleTCP: false,
    ...more,
  };
}

function nodesOf(answer: Answer): readonly GraphNode[] {
  if (answer.kind === 'paths') return answer.paths.flat();
  return answer.kind === 'nodes' ? answer.nodes : [];
}
