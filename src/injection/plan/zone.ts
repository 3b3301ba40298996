/** By which interface an address of a link is reached (RFC 4007): each link has its own fe80::/10. */
import type { GraphNode } from '../../graph/element.ts';
import { type Atlas, addressesOf, canonical, nameOf } from '../../query/forwarding/atlas.ts';
import type { EndPoint } from '../../query/forwarding/ends.ts';
import { mistake } from '../../std/mistake.ts';

/**
 * The source, as the interface that `to` says behind `%` by name or index, or the only one that has such addresses.
 * Throws a Mistake where it is not known by which.
 */
export function onItsLink(atlas: Atlas, from: EndPoint, namespace: GraphNode, to: string): EndPoint {
  const [text = '', zone] = to.split('/', 1)[0]?.split('%') ?? [];
  const address = canonical(text);
  if (address === undefined || !isOfLink(address)) return from;
  if (typeof from.node?.metadata.IfIndex === 'number') {
    if (zone === undefined || isCalled(from.node, zone)) return from;
    throw mistake('injection.zone', `${to} is behind ${zone}, and not behind ${nameOf(from.node)}`, `from ${zone}`);
  }
  const all = [...atlas.interfaces(namespace)];
  if (zone !== undefined) {
    const said = all.find((one) => isCalled(one, zone));
    if (said !== undefined) return { ...from, node: said };
    const names = all.map(nameOf).join(', ');
    throw mistake('injection.zone', `${from.text} has no interface ${zone}`, `those that it has: ${names}`);
  }
  const own = all.find(({ metadata }) => addressesOf(metadata).includes(address));
  if (own !== undefined) return { ...from, node: own };
  const [only, ...others] = all.filter(({ metadata }) => addressesOf(metadata).some(isOfLink));
  if (only === undefined) return from;
  if (others.length === 0) return { ...from, node: only };
  const names = [only, ...others].map((one) => `${address}%${nameOf(one)}`).join(', ');
  throw mistake(
    'injection.zone',
    `${address} is an address of one link, and ${from.text} has several`,
    `say of which: ${names}`,
  );
}

export function isOfLink(address: string): boolean {
  return /^fe[89ab][0-9a-f]:/.test(address);
}

function isCalled({ metadata }: GraphNode, zone: string): boolean {
  return metadata.Name === zone || String(metadata.IfIndex) === zone;
}
