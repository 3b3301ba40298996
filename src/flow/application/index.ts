/** The applications that are understood. A conversation is asked about by its protocol and ports, then by its first bytes. */
import { type Application, type Conversation, protocols } from './application.ts';
import { decodeDhcp } from './dhcp.ts';
import { decodeDns } from './dns.ts';
import { decodeHttp } from './http.ts';
import { decodeQuic } from './quic.ts';
import { decodeTls } from './tls.ts';
import { decodeVrrp } from './vrrp.ts';

type Decoder = (asked: Conversation) => Application | undefined;

const decoders: Readonly<Record<number, readonly Decoder[]>> = {
  [protocols.udp]: [decodeDns, decodeDhcp, decodeQuic],
  [protocols.tcp]: [decodeDns, decodeTls, decodeHttp],
  [protocols.vrrp]: [decodeVrrp],
};

/** Undefined: nothing of it was understood. Never throws; costs at most what the payloads are long. */
export function decodeApplication(asked: Conversation): Application | undefined {
  for (const decode of decoders[asked.protocol] ?? []) {
    const found = decode(asked);
    if (found) return found;
  }
  return undefined;
}
