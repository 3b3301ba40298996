/** Sockets of one namespace by NETLINK_SOCK_DIAG (sock_diag(7), linux/inet_diag.h). */
import { Attributes } from '../../native/attributes.ts';
import { HEADER_BYTES, LITTLE, MessageBuilder, NLM_F } from '../../native/nlmsg.ts';
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

/** A cursor over the sockets of a batch: `while (sights.next()) …`. What makes no sense is left out. */
export class DiagSights implements Sight {
  readonly protocol: DiagTable['protocol'];
  readonly #texts: AddressTexts;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Where the message's payload begins, and where the next message does. */
  #from = 0;
  #to = 0;
  #next = 0;

  constructor(batch: Uint8Array, protocol: DiagTable['protocol'], texts: AddressTexts) {
    this.protocol = protocol;
    this.#texts = texts;
    this.#bytes = batch;
    this.#view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  }

  next(): boolean {
    while (this.#next + HEADER_BYTES <= this.#bytes.length) {
      const at = this.#next;
      const length = this.#view.getUint32(at, LITTLE);
      if (length < HEADER_BYTES || at + length > this.#bytes.length) return false;
      this.#next = at + ((length + 3) & ~3);
      this.#from = at + HEADER_BYTES;
      this.#to = at + length;
      if (this.#view.getUint16(at + 4, LITTLE) === SOCK_DIAG_BY_FAMILY && this.#isSocket()) return true;
    }
    return false;
  }

  /** Two numbers of 32 bits, the lower first in any byte order. */
  get cookie(): number {
    const at = this.#from + AT.cookie;
    return this.#view.getUint32(at + 4, LITTLE) * 2 ** 32 + this.#view.getUint32(at, LITTLE);
  }
  get state(): number {
    return this.#view.getUint8(this.#from + AT.state);
  }
  get localAddress(): string {
    return this.#texts.of(this.#family, this.#view, this.#from + AT.local);
  }
  get localPort(): number {
    return this.#view.getUint16(this.#from + AT.localPort, false);
  }
  get remoteAddress(): string {
    return this.remotePort === 0 ? '' : this.#texts.of(this.#family, this.#view, this.#from + AT.remote);
  }
  get remotePort(): number {
    return this.#view.getUint16(this.#from + AT.remotePort, false);
  }
  get inode(): number {
    return this.#view.getUint32(this.#from + AT.inode, LITTLE);
  }
  get traffic(): Traffic | undefined {
    const from = this.#from + MESSAGE_BYTES;
    return this.protocol === TCP && from < this.#to ? trafficIn(this.#bytes, from, this.#to) : undefined;
  }

  get #family(): number {
    return this.#view.getUint8(this.#from + AT.family);
  }

  #isSocket(): boolean {
    if (this.#to - this.#from < MESSAGE_BYTES) return false;
    if (this.#family !== INET && this.#family !== INET6) return false;
    return this.protocol === UDP || this.#view.getUint8(this.#from + AT.timer) !== TIMER_OF_REMAINS;
  }
}

/** struct tcp_info; older kernels tell less of it. */
const TCP_INFO = { rttUs: 68, retransmits: 100, sent: 120, received: 128 };

function trafficIn(bytes: Uint8Array, from: number, to: number): Traffic | undefined {
  const attributes = new Attributes(bytes, from, to);
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
