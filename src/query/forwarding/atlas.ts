/** What a walk asks a graph: who owns whom, who has an address, and what is plugged into what. */
import type { GraphEdge, GraphNode, Metadata, Value } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import { parseAddress } from '../../std/address.ts';
import { ipText } from '../../std/addresstext.ts';
import { isList } from '../key.ts';
import type { Budget } from '../limits.ts';

/** A neighbour on layer 2. */
export interface Link {
  readonly node: GraphNode;
  /** The edge's Type: veth, vlan, patch…; '' of what is a port of something. */
  readonly type: string;
  /** The neighbour is the parent of the edge: the bridge of a port, the device under a VLAN. */
  readonly isAbove: boolean;
}

export class Atlas {
  readonly view: GraphView;
  readonly budget: Budget;
  readonly #byAddress: Map<string, GraphNode[]>;
  readonly #byMac: Map<string, GraphNode[]>;
  readonly #tunnels: GraphNode[];

  /** `read`: another of the same view, whose reading this one shares. */
  constructor(view: GraphView, budget: Budget, read?: Atlas) {
    this.view = view;
    this.budget = budget;
    this.#byAddress = read === undefined ? new Map() : read.#byAddress;
    this.#byMac = read === undefined ? new Map() : read.#byMac;
    this.#tunnels = read === undefined ? [] : read.#tunnels;
  }

  /** The same for a question with bounds of its own: it need not be read again. */
  within(budget: Budget): Atlas {
    return new Atlas(this.view, budget, this);
  }

  /** Looks at every node once. */
  *read(): Generator<undefined, void> {
    for (const node of this.view.nodes()) {
      if (this.budget.spend()) yield undefined;
      const { metadata } = node;
      for (const address of addressesOf(metadata)) add(this.#byAddress, address, node);
      if (typeof metadata.MAC === 'string') add(this.#byMac, metadata.MAC, node);
      if (isTunnel(metadata)) this.#tunnels.push(node);
    }
  }

  /** Ends of tunnels. */
  get tunnels(): readonly GraphNode[] {
    return this.#tunnels;
  }

  /** Interfaces that have the address. */
  holders(address: string): readonly GraphNode[] {
    return this.#byAddress.get(address) ?? [];
  }

  withMac(mac: string): readonly GraphNode[] {
    return this.#byMac.get(mac) ?? [];
  }

  node(id: string): GraphNode | undefined {
    const [node] = this.view.nodes(id);
    return node;
  }

  *owners(node: GraphNode): Generator<GraphNode> {
    yield* this.#ends(node, 'in', 'ownership');
  }

  *owned(node: GraphNode): Generator<GraphNode> {
    yield* this.#ends(node, 'out', 'ownership');
  }

  /** The namespace that the node is, or is in: of the host it is the host's node. */
  namespace(node: GraphNode): GraphNode | undefined {
    let at: GraphNode | undefined = node;
    // A host owns a namespace owns an interface: nothing lies deeper.
    for (let depth = 0; at !== undefined && depth < DEPTH_MAX; depth++) {
      if (isNamespace(at)) return at;
      [at] = this.owners(at);
    }
    return undefined;
  }

  /** Of a namespace or host, without those of other namespaces. */
  *interfaces(namespace: GraphNode): Generator<GraphNode> {
    for (const node of this.owned(namespace)) if (typeof node.metadata.IfIndex === 'number') yield node;
  }

  byIndex(namespace: GraphNode, ifIndex: number): GraphNode | undefined {
    for (const node of this.interfaces(namespace)) if (node.metadata.IfIndex === ifIndex) return node;
    return undefined;
  }

  *links(node: GraphNode): Generator<Link> {
    for (const [side, isAbove] of [
      ['in', true],
      ['out', false],
    ] as const)
      for (const edge of this.view[side](node)) {
        this.budget.spend();
        if (edge.metadata.RelationType !== 'layer2') continue;
        const type = typeof edge.metadata.Type === 'string' ? edge.metadata.Type : '';
        for (const other of this.#far(edge, side)) yield { node: other, type, isAbove };
      }
  }

  *#ends(node: GraphNode, side: 'in' | 'out', relation: string): Generator<GraphNode> {
    for (const edge of this.view[side](node)) {
      this.budget.spend();
      if (edge.metadata.RelationType === relation) yield* this.#far(edge, side);
    }
  }

  #far(edge: GraphEdge, side: 'in' | 'out'): Iterable<GraphNode> {
    return side === 'in' ? this.view.parents(edge) : this.view.children(edge);
  }
}

const DEPTH_MAX = 8;

export function isNamespace({ metadata }: GraphNode): boolean {
  return metadata.Type === 'netns' || metadata.Type === 'host';
}

/** Addresses of an interface in their one spelling, without their prefix length; IPv4 first. */
export function addressesOf(metadata: Metadata): string[] {
  return prefixesOf(metadata).flatMap((text) => canonical(text.split('/', 1)[0] as string) ?? []);
}

/** `10.0.0.1/24`, as an interface has them; IPv4 first. */
export function prefixesOf({ IPV4, IPV6 }: Metadata): string[] {
  return [...textsIn(IPV4), ...textsIn(IPV6)];
}

/** Undefined of what is no address. */
export function canonical(text: string): string | undefined {
  const address = parseAddress(text);
  return address && ipText(address.bytes);
}

export function objectOf(value: Value | undefined): Metadata {
  return typeof value === 'object' && value !== null && !isList(value) ? (value as Metadata) : {};
}

export function numberOf(value: Value | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

export function textOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function textsIn(value: Value | undefined): string[] {
  return (isList(value) ? value : [value]).filter((text) => typeof text === 'string');
}

export function nameOf({ id, metadata }: GraphNode): string {
  return textOf(metadata.Name) ?? id;
}

export function typeOf({ metadata }: GraphNode): string {
  return textOf(metadata.Type) ?? '';
}

function isTunnel({ Vxlan, Geneve, Tunnel, Ovs }: Metadata): boolean {
  if (Vxlan !== undefined || Geneve !== undefined || Tunnel !== undefined) return true;
  return objectOf(objectOf(Ovs).Options).remote_ip !== undefined;
}

function add(to: Map<string, GraphNode[]>, key: string, node: GraphNode): void {
  const nodes = to.get(key);
  if (nodes) nodes.push(node);
  else to.set(key, [node]);
}
