/** Sockets of one namespace by NETLINK_SOCK_DIAG (sock_diag(7), linux/inet_diag.h). */
import { Attributes } from '../../native/attributes.ts';
import { LITTLE, MessageBuilder, messages, NLM_F } from '../../native/nlmsg.ts';
import { type AddressTexts, INET, INET6 } from './address.ts';
import { type Sight, STATE, TCP, type Traffic, UDP } from './sight.ts';

export const NETLINK_SOCK_DIAG = 4;
export const SOCK_DIAG_BY_FAMILY = 20;
const INET_DIAG_INFO = 2;
/** struct inet_diag_req_v2 */
const REQUEST_BYTES = 56;

/** What the kernel keeps of connections that are over, or not begun yet, is nobody's socket. */
const STATES = ~((1 << STATE.timeWait) | (1 << STATE.synRecv) | (1 << STATE.newSynRecv) | (1 << STATE.boundInactive));
const TCP_STATES = (STATES & ~(1 << STATE.close)) >>> 0;
const UDP_STATES = STATES >>> 0;

/** Four tables make a whole picture. */
export const TABLES = [
  { family: INET, protocol: TCP },
  { family: INET6, protocol: TCP },
  { family: INET, protocol: UDP },
  { family: INET6, protocol: UDP },
] as const;

export type DiagTable = (typeof TABLES)[number];

export function diagRequest({ family, protocol }: DiagTable, { withTraffic }: { withTraffic: boolean }): Uint8Array {
  const request = new Uint8Array(REQUEST_BYTES);
  const view = new DataView(request.buffer);
  view.setUint8(0, family);
  view.setUint8(1, protocol);
  // Extensions are bits, counted from 1.
  if (withTraffic && protocol === TCP) view.setUint8(2, 1 << (INET_DIAG_INFO - 1));
  view.setUint32(4, protocol === TCP ? TCP_STATES : UDP_STATES, LITTLE);
  return new MessageBuilder(SOCK_DIAG_BY_FAMILY, NLM_F.request | NLM_F.dump).fixed(request).build();
}

/** struct inet_diag_msg; ports and addresses in network order. */
const AT = { family: 0, state: 1, timer: 2, localPort: 4, remotePort: 6, local: 8, remote: 24, cookie: 44, inode: 68 };
const MESSAGE_BYTES = 72;
/** inet_twsk_diag_fill(): what is left of a socket, under the state it was left in. */
const TIMER_OF_REMAINS = 3;

/** What makes no sense is left out. */
export function* diagSights(batch: Uint8Array, protocol: DiagTable['protocol'], texts: AddressTexts): Generator<Sight> {
  for (const { type, payload } of messages(batch)) {
    if (type !== SOCK_DIAG_BY_FAMILY || payload.length < MESSAGE_BYTES) continue;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const family = view.getUint8(AT.family);
    if (family !== INET && family !== INET6) continue;
    if (view.getUint8(AT.timer) === TIMER_OF_REMAINS && protocol === TCP) continue;
    const remotePort = view.getUint16(AT.remotePort, false);
    yield {
      // Two numbers of 32 bits, the lower first, in any byte order.
      cookie: view.getUint32(AT.cookie + 4, LITTLE) * 2 ** 32 + view.getUint32(AT.cookie, LITTLE),
      protocol,
      state: view.getUint8(AT.state),
      localAddress: texts.of(family, view, AT.local),
      localPort: view.getUint16(AT.localPort, false),
      remoteAddress: remotePort === 0 ? '' : texts.of(family, view, AT.remote),
      remotePort,
      inode: view.getUint32(AT.inode, LITTLE),
      traffic: protocol === TCP ? trafficIn(payload) : undefined,
    };
  }
}

/** struct tcp_info; older kernels tell less of it. */
const TCP_INFO = { rttUs: 68, retransmits: 100, sent: 120, received: 128 };

function trafficIn(payload: Uint8Array): Traffic | undefined {
  const attributes = new Attributes(payload, MESSAGE_BYTES);
  while (attributes.next()) {
    if (attributes.type !== INET_DIAG_INFO) continue;
    return {
      sentBytes: u64(attributes, TCP_INFO.sent),
      receivedBytes: u64(attributes, TCP_INFO.received),
      rttUs: attributes.u32(TCP_INFO.rttUs),
      retransmits: attributes.u32(TCP_INFO.retransmits),
    };
  }
  return undefined;
}

function u64(attributes: Attributes, at: number): number {
  const [low, high] = LITTLE ? [at, at + 4] : [at + 4, at];
  return attributes.u32(high) * 2 ** 32 + attributes.u32(low);
}
