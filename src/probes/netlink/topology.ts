/** All namespaces together: what is linked to what, also across them. */
import type { Change } from '../../graph/change.ts';
import { kindOf } from './kinds/index.ts';
import type { Link } from './link.ts';
import { type Relation, Relations } from './relations.ts';

/** A namespace as far as relations need it. */
export interface Place {
  readonly nodeId: string;
  link(ifindex: number): Link | undefined;
  /** Node id of an interface that is in the graph. */
  published(ifindex: number): string | undefined;
  /** Node id of the namespace that has this number here; undefined while it is not known. */
  namespaceBy(nsid: number): string | undefined;
  /** ifindex of the interface with this bus address whose functions others are. */
  byBus(busInfo: string): number | undefined;
  /** Bus address of the device of which this interface is a virtual function. */
  physicalFunction(ifindex: number): string | undefined;
}

export interface Interface {
  readonly place: Place;
  readonly ifindex: number;
}

export class Topology {
  readonly places = new Map<string, Place>();
  readonly relations = new Relations();
  readonly #byNode = new Map<string, Interface>();
  /** Who waits for an interface to appear, by namespace and ifindex. */
  readonly #waiting = new Map<string, Set<string>>();

  /** An interface is in the graph now. Gives those that have waited for it. */
  appeared(place: Place, ifindex: number, node: string): Interface[] {
    this.#byNode.set(node, { place, ifindex });
    const key = waitKey(place.nodeId, ifindex);
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    return this.#interfaces(waiting);
  }

  /** It is not in the graph any more. Gives those that were related to it. */
  gone(node: string): Interface[] {
    this.#byNode.delete(node);
    return this.#interfaces(this.relations.forget(node));
  }

  /** What follows from what an interface says of itself now. */
  relate({ place, ifindex }: Interface): Change[] {
    const node = place.published(ifindex);
    const link = place.link(ifindex);
    if (node === undefined || !link) return [];
    const relations: Relation[] = [
      { parent: place.nodeId, child: node, metadata: { RelationType: 'ownership' } },
      ...this.#master(place, link, node),
      ...this.#parent(place, link, node),
      ...this.#physicalFunction(place, link, node),
    ];
    return this.relations.claim(node, relations);
  }

  #master(place: Place, link: Link, node: string): Relation[] {
    if (link.master === 0) return [];
    const master = this.#wait(place, link.master, node);
    const kind = place.link(link.master)?.kind;
    // All ports of the kernel datapath have one master, whatever bridge they are on.
    if (master === undefined || kind === 'openvswitch') return [];
    return [layer2(master, node, kind === 'vrf' ? 'vrf' : undefined)];
  }

  #parent(place: Place, link: Link, node: string): Relation[] {
    if (link.parent === undefined) return [];
    const there = link.parentNsid === undefined ? place : this.#placeBy(place, link.parentNsid);
    if (!there) return [];
    const other = this.#wait(there, link.parent, node);
    if (other === undefined) return [];
    if (!kindOf(link.kind)?.isPair) return [layer2(other, node, link.type)];
    const peer = there.link(link.parent);
    // Both ends say the same of it: from the higher number to the lower, by id where they are equal.
    if (!peer || peer.kind !== link.kind) return [];
    const isParent = peer.ifindex === link.ifindex ? node > other : link.ifindex > peer.ifindex;
    return [isParent ? layer2(node, other, link.type) : layer2(other, node, link.type)];
  }

  #physicalFunction(place: Place, link: Link, node: string): Relation[] {
    const bus = place.physicalFunction(link.ifindex);
    if (bus === undefined) return [];
    for (const there of this.places.values()) {
      const ifindex = there.byBus(bus);
      const parent = ifindex === undefined ? undefined : there.published(ifindex);
      if (parent !== undefined) return [{ parent, child: node, metadata: { RelationType: 'vf' } }];
    }
    return [];
  }

  #placeBy(place: Place, nsid: number): Place | undefined {
    const nodeId = place.namespaceBy(nsid);
    return nodeId === undefined ? undefined : this.places.get(nodeId);
  }

  /** Its node, or undefined and a word to `node` when it comes. */
  #wait(place: Place, ifindex: number, node: string): string | undefined {
    const found = place.published(ifindex);
    if (found !== undefined) return found;
    const key = waitKey(place.nodeId, ifindex);
    const waiting = this.#waiting.get(key);
    if (waiting) waiting.add(node);
    else this.#waiting.set(key, new Set([node]));
    return undefined;
  }

  #interfaces(nodes: Iterable<string>): Interface[] {
    return [...nodes].flatMap((node) => this.#byNode.get(node) ?? []);
  }
}

function layer2(parent: string, child: string, type: string | undefined): Relation {
  const metadata = { RelationType: 'layer2' };
  return { parent, child, metadata: type === undefined ? metadata : { ...metadata, Type: type } };
}

function waitKey(namespace: string, ifindex: number): string {
  return `${namespace}/${ifindex}`;
}
