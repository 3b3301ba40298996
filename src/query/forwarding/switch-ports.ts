/** Ports of a bridge of Open vSwitch, and the interfaces that they are made of. */
import type { GraphNode } from '../../graph/element.ts';
import { type Atlas, type Link, nameOf, numberOf, typeOf } from './atlas.ts';
import { LOCAL } from './openflow/fields.ts';

export function isSwitched(node: GraphNode, links: readonly Link[]): boolean {
  return portOf(links) !== undefined || (node.metadata.Ovs !== undefined && typeOf(node) === 'patch');
}

/** The bridge that a port or an interface of it belongs to. */
export function bridgeOf(atlas: Atlas, node: GraphNode): GraphNode | undefined {
  const port = portOf([...atlas.links(node)]);
  return port && bridgeOfPort(atlas, port);
}

export interface Port {
  readonly port: GraphNode;
  readonly node: GraphNode;
  readonly number: number;
}

/** Each interface of each port: a bond has several. */
export function* portsOf(atlas: Atlas, bridge: GraphNode): Generator<Port> {
  for (const { node: port, isAbove } of atlas.links(bridge)) {
    if (isAbove || typeOf(port) !== 'ovsport') continue;
    for (const { node, isAbove: above } of atlas.links(port)) {
      if (above || typeOf(node) === 'ovsbridge') continue;
      yield { port, node, number: numberOf(node.metadata.OfPort) ?? -1 };
    }
  }
}

export function portOf(links: readonly Link[]): GraphNode | undefined {
  return links.find(({ node, isAbove }) => isAbove && typeOf(node) === 'ovsport')?.node;
}

export function bridgeOfPort(atlas: Atlas, port: GraphNode): GraphNode | undefined {
  for (const { node, isAbove } of atlas.links(port)) if (isAbove && typeOf(node) === 'ovsbridge') return node;
  return undefined;
}

/** The namespace that the switch works in: that of its local port, else of any other. */
export function switchNamespace(atlas: Atlas, bridge: GraphNode): GraphNode | undefined {
  const interfaces = [...portsOf(atlas, bridge)].map(({ node }) => node);
  const local = interfaces.find((node) => node.metadata.OfPort === LOCAL || nameOf(node) === nameOf(bridge));
  // A device of the switch's own belongs to the bridge, and says nothing of where that is.
  const others = interfaces.filter(
    (node) => typeOf(node) !== 'internal' && numberOf(node.metadata.IfIndex) !== undefined,
  );
  for (const node of [...(local === undefined ? [] : [local]), ...others]) {
    const namespace = numberOf(node.metadata.IfIndex) === undefined ? undefined : atlas.namespace(node);
    if (namespace !== undefined) return namespace;
  }
  return undefined;
}
