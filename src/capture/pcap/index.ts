import type { Mechanism } from '../mechanism.ts';
import { packetSocketMechanism } from '../packet-socket.ts';

export const pcap: Mechanism = packetSocketMechanism({
  type: 'pcap',
  doc: "afpacket by Skydive's other name.",
  rank: undefined,
});
