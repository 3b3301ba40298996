/** Which interfaces of a namespace are listened at, and which nodes they are. */
import type { GraphNode } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import type { Interface } from './listener.ts';
import type { Neighbours } from './neighbours.ts';

/** Nodes of the interfaces at which somebody was heard, of those that are asked about. */
export function placesOf(view: GraphView, neighbours: Neighbours, names: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const byNamespace = Map.groupBy(neighbours.all(), ({ namespace }) => namespace);
  for (const [namespace, known] of byNamespace) {
    const interfaces = interfacesOf(view, namespace);
    for (const { interfaceIndex } of known) {
      const id = interfaces.get(interfaceIndex);
      if (id !== undefined && isAskedAbout(view, id, names)) found.set(`${namespace} ${interfaceIndex}`, id);
    }
  }
  return found;
}

export function interfacesToHear(view: GraphView, namespace: string, names: readonly string[]): Interface[] {
  const found: Interface[] = [];
  for (const id of interfacesOf(view, namespace).values())
    for (const node of view.nodes(id)) {
      const { IfIndex, LinkFlags } = node.metadata;
      if (!isAskedAbout(view, id, names)) continue;
      if (Array.isArray(LinkFlags) && LinkFlags.includes('LOOPBACK')) continue;
      found.push({
        index: IfIndex as number,
        isOfDatapath: isOfDatapath(view, node),
        sentBesides: names.length > 0 ? addressesOf(node) : undefined,
      });
    }
  return found;
}

/** Interfaces of a namespace, by their index. */
function interfacesOf(view: GraphView, namespace: string): Map<number, string> {
  const found = new Map<number, string>();
  for (const node of view.nodes(namespace))
    for (const edge of view.out(node)) {
      if (edge.metadata.RelationType !== 'ownership') continue;
      for (const child of view.children(edge))
        if (typeof child.metadata.IfIndex === 'number') found.set(child.metadata.IfIndex, child.id);
    }
  return found;
}

function isAskedAbout(view: GraphView, id: string, names: readonly string[]): boolean {
  if (names.length === 0) return true;
  for (const { metadata } of view.nodes(id)) return names.includes(String(metadata.Name));
  return false;
}

/** Under these an interface sends; one of a bond has the bond's, and the one that it was made with. */
function addressesOf({ metadata: { MAC, BondSlave } }: GraphNode): Uint8Array[] {
  const { PermMAC } = (BondSlave ?? {}) as { readonly PermMAC?: unknown };
  return [MAC, PermMAC].flatMap((text) =>
    typeof text === 'string' && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text)
      ? [Uint8Array.from(text.split(':'), (octet) => Number.parseInt(octet, 16))]
      : [],
  );
}

/** Whether the kernel datapath of Open vSwitch is its master. */
function isOfDatapath(view: GraphView, node: GraphNode): boolean {
  for (const edge of view.in(node)) {
    if (edge.metadata.RelationType !== 'layer2') continue;
    for (const { metadata } of view.parents(edge)) if (metadata.Type === 'openvswitch') return true;
  }
  return false;
}
