/** What may stand between whoever has an address and who is to be spoken to there, as far as the graph tells. */
import type { GraphNode } from '../../graph/element.ts';
import { objectsIn } from '../routing.ts';
import { nameOf } from './atlas.ts';
import type { Issue } from './hop.ts';
import type { Packet } from './packet.ts';

/** `isSent`: it begins here, and so passes nothing that looks at what comes in. */
export function arrivalIssues(at: GraphNode, packet: Packet, isSent: boolean): Issue[] {
  return [...filtering(at, isSent), ...listening(at, packet)];
}

/** Where nobody reads the rules, and connections are tracked, a stateful filter or NAT is what they are tracked for. */
function filtering(at: GraphNode, isSent: boolean): Issue[] {
  if (isSent || at.metadata.Conntrack === undefined || at.metadata.Netfilter !== undefined) return [];
  const text = `${nameOf(at)} tracks connections, and no filter or NAT of it takes this one elsewhere`;
  return [{ code: 'filter', text, weight: 'assumed' }];
}

/** Of a namespace that has no services at all nobody may have looked at the sockets: then it is taken for granted. */
function listening(at: GraphNode, packet: Packet): Issue[] {
  const name = NAMES[packet.protocol ?? -1];
  if (name === undefined || packet.destinationPort === undefined) return [];
  const place = `${name} port ${packet.destinationPort} of ${nameOf(at)}`;
  if (objectsIn(at.metadata.Services).length === 0)
    return [
      { code: 'listening', text: `somebody listens at ${place}, of which no services are known`, weight: 'assumed' },
    ];
  if (isServed(at, packet)) return [];
  return [{ code: 'nobody-listens', text: `nobody listens at ${place}`, weight: 'warns' }];
}

/** Whether a socket of the namespace is known that takes it. */
export function isServed(at: GraphNode, { protocol, destination, destinationPort, family }: Packet): boolean {
  const isFor = (address: unknown) =>
    address === '::' || address === destination || (address === '0.0.0.0' && family === 4);
  return objectsIn(at.metadata.Services).some(
    ({ Protocol, Port, Address }) => Protocol === NAMES[protocol ?? -1] && Port === destinationPort && isFor(Address),
  );
}

/** IANA's numbers of protocols. */
const NAMES: Readonly<Record<number, string>> = { 6: 'TCP', 17: 'UDP' };
