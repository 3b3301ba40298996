/** The steps of a path, and how it ended. */
import type { GraphNode } from '../../graph/element.ts';
import type { Packet } from './packet.ts';

export interface Hop {
  /** 0 for the packet itself, one more inside each tunnel around it. */
  readonly depth: number;
  readonly node: GraphNode;
  readonly how: How;
  /** Largest packet of this link, where the hop is one. Bytes. */
  readonly mtu?: number;
  readonly issues: readonly Issue[];
}

/** How the packet went on from here, or came here. */
export interface How {
  readonly kind: HowKind;
  /** The same for people. */
  readonly text: string;
  readonly route?: RouteTaken;
  readonly rule?: RuleTaken;
  readonly fdb?: ForwardingEntry;
  readonly tunnel?: TunnelTaken;
  readonly filter?: FilterTaken;
  readonly nat?: NatTaken;
}

export type HowKind =
  | 'start'
  | 'route'
  | 'out'
  | 'in'
  | 'bridge'
  | 'switch'
  | 'openflow'
  | 'tunnel'
  | 'tunnel-end'
  | 'wire'
  | 'filter'
  | 'nat'
  | 'deliver';

export interface RouteTaken {
  readonly table: number;
  /** Priority of the policy rule that chose the table. */
  readonly rule?: number;
  /** 'default' of all addresses. */
  readonly prefix: string;
  readonly gateway?: string;
  readonly device?: string;
  readonly metric?: number;
  readonly source?: string;
  readonly mtu?: number;
}

/** A rule of OpenFlow. */
export interface RuleTaken {
  readonly id: string;
  readonly table: number;
  readonly priority: number;
  readonly cookie?: string;
  readonly match: string;
  readonly actions: string;
}

/** A rule of a packet filter that decided. */
export interface FilterTaken {
  /** Of the rule's node; of the chain's where its policy decided. */
  readonly id: string;
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** Undefined: the policy of the chain. */
  readonly handle?: number;
  readonly text: string;
  /** accept, drop, reject, snat, dnat, masquerade, redirect. */
  readonly verdict: string;
}

/** What a translation made of a packet. Ends are `10.0.0.1`, or with their port `10.0.0.1:80`, `[fd00::1]:80`. */
export interface NatTaken {
  readonly kind: 'snat' | 'dnat' | 'masquerade' | 'redirect';
  /** Of an answer, which is translated back. */
  readonly isBack?: boolean;
  readonly from: string;
  readonly to: string;
  readonly newFrom: string;
  readonly newTo: string;
}

export interface ForwardingEntry {
  readonly mac: string;
  readonly vlan?: number;
  readonly state: 'learned' | 'static' | 'flooded';
}

export interface TunnelTaken {
  readonly type: string;
  readonly key?: number;
  readonly local?: string;
  readonly remote: string;
  /** Bytes that it puts around each packet. */
  readonly overhead: number;
}

export interface Issue {
  /** Stable, for programs: `down`, `mtu`, `no-route`, `neighbour`… */
  readonly code: string;
  readonly text: string;
  /** It goes no further; that it goes on is taken for granted; or it goes on, and this should be known. */
  readonly weight: 'stops' | 'assumed' | 'warns';
}

/** How a way ends. */
export type End =
  /** `packet` as it is now, where something on the way may have changed it. */
  | { readonly kind: 'arrived'; readonly at: GraphNode; readonly packet?: Packet }
  /** It is known that it goes no further. */
  | { readonly kind: 'stopped'; readonly code: string; readonly reason: string }
  /** The graph does not tell how it goes on. `left`: as the frame was when it went beyond what is watched. */
  | { readonly kind: 'unknown'; readonly code: string; readonly reason: string; readonly left?: Left };

/** A frame that goes beyond what is watched. */
export interface Left {
  readonly by: GraphNode;
  readonly packet: Packet;
  /** Undefined on links without hardware addresses. */
  readonly sourceMac: string | undefined;
  /** VLAN IDs, the outermost first. */
  readonly tags: readonly number[];
}

export interface Outcome {
  readonly hops: readonly Hop[];
  readonly end: End;
}

export function stopped(hops: readonly Hop[], code: string, reason: string): Outcome {
  return { hops: marked(hops, { code, text: reason, weight: 'stops' }), end: { kind: 'stopped', code, reason } };
}

export function unknown(hops: readonly Hop[], code: string, reason: string): Outcome {
  return { hops: marked(hops, { code, text: reason, weight: 'stops' }), end: { kind: 'unknown', code, reason } };
}

/** Beyond the interface nobody watches. */
export function leaving(code: string, reason: string, by: GraphNode, frame: Omit<Left, 'by'>): Outcome {
  const { packet, sourceMac, tags } = frame;
  return { hops: [], end: { kind: 'unknown', code, reason, left: { by, packet, sourceMac, tags } } };
}

/** The last hop is where it happened. */
function marked(hops: readonly Hop[], issue: Issue): readonly Hop[] {
  const last = hops.at(-1);
  return last === undefined ? hops : [...hops.slice(0, -1), { ...last, issues: [...last.issues, issue] }];
}

export function prefixed(hops: readonly Hop[], { hops: rest, end }: Outcome): Outcome {
  if (rest.length > 0 || end.kind === 'arrived') return { hops: [...hops, ...rest], end };
  // What stopped at once did so at the last of these.
  return { hops: marked(hops, { code: end.code, text: end.reason, weight: 'stops' }), end };
}

/** Where it arrives; else where it is not known how it goes on; else where it got furthest. */
export function best(outcomes: readonly Outcome[]): Outcome | undefined {
  const worth = { arrived: 2, unknown: 1, stopped: 0 };
  let found: Outcome | undefined;
  for (const one of outcomes) {
    if (found === undefined || worth[one.end.kind] > worth[found.end.kind]) found = one;
    else if (one.end.kind === found.end.kind && isMoreTelling(one, found)) found = one;
  }
  return found;
}

/** That a frame is not for somebody is no news where it is flooded. */
function isMoreTelling(one: Outcome, other: Outcome): boolean {
  const isNews = ({ end }: Outcome) => end.kind === 'arrived' || (end.code !== 'not-for-it' && end.code !== 'loop');
  if (isNews(one) !== isNews(other)) return isNews(one);
  return one.hops.length > other.hops.length;
}
