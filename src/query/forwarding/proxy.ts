/** Who answers for addresses that others have (arp_process(), ndisc_recv_ns(): proxy_arp, proxy_ndp). */
import type { GraphNode } from '../../graph/element.ts';
import { parseAddress } from '../../std/address.ts';
import { originOf } from '../origin.ts';
import { routeOf } from '../routing.ts';
import { type Atlas, numberOf, textsIn } from './atlas.ts';
import { passesOn } from './passing-on.ts';

/** Whether the interface says that it has the address: its namespace leads there, and by another interface. */
export function answersFor(atlas: Atlas, node: GraphNode, text: string): boolean {
  const address = parseAddress(text);
  // Of IPv6 each address is named by itself, which nobody tells.
  if (address?.family !== 4 || !textsIn(node.metadata.ProxyNeigh).includes('IPV4')) return false;
  const namespace = atlas.namespace(node);
  if (namespace === undefined || passesOn(namespace, node, 4) === false) return false;
  const way = routeOf({ text, address }, originOf(namespace, atlas.view));
  return way.kind === 'found' && way.type === 'unicast' && way.ifIndex !== numberOf(node.metadata.IfIndex);
}
