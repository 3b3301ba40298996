/** What a step is. All it knows comes in through its arguments, its input and the run. */

import type { SocketView } from '../ends/socket-view.ts';
import type { Flow, RawPacket } from '../flow/flow.ts';
import type { FlowCondition, FlowView } from '../flow/view.ts';
import type { Element, GraphEdge, GraphNode, Metadata, Value } from '../graph/element.ts';
import type { Difference, GraphView, Sample, Span, Timeline, Wanted } from '../graph/view.ts';
import type { Fault } from '../std/mistake.ts';
import type { Parameters } from './arguments.ts';
import type { Condition } from './condition.ts';
import type { Kind } from './kind.ts';
import type { Budget } from './limits.ts';

/** A step of the list, its own types forgotten: check gives each only what it says it takes. */
export type Step = StepOf<unknown, Item, Item>;

export interface StepOf<Args, In extends Item, Out extends Item> {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** The spellings it belongs to: 'skydive' is `G.V().Has(…)`. */
  readonly dialect: readonly Dialect[];
  /** Asks about the query instead of running it (explain), or while it runs (profile); always the last step. */
  readonly mode?: 'explain' | 'profile';
  /** Its arguments are names of sets: given here, or needed from a step before. */
  readonly names?: 'given' | 'needed';
  /** One sentence, for the reference and for completion. */
  readonly doc: string;
  readonly args: Parameters<Args>;
  /** Runs as a test and is printed in the reference. `gives`: ids of elements, JSON of anything else. */
  readonly example: { readonly on: string; readonly query: string; readonly gives: readonly string[] };
  /** What it takes, and what comes of that. */
  readonly gives: { readonly [K in Kind]?: Kind | ((args: Args) => Kind) };
  /** A filter: elements that meet all of these pass and nothing else happens. The plan may hand them to an index. */
  filter?(args: Args, takes: Kind): readonly Condition[] | undefined;
  /** The same on flows: those that meet all of these pass. The plan may hand them to the store. */
  flowFilter?(args: Args): readonly FlowCondition[];
  /** What it reads of flows, by its name at the top of a flow, beside UUID and NodeTID. When left out: anything. */
  flowFields?(args: Args): readonly string[];
  /** What the keys among its arguments are keys of; when left out, of what it takes. */
  readonly keysOf?: (takes: Kind) => Vocabulary;
  /** Item by item. Made ready once for each query text, then run any number of times; state lives inside a run. */
  stream?(args: Args, takes: Kind): (input: Items<In>, run: Run) => Items<Out>;
  /** All of the input first (undefined: not of this kind, it streams): for what waits (an archive), changes the view, or names its input. */
  gather?(args: Args, takes: Kind): ((input: readonly In[], run: Run) => Items<Out> | Promise<Items<Out>>) | undefined;
}

export type Dialect = 'skydive';

/** 'none': of objects nobody has described. */
export type Vocabulary = 'metadata' | 'flow' | 'none';

/** `undefined` is a breath: nothing yet, but the event loop should turn. Every step passes it on. */
export type Items<T extends Item = Item> = Iterable<T | undefined>;

export type Item =
  | Element
  | Subgraph
  | Path
  | Value
  | Series
  | NextHopOf
  | Difference
  | Sample
  | Flow
  | FlowGroup
  | PacketsOf
  | SocketsOf;

/** Flows that agree in a field. */
export interface FlowGroup {
  readonly id: string;
  readonly flows: readonly Flow[];
}

/** Packets that were kept of a flow, by its UUID. */
export interface PacketsOf {
  readonly id: string;
  readonly packets: readonly RawPacket[];
}

/** Sockets of a node, by its id, or those at the ends of a flow, by its UUID. */
export interface SocketsOf {
  readonly id: string;
  readonly sockets: readonly Metadata[];
}

/** Says of packets whether an expression in pcap syntax lets them pass. */
export type PacketTest = (packet: RawPacket) => boolean;

export interface Subgraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** The same as a view: steps that follow see nothing else. */
  readonly view: GraphView;
}

export type Path = readonly GraphNode[];

export interface Series {
  /** Element id, or a name for what was put together. */
  readonly id: string;
  readonly samples: readonly Sample[];
}

export interface NextHopOf {
  readonly id: string;
  readonly hop: NextHop;
}

export interface NextHop {
  readonly priority: number;
  readonly ip: string;
  /** Of the neighbour, when it is known. */
  readonly mac: string | undefined;
  readonly ifIndex: number | undefined;
}

/** One run of a query. */
export interface Run {
  /** Of the moment the query speaks of; `At` and `SubGraph` set another. */
  view: GraphView;
  /** What `.G` in the middle goes back to. */
  root: GraphView;
  readonly timeline: Timeline;
  /** All that will be looked at behind `At`; undefined: anything. */
  readonly wanted: Wanted | undefined;
  /** The time asked about; not cut to what is kept of the graph, as the view is. */
  time: Span | undefined;
  /** Undefined where nothing captures. */
  readonly flows: FlowView | undefined;
  /** Undefined where nobody looks at sockets. */
  readonly sockets: SocketView | undefined;
  /** Undefined where no filters are understood. Throws a Mistake, its position within the expression. */
  readonly matchFilter: ((expression: string) => PacketTest) | undefined;
  /** Undefined where nobody may call workflows. */
  readonly workflow: ((name: string, params: readonly unknown[]) => Promise<unknown>) | undefined;
  /** The query itself, which positions in a Mistake are of. */
  readonly text: string;
  readonly nowMs: number;
  readonly budget: Budget;
  /** Lets the event loop turn once, for what waits by itself. */
  turn(): Promise<void>;
  /** The next breath lasts until this is done. */
  wait(promise: Promise<unknown>): void;
  /** Flows of this time were asked for: what was lost of them belongs to the answer. */
  noteFlows(): void;
  /** Sets that `As` has named. */
  readonly names: Map<string, readonly GraphNode[]>;
  warn(fault: Fault): void;
}

/** What a run of either dialect has: enough for what both of them share. */
export type World = Pick<
  Run,
  'view' | 'timeline' | 'time' | 'flows' | 'sockets' | 'nowMs' | 'budget' | 'wait' | 'noteFlows' | 'warn'
>;

export function defineStep<Args, In extends Item, Out extends Item>(step: StepOf<Args, In, Out>): Step {
  return step as unknown as Step;
}
