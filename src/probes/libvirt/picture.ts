/** Domains as nodes, with what of the host leads to them. */
import type { GraphNode, Metadata } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import { uuidV5 } from '../../std/uuid.ts';
import { ownedTid } from '../identity.ts';
import { type Picture, Sketch } from '../picture.ts';
import type { ProbeHost } from '../probe.ts';
import type { Attached, Domain } from './domain.ts';

export const DRIVER = 'pci-passthrough';

export interface Drawn {
  readonly picture: Picture;
  /** Interfaces that lead to a domain and are not in the graph (yet). */
  readonly missing: number;
}

export function draw(domains: Iterable<Domain>, view: GraphView, host: ProbeHost): Drawn {
  const sketch = new Sketch();
  let missing = 0;
  for (const domain of domains) {
    const { uuid, name, state, facts } = domain;
    const id = uuidV5(['libvirt', host.name, uuid]);
    const TID = ownedTid(host.tid, uuid, 'libvirt');
    sketch.nodes.set(id, { Type: 'libvirt', Name: name, TID, State: state, Libvirt: facts });
    sketch.link(host.id, id, 'ownership');
    for (const attached of domain.interfaces) {
      const at = attached.hostAddress === undefined ? leading(attached, view, host) : passed(attached, 'itf');
      if (at === undefined) {
        if (attached.device !== undefined) missing++;
      } else lead(at, id, name, attached);
    }
    for (const attached of domain.devices) {
      const at = passed(attached, 'hdev');
      if (at !== undefined) lead(at, id, name, attached);
    }
  }
  return { picture: sketch, missing };

  function lead(from: string, domainId: string, domain: string, { mac, place }: Attached): void {
    const said: Metadata = {
      Libvirt: { Domain: domain, ...(mac !== undefined && { MAC: mac }), ...place },
      ...(mac !== undefined && { PeerIntfMAC: mac }),
    };
    const own = sketch.nodes.get(from);
    if (own) sketch.nodes.set(from, { ...own, ...said });
    else sketch.additions.set(from, said);
    sketch.link(from, domainId, 'vlayer2');
  }

  /** The host's own node for it as long as a driver of the host has it, else one of ours. */
  function passed({ hostAddress: address }: Attached, what: 'itf' | 'hdev'): string | undefined {
    if (address === undefined) return undefined;
    for (const node of childrenOf(view, host.id))
      if (node.metadata.BusInfo === address && typeof node.metadata.IfIndex === 'number') return node.id;
    const id = uuidV5(['passed', host.name, address]);
    const Name = `${what}-${address.replace(/^0000:/, '')}`;
    const TID = ownedTid(host.tid, address, 'device');
    sketch.nodes.set(id, { Type: 'device', Name, TID, BusInfo: address, Driver: DRIVER });
    sketch.link(host.id, id, 'ownership');
    return id;
  }
}

/** The interface of that name. The daemon may be in another namespace than we are; names repeat from one to the next. */
function leading({ device, mac }: Attached, view: GraphView, host: ProbeHost): string | undefined {
  if (device === undefined) return undefined;
  const found: GraphNode[] = [];
  for (const node of view.nodesWith('Name', device) ?? view.nodes())
    if (node.metadata.Name === device && node.host === host.name && isInterface(node)) found.push(node);
  const isOnHost = (node: GraphNode) => [...view.in(node)].some(({ parent }) => parent === host.id);
  // libvirt gives a tap the MAC of its guest, but for the first byte (virNetDevTapCreateInBridgePort).
  const hasMac = (node: GraphNode) => mac !== undefined && String(node.metadata.MAC).endsWith(mac.slice(2));
  const best = found.find(isOnHost) ?? found.find(hasMac) ?? (found.length === 1 ? found[0] : undefined);
  return best?.id;
}

/** Of the kernel, or of Open vSwitch in user space; bridges and ports of that have the same names. */
function isInterface({ metadata: { IfIndex, OfPort } }: GraphNode): boolean {
  return typeof IfIndex === 'number' || OfPort !== undefined;
}

function* childrenOf(view: GraphView, parent: string): Iterable<GraphNode> {
  for (const node of view.nodes(parent))
    for (const edge of view.out(node)) if (edge.metadata.RelationType === 'ownership') yield* view.children(edge);
}
