import { type CaptureBounds, defaultBounds } from '../bounds.ts';
import type { Mechanism } from '../mechanism.ts';
import { packetSocketMechanism } from '../packet-socket.ts';

export const afpacket: Mechanism = afpacketWith(defaultBounds);

export function afpacketWith(bounds: CaptureBounds): Mechanism {
  return packetSocketMechanism({
    type: 'afpacket',
    doc: 'A packet socket (TPACKET_V3): every packet of an interface is decoded; it can all that can be asked for.',
    rank: 1,
    bounds,
  });
}
