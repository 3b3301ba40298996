/** Which nodes are two ends of one wire, by what each says of itself. Where more than two could be meant, none are. */
import type { GraphNode } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import { someOf } from '../../std/some-of.ts';
import { networkOf } from './network.ts';

export interface Pair {
  readonly a: GraphNode;
  readonly b: GraphNode;
  /** PeerIntfMAC, or the network of two addresses. */
  readonly by: string;
}

export interface Found {
  readonly pairs: readonly Pair[];
  /** What could be several: a sentence each. */
  readonly unclear: readonly string[];
}

export function findPairs(view: GraphView): Found {
  const byMac = new Lists();
  const claims = new Lists();
  const networks = new Lists();
  for (const node of view.nodes()) {
    const { MAC, PeerIntfMAC, IPV4, IPV6 } = node.metadata;
    const mac = macOf(MAC);
    if (mac !== undefined) byMac.add(mac, node);
    const peer = macOf(PeerIntfMAC);
    if (peer !== undefined) claims.add(peer, node);
    for (const address of [IPV4, IPV6].flat()) {
      const network = typeof address === 'string' ? networkOf(address) : undefined;
      if (network !== undefined) networks.add(network, node);
    }
  }
  const pairs: Pair[] = [];
  const unclear: string[] = [];
  for (const [mac, claiming] of claims.all) {
    const meant = lowest(
      view,
      (byMac.all.get(mac) ?? []).filter((node) => !claiming.includes(node)),
    );
    const [a, b] = [claiming[0], meant[0]];
    if (!a || !b) continue;
    if (claiming.length > 1) unclear.push(`${namesOf(claiming)} all have ${mac} for a peer`);
    else if (meant.length > 1) unclear.push(`${namesOf(meant)} all have the MAC ${mac}`);
    else pairs.push({ a, b, by: 'PeerIntfMAC' });
  }
  for (const [network, nodes] of networks.all) {
    const [a, b] = nodes;
    // A host knows its own wires; what it cannot see is what leads out of it.
    if (!a || !b || new Set(nodes.map(placeOf)).size < 2) continue;
    if (nodes.length > 2) unclear.push(`${namesOf(nodes)} all have an address in ${network}`);
    else pairs.push({ a, b, by: network });
  }
  return { pairs: pairs.filter(({ a, b }) => !areLinked(view, a, b)), unclear };
}

class Lists {
  readonly all = new Map<string, GraphNode[]>();

  add(key: string, node: GraphNode): void {
    const list = this.all.get(key);
    if (!list) this.all.set(key, [node]);
    else if (!list.includes(node)) list.push(node);
  }
}

/** Lower case; neither none (zeros) nor many (IEEE 802, I/G bit). */
function macOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(value)) return undefined;
  const mac = value.toLowerCase();
  return mac === '00:00:00:00:00:00' || Number.parseInt(mac.slice(0, 2), 16) & 1 ? undefined : mac;
}

/** A bridge has the MAC of one of its ports, a VLAN that of its device: the wire is at the lower one. */
function lowest(view: GraphView, nodes: readonly GraphNode[]): readonly GraphNode[] {
  if (nodes.length < 2) return nodes;
  const ids = new Set(nodes.map(({ id }) => id));
  return nodes.filter((node) => {
    for (const edge of view.out(node))
      if (edge.metadata.Type === undefined && isLayer2(edge) && ids.has(edge.child)) return false;
    for (const edge of view.in(node))
      if (edge.metadata.Type === 'vlan' && isLayer2(edge) && ids.has(edge.parent)) return false;
    return true;
  });
}

/** Where a node stands: on a host, or in what someone has written down. */
function placeOf({ host, origin, metadata }: GraphNode): string {
  return metadata.Probe === 'fabric' || !origin.startsWith('agent.') ? `written: ${origin}` : host;
}

/** Someone else knows already. */
function areLinked(view: GraphView, a: GraphNode, b: GraphNode): boolean {
  const between = (node: GraphNode, other: GraphNode) =>
    [...view.out(node)].some((edge) => edge.child === other.id && isLayer2(edge) && edge.metadata.Type !== 'peering');
  return between(a, b) || between(b, a);
}

function isLayer2({ metadata }: { readonly metadata: { readonly RelationType?: unknown } }): boolean {
  return metadata.RelationType === 'layer2';
}

const NAMES_MAX = 4;

function namesOf(nodes: readonly GraphNode[]): string {
  const names = nodes.map(({ metadata, id }) => String(metadata.Name ?? id));
  return someOf(names, NAMES_MAX);
}
