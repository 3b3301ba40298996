/**
 * Whether the namespace itself translates a conversation of ours: connection tracking is asked for the one entry
 * (linux/netfilter/nfnetlink_conntrack.h). An answer from another address than was asked is one only then: a program
 * there would not hear it otherwise.
 */
import { Attributes } from '../../native/attributes.ts';
import { Conversation } from '../../native/conversation.ts';
import { CT, CTA, CTA_IP, CTA_PROTOCOL, CTA_TUPLE, NETLINK_NETFILTER, NFGEN_SIZE } from '../../native/ctnetlink.ts';
import type { Door } from '../../native/door.ts';
import { HEADER_BYTES, MessageBuilder, NLM_F } from '../../native/nlmsg.ts';
import { ipText } from '../../std/addresstext.ts';
import type { MeetBound } from '../bounds.ts';

/** As it was sent: addresses of 4 or 16 bytes. */
export interface SentTuple {
  readonly protocol: number;
  readonly source: Uint8Array;
  readonly sourcePort: number;
  readonly destination: Uint8Array;
  readonly destinationPort: number;
}

/** Who answers it. */
export interface Answerer {
  readonly from: string;
  readonly port: number;
}

export class Translations implements Disposable {
  readonly #door: Pick<Door, 'openNetlink'>;
  readonly #netns: string | undefined;
  readonly #met: MeetBound;
  readonly #known = new Map<string, Answerer>();
  /** With the first question: most answers come from where they were asked of. */
  #opened: Promise<Conversation | undefined> | undefined;
  #isClosed = false;

  constructor(door: Pick<Door, 'openNetlink'>, netns: string | undefined, met: MeetBound) {
    this.#door = door;
    this.#netns = netns;
    this.#met = met;
  }

  /** Undefined: the kernel does not tell whether it is translated. */
  async answererOf(sent: SentTuple): Promise<Answerer | 'untranslated' | undefined> {
    const key = `${sent.sourcePort} ${sent.destinationPort}`;
    const known = this.#known.get(key);
    if (known) return known;
    this.#opened ??= this.#open();
    const conversation = await this.#opened;
    if (conversation === undefined) return undefined;
    try {
      const answerer = answererIn(await conversation.request(entryRequest(sent)));
      if (answerer === undefined) return undefined;
      if (this.#known.size < KNOWN_MAX) this.#known.set(key, answerer);
      else this.#met('translations');
      return answerer;
    } catch (error) {
      return (error as { code?: unknown }).code === 'ENOENT' ? 'untranslated' : undefined;
    }
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    void this.#opened?.then((conversation) => conversation?.close());
  }

  async #open(): Promise<Conversation | undefined> {
    const netns = this.#netns;
    try {
      const socket = await this.#door.openNetlink({
        protocol: NETLINK_NETFILTER,
        ...(netns !== undefined && { netns }),
      });
      const conversation = new Conversation(socket);
      if (this.#isClosed) conversation.close();
      return conversation;
    } catch {
      return undefined;
    }
  }
}

/** Conversations whose answerer is remembered: of further ones it is asked with each answer. */
export const KNOWN_MAX = 1_024;
const AF_INET = 2;
const AF_INET6 = 10;

function entryRequest({ protocol, source, sourcePort, destination, destinationPort }: SentTuple): Uint8Array {
  const isV4 = source.length === 4;
  return new MessageBuilder(CT.get, NLM_F.request)
    .fixed(Uint8Array.of(isV4 ? AF_INET : AF_INET6, 0, 0, 0))
    .nested(CTA.original, (tuple) => {
      tuple
        .nested(CTA_TUPLE.ip, (ip) => {
          ip.bytes(isV4 ? CTA_IP.v4Source : CTA_IP.v6Source, source);
          ip.bytes(isV4 ? CTA_IP.v4Destination : CTA_IP.v6Destination, destination);
        })
        .nested(CTA_TUPLE.protocol, (proto) => {
          proto.u8(CTA_PROTOCOL.number, protocol);
          proto.bytes(CTA_PROTOCOL.sourcePort, be16(sourcePort));
          proto.bytes(CTA_PROTOCOL.destinationPort, be16(destinationPort));
        });
    })
    .build();
}

/** Source of the tuple that answers have. */
function answererIn(messages: readonly Uint8Array[]): Answerer | undefined {
  for (const message of messages) {
    const entry = new Attributes(message, HEADER_BYTES + NFGEN_SIZE);
    while (entry.next()) if (entry.type === CTA.reply) return sourceOf(entry.nested());
  }
  return undefined;
}

function sourceOf(tuple: Attributes): Answerer {
  let from = '';
  let port = 0;
  while (tuple.next()) {
    const inside = tuple.nested();
    if (tuple.type === CTA_TUPLE.ip) {
      while (inside.next())
        if (inside.type === CTA_IP.v4Source || inside.type === CTA_IP.v6Source) from = ipText(inside.bytes());
    } else if (tuple.type === CTA_TUPLE.protocol)
      while (inside.next()) if (inside.type === CTA_PROTOCOL.sourcePort) port = inside.be16();
  }
  return { from, port };
}

function be16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value & 0xff);
}
