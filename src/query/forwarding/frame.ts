/** What travels: a packet, and the frame that it is in on each link. */
import type { GraphNode } from '../../graph/element.ts';
import type { Atlas } from './atlas.ts';
import type { Tracking } from './filters/tracking.ts';
import type { Outcome } from './hop.ts';
import type { Packet } from './packet.ts';

export type { Packet };

export interface Frame {
  readonly packet: Packet;
  /** Undefined on links without hardware addresses. */
  readonly sourceMac: string | undefined;
  /** Undefined while nobody is known to have `target`: then whoever has it takes the frame. */
  readonly targetMac: string | undefined;
  /** The next hop's address. */
  readonly target: string;
  /** VLAN IDs, the outermost first. */
  readonly tags: readonly number[];
  /** The tunnel it came out of, as a switch sees it. */
  readonly tunnel?: { readonly key: number | undefined; readonly source: string; readonly destination: string };
}

/** One search through a layer 2 network. */
export interface Trip {
  /** How deep inside of tunnels. */
  readonly depth: number;
  /** Where this frame has been: the same place twice is a loop, or a way that was tried. */
  readonly seen: Set<string>;
  /** What is down and which VLAN it is in does not matter: only where it would come to, so that the right fault is told. */
  readonly isLenient?: boolean;
}

/** Gives `undefined` when it is time to breathe. */
export type Way = Generator<undefined, Outcome>;

/** What the parts of a walk ask of one another. */
export interface Walker {
  readonly atlas: Atlas;
  /** What namespaces remember of the connection. */
  readonly tracking: Tracking;
  /** Where it would go if no packet filter looked at it. */
  readonly isUnfiltered?: boolean;
  /** The interface is given a frame to send, by the stack or by a switch that it is a port of. */
  transmit(node: GraphNode, frame: Frame, trip: Trip): Way;
  /** A frame comes in by the interface. */
  receive(node: GraphNode, frame: Frame, trip: Trip): Way;
  /** The frame is the stack's, if it is meant for this interface. */
  take(node: GraphNode, frame: Frame, trip: Trip): Way;
  /** A packet from a namespace to one that has its destination. `came`: by which interface, when it does not begin there. */
  carry(namespace: GraphNode, packet: Packet, depth: number, came?: GraphNode): Way;
}

export function seenKey(node: GraphNode, where: string, { tags, targetMac, sourceMac }: Frame): string {
  return `${node.id} ${where} ${tags.join('.')} ${targetMac ?? ''} ${sourceMac ?? ''}`;
}
