import { type CaptureBounds, defaultBounds } from '../bounds.ts';
import type { Mechanism } from '../mechanism.ts';
import { packetSocketMechanism } from '../packet-socket.ts';

export const pcap: Mechanism = pcapWith(defaultBounds);

export function pcapWith(bounds: CaptureBounds): Mechanism {
  return packetSocketMechanism({ type: 'pcap', doc: "afpacket by Skydive's other name.", rank: undefined, bounds });
}
