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
  /** Asks the kernel for all of a link: of the far end of a pair it does not tell when it moves. */
  reread(ifindex: number): void;
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
  /** What an interface last had to be asked about because its other end said otherwise. */
  readonly #doubts = new Map<string, string>();
  /** Who waits for an interface to appear, by namespace and ifindex. */
  readonly #waiting = new Map<string, Set<string>>();
  /** What an interface waits for. */
  readonly #waits = new Map<string, string[]>();

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
    this.#doubts.delete(node);
    this.#stopWaiting(node);
    return this.#interfaces(this.relations.forget(node));
  }

  /** What follows from what an interface says of itself now. */
  relate({ place, ifindex }: Interface): Change[] {
    const node = place.published(ifindex);
    const link = place.link(ifindex);
    if (node === undefined || !link) return [];
    this.#stopWaiting(node);
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
    const master = this.#wait(place.nodeId, link.master, node);
    // All ports of the kernel datapath have one master, whatever bridge they are on.
    if (!master || master.link.kind === 'openvswitch') return [];
    return [layer2(master.node, node, master.link.kind === 'vrf' ? 'vrf' : undefined)];
  }

  #parent(place: Place, link: Link, node: string): Relation[] {
    if (link.parent === undefined) return [];
    const there = link.parentNsid === undefined ? place.nodeId : place.namespaceBy(link.parentNsid);
    const other = there === undefined ? undefined : this.#wait(there, link.parent, node);
    if (!other) return [];
    if (!kindOf(link.kind)?.isPair) return [layer2(other.node, node, link.type)];
    if (other.link.kind !== link.kind) return [];
    this.#compare(other, { place, link, node });
    // Both ends say the same of it: from the higher number to the lower, by id where they are equal.
    const isEqual = other.link.ifindex === link.ifindex;
    const isParent = isEqual ? node > other.node : link.ifindex > other.link.ifindex;
    return [isParent ? layer2(node, other.node, link.type) : layer2(other.node, node, link.type)];
  }

  /** The kernel tells when an end of a pair moves, but not the other end that its peer is elsewhere now. */
  #compare(end: End, peer: End): void {
    const { parent, parentNsid } = end.link;
    const where = parentNsid === undefined ? end.place.nodeId : end.place.namespaceBy(parentNsid);
    if (where === undefined || (parent === peer.link.ifindex && where === peer.place.nodeId)) return;
    const doubt = `${peer.node} ${parentNsid ?? ''}`;
    if (this.#doubts.get(end.node) === doubt) return;
    this.#doubts.set(end.node, doubt);
    end.place.reread(end.link.ifindex);
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

  /** The interface if it is in the graph; else `node` hears when it is. */
  #wait(namespace: string, ifindex: number, node: string): End | undefined {
    const place = this.places.get(namespace);
    const found = place?.published(ifindex);
    const link = place?.link(ifindex);
    if (place && found !== undefined && link) return { place, link, node: found };
    const key = waitKey(namespace, ifindex);
    const waiting = this.#waiting.get(key);
    if (waiting) waiting.add(node);
    else this.#waiting.set(key, new Set([node]));
    this.#waits.set(node, [...(this.#waits.get(node) ?? []), key]);
    return undefined;
  }

  #stopWaiting(node: string): void {
    for (const key of this.#waits.get(node) ?? []) {
      const waiting = this.#waiting.get(key);
      waiting?.delete(node);
      if (waiting?.size === 0) this.#waiting.delete(key);
    }
    this.#waits.delete(node);
  }

  #interfaces(nodes: Iterable<string>): Interface[] {
    return [...nodes].flatMap((node) => this.#byNode.get(node) ?? []);
  }
}

interface End {
  readonly place: Place;
  readonly link: Link;
  readonly node: string;
}

function layer2(parent: string, child: string, type: string | undefined): Relation {
  const metadata = { RelationType: 'layer2' };
  return { parent, child, metadata: type === undefined ? metadata : { ...metadata, Type: type } };
}

function waitKey(namespace: string, ifindex: number): string {
  return `${namespace}/${ifindex}`;
}
