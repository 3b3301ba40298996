/**
 * All that running checks needs of the world: clock, chance, the graph through time, and hands to send, to watch and to
 * dial with. What is absent cannot be done here, and a check that needs it says so.
 *
 * Of injection, dial, drops and why it says again the little that checks use, since it may not import them: they stand
 * beside it, with sockets and addons behind them. Who hands theirs in (src/app-checks.ts) has it compared by the compiler.
 */
import type { Flow, RawPacket } from '../../flow/flow.ts';
import type { FlowView } from '../../flow/view.ts';
import type { GraphNode } from '../../graph/element.ts';
import type { Timeline } from '../../graph/view.ts';
import type { Answer } from '../../query/answer.ts';
import type { ProcessPlaces } from '../../query/forwarding/ends.ts';
import type { Clock } from '../../std/clock.ts';
import type { Json } from '../suite/suite.ts';

export interface World {
  readonly version: string;
  readonly clock: Clock;
  /** Monotonic ms. */
  elapsed(): number;
  /** Lets the event loop turn once. */
  turn(): Promise<void>;
  newId(): string;
  readonly timeline: Timeline;
  /** Another when the graph of now is another. */
  revision(): number;
  /** `timeline`: instead of the one above, to see another moment or span as now. Rejects with a Mistake. */
  ask(query: string, timeline: Timeline, signal: AbortSignal): Promise<Answer>;
  /** Where processes have sockets, at a moment (epoch ms; undefined is now). */
  places?(time: number | undefined): Promise<ProcessPlaces | undefined>;
  readonly flows?: FlowView | undefined;
  readonly watching?: Watching | undefined;
  readonly injecting?: Injecting | undefined;
  /** From inside the namespace of a node (of Type netns or host). Rejects with Unavailable where it cannot be tried. */
  readonly dial?: ((namespace: GraphNode, question: Dialling, signal: AbortSignal) => Promise<Dialed>) | undefined;
  /** What kernels drop of these packets while it is open. Rejects with Unavailable. */
  readonly drops?: ((packets: readonly Watched[], hosts: ReadonlySet<string>) => Promise<DropsSeen>) | undefined;
  /** As /metrics has it: Prometheus text. */
  readonly metrics?: (() => Promise<string>) | undefined;
  /** What the workflow gives. Rejects with a Mistake. */
  readonly workflow?:
    | ((name: string, params: Readonly<Record<string, Json>>, signal: AbortSignal) => Promise<Json>)
    | undefined;
  /** What the changes of the graph say of a way that no longer leads there; the likeliest first. */
  readonly why?: ((question: WhyAsked, signal: AbortSignal) => Promise<readonly WhyFound[]>) | undefined;
  /** A capture file of these packets, each with the place where it was seen. */
  readonly pcapng?: ((places: readonly KeptAt[]) => Uint8Array) | undefined;
  /** Changes that were said to be what broke it, or that could not be asked, are told here. */
  readonly log: { warn(message: string): void };
}

/** Captures of a run. */
export interface Watching {
  /** Resolves when it runs on all that it can run on, or `readyMs` are over. It ends by itself after `ttlMs`. */
  open(asked: {
    /** Ids of nodes. */
    readonly nodes: ReadonlySet<string>;
    /** pcap syntax; undefined: everything. */
    readonly filter: string | undefined;
    readonly ttlMs: number;
    readonly readyMs: number;
    readonly packetsKept: number;
    readonly name: string;
  }): Promise<Watch>;
}

export interface Watch extends AsyncDisposable {
  readonly id: string;
  /** Of nodes that are watched now. */
  isWatched(node: string): boolean;
  /** Sentences: why it does not run somewhere. */
  notes(): readonly string[];
}

/** As src/injection/injection.ts has it, as far as checks use it. */
export interface Injecting {
  create(asked: {
    readonly From: string;
    readonly To: string;
    readonly SrcIP?: string;
    readonly DstIP?: string;
    readonly Type: 'icmp4' | 'icmp6' | 'tcp4' | 'tcp6' | 'udp4' | 'udp6';
    readonly DstPort?: number;
    readonly Count: number;
    readonly Interval: number;
    readonly Mode: 'unique' | 'random';
    readonly Way: 'link' | 'stack';
    readonly Wait: number;
  }): Promise<Injected>;
  get(uuid: string): Injected | undefined;
  remove(uuid: string): Promise<boolean>;
  done(uuid: string, signal?: AbortSignal): Promise<Injected | undefined>;
}

export interface Injected {
  readonly UUID: string;
  readonly State: string;
  readonly TrackingIDs: readonly string[];
  readonly Packet: {
    readonly SrcIP?: string;
    readonly DstIP?: string;
    readonly SrcPort?: number;
    readonly DstPort?: number;
    readonly ICMPID?: number;
    readonly Name: string;
  };
  readonly Sent: number;
  readonly Replies: {
    readonly Received: number;
    readonly EchoReply: number;
    readonly SynAck: number;
    readonly Reset: number;
    readonly Datagram: number;
    readonly Errors: readonly {
      readonly Type: number;
      readonly Code: number;
      readonly Text: string;
      readonly From: string;
      readonly Count: number;
      readonly MTU?: number;
    }[];
    /** ns. */
    readonly RTT?: { readonly P50: number; readonly P95: number; readonly Max: number };
  };
  readonly Error?: string;
}

/** As src/dial/dial.ts has it. */
export interface Dialling {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly address: string;
  readonly port?: number;
  readonly from?: string;
  readonly timeoutMs: number;
}

export interface Dialed {
  readonly outcome:
    | 'connected'
    | 'answered'
    | 'refused'
    | 'reset'
    | 'timeout'
    | 'unreachable'
    | 'no-route'
    | 'denied'
    | 'too-big';
  readonly sentence: string;
  readonly rttMs?: number;
  readonly local?: { readonly address: string; readonly port: number };
  readonly errno?: string;
  readonly icmp?: { readonly type: number; readonly code: number; readonly from: string };
  readonly mtu?: number;
}

/** As src/drops/drops.ts has it. */
export interface Watched {
  readonly a: string;
  readonly b?: string;
  readonly protocol?: number;
  readonly bPort?: number;
}

export interface DropSeen {
  readonly host: string;
  readonly timeMs: number;
  readonly reason: string;
  readonly symbol?: string;
  readonly cookie?: string;
  readonly ifIndex?: number;
  readonly inIfIndex?: number;
  readonly direction: 'in' | 'out' | 'forward';
  readonly tuple: {
    readonly from: string;
    readonly to: string;
    readonly protocol: number;
    readonly fromPort?: number;
    readonly toPort?: number;
    readonly icmp?: { readonly type: number; readonly code: number; readonly id: number };
    readonly tcpFlags?: number;
  };
}

export interface DropsSeen extends AsyncDisposable {
  drops(): readonly DropSeen[];
  settled(): Promise<void>;
}

export interface WhyAsked {
  readonly from: string;
  readonly to: string;
  /** IANA number. */
  readonly protocol: number;
  readonly port?: number | undefined;
  /** Epoch ms. */
  readonly good?: number | undefined;
  readonly failed?: number | undefined;
  readonly since?: number | undefined;
}

export interface WhyFound {
  readonly text: string;
  readonly time: number;
  readonly kind: string;
  readonly id: string;
}

export interface KeptAt {
  readonly node: GraphNode;
  readonly flow: Flow;
  readonly packets: readonly RawPacket[];
}
