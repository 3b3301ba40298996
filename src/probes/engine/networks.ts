/** Networks of an engine as nodes, attached to what carries them and to who is on them. */
import type { GraphNode } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import { uuidV5 } from '../../std/uuid.ts';
import type { Container } from '../containers/container.ts';
import { ownedTid } from '../identity.ts';
import type { Sketch } from '../picture.ts';
import type { ProbeHost } from '../probe.ts';
import type { Network } from './describe.ts';

export interface NetworksDrawing {
  readonly sketch: Sketch;
  readonly view: GraphView;
  readonly host: ProbeHost;
  readonly manager: string;
  readonly networks: ReadonlyMap<string, Network>;
  readonly containers: Iterable<Container>;
  /** Node of the namespace, and node, by container. */
  readonly homes: ReadonlyMap<string, string>;
  readonly nodeIds: ReadonlyMap<string, string>;
}

/** Addresses of a container on a network are on the edge between them; the interface it has there is attached too. */
export function drawNetworks(drawing: NetworksDrawing): void {
  const { sketch, view, host, manager, networks, containers, homes, nodeIds } = drawing;
  const type = `${manager}network`;
  const idOf = (network: string) => uuidV5([type, host.name, network]);
  for (const { id, name, device, shown } of networks.values()) {
    const TID = ownedTid(host.tid, id, type);
    sketch.nodes.set(idOf(id), { Type: type, Name: name, TID, Manager: manager, Network: shown });
    sketch.link(host.id, idOf(id), 'ownership');
    const carrier = device === undefined ? undefined : childWith(view, host.id, 'Name', device);
    if (carrier) sketch.link(idOf(id), carrier.id, 'attachment');
  }
  for (const { key, networks: attachments } of containers) {
    const nodeId = nodeIds.get(key);
    if (nodeId === undefined) continue;
    for (const { networkId, mac, shown } of attachments) {
      if (networkId === undefined || !networks.has(networkId)) continue;
      const { Name: _, NetworkID: __, ...endpoint } = shown;
      sketch.link(idOf(networkId), nodeId, 'attachment', endpoint);
      const home = homes.get(key);
      const device = mac === undefined || home === undefined ? undefined : childWith(view, home, 'MAC', mac);
      if (device) sketch.link(idOf(networkId), device.id, 'attachment');
    }
  }
}

function childWith(view: GraphView, parent: string, key: 'Name' | 'MAC', value: string): GraphNode | undefined {
  for (const node of view.nodesWith(key, value) ?? view.nodes())
    if (node.metadata[key] === value && node.metadata.IfIndex !== undefined && isBelow(view, node, parent)) return node;
  return undefined;
}

function isBelow(view: GraphView, node: GraphNode, parent: string): boolean {
  for (const edge of view.in(node))
    if (edge.parent === parent && edge.metadata.RelationType === 'ownership') return true;
  return false;
}
