/** Which answer belongs to which packet of an injection, and what all of them come to. */
import { parseAddress } from '../../std/address.ts';
import type { MeetBound } from '../bounds.ts';
import type { InjectionError, InjectionReplies } from '../injection.ts';
import type { Probing } from '../order.ts';
import { groupMac } from '../packet/ethernet.ts';
import { ICMP, ICMPV6 } from '../packet/icmp.ts';
import { numberIn } from '../packet/number.ts';
import { conversationAt, NUMBERS, numberAt, payloadAt, protocolOf } from '../packet/series.ts';
import { TCP, tcpFlag } from '../packet/tcp.ts';
import { UDP, UDP_BYTES } from '../packet/udp.ts';
import type { Heard } from './batch.ts';
import { type About, type Answer, parseAnswer } from './parse.ts';
import { WaitingPackets, type Whose } from './waiting.ts';
import { errorWords } from './words.ts';

/** Different errors, by who sent them; further ones are counted with none of them, but as received. */
const ERRORS_MAX = 64;

/** The last packets, as many as their numbers tell apart: when they were sent, and which answers they had. */
const KEPT = NUMBERS - 1;

/** Times that percentiles are of: of more answers the newest. */
export const TIMES_KEPT = 1_024;

/** What a datagram says of the packet that it answers. */
interface Said {
  readonly port: number;
  readonly payload: Uint8Array;
  /** Of the packet's own payload, where it is known. */
  readonly length?: number;
  readonly timeNs: bigint;
}

export interface AnswerParts {
  /** Of what our namespace sends it may translate the addresses. */
  readonly isLoose: boolean;
  /** Answers are waited for so long. */
  readonly waitMs: number;
  readonly met: MeetBound;
}

const heard = { echo: 1, synAck: 2, reset: 4, datagram: 8, error: 16 } as const;

/** Who may have answered, and which of our ports. */
export interface Stranger {
  readonly from: string;
  readonly port: number;
  readonly ours: number;
  readonly isReset: boolean;
}

const protocols = { tcp: TCP, udp: UDP } as const;

export class AnswerBook {
  readonly #probing: Probing;
  readonly #protocol: number;
  /** Of what our namespace sends it may translate the addresses. */
  readonly #isLoose: boolean;
  readonly #met: MeetBound;
  /** Of a group each answers by its own address. */
  readonly #isToGroup: boolean;
  readonly #payload: Uint8Array;
  readonly #sentNs = new Float64Array(KEPT);
  readonly #heard = new Uint8Array(KEPT);
  readonly #errors = new Map<string, { -readonly [Key in keyof InjectionError]: InjectionError[Key] }>();
  #beginNs: bigint | undefined;
  #sent = 0;
  /** Of UDP in one conversation. */
  readonly #waiting: WaitingPackets | undefined;
  #byInterface: number | undefined;
  #answered = 0;
  #counts = { Received: 0, EchoReply: 0, SynAck: 0, Reset: 0, Datagram: 0 };
  /** The newest, in ns. */
  readonly #times = new Float64Array(TIMES_KEPT);
  #rtt = { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: 0, guessed: 0 };

  constructor(probing: Probing, { isLoose, waitMs, met }: AnswerParts) {
    this.#probing = probing;
    this.#protocol = protocolOf(probing.type);
    this.#isLoose = isLoose;
    this.#met = met;
    if (this.#protocol === UDP && !probing.isRandom)
      this.#waiting = new WaitingPackets({ waitMs, most: Math.min(probing.count, KEPT), met });
    this.#isToGroup = groupMac(parseAddress(probing.destination)?.bytes ?? new Uint8Array(0)) !== undefined;
    this.#payload = Buffer.from(probing.payload, 'base64');
  }

  /** The next packet was sent then, epoch ns. */
  sent(timeNs: bigint): void {
    this.#beginNs ??= timeNs;
    const slot = this.#sent % KEPT;
    const atNs = Number(timeNs - this.#beginNs);
    if (this.#sent >= KEPT && this.#heard[slot] === 0) this.#met('numbers');
    this.#sentNs[slot] = atNs;
    this.#heard[slot] = 0;
    this.#waiting?.sent(this.#sent, atNs);
    this.#sent++;
  }

  /**
   * From the network layer on. `isTranslated`: it is known to be an answer, whoever it comes from. False: it is none of
   * ours, or was counted already.
   */
  take({ packet, timeNs, ifIndex }: Heard, isTranslated = false): boolean {
    const answer = parseAnswer(packet);
    if (answer === undefined) return false;
    const whose = this.#whose(answer, { timeNs, ifIndex, isTranslated });
    if (whose === undefined) return false;
    const what = kindOf(answer);
    const slot = whose.index % KEPT;
    const before = this.#heard[slot] as number;
    // Seen once more on another interface of the namespace, or sent twice.
    if ((before & heard[what]) !== 0 && what !== 'datagram') return false;
    this.#heard[slot] = before | heard[what];
    this.#count(what, answer);
    if (before === 0) {
      this.#answered++;
      this.#waiting?.answered(whose.index);
      this.#time(slot, timeNs, whose.isGuess);
    }
    return true;
  }

  /** Would be an answer, if our namespace translates what it was sent to. */
  stranger(packet: Uint8Array): Stranger | undefined {
    const answer = this.#isLoose ? parseAnswer(packet) : undefined;
    if (answer?.kind !== 'tcp' && answer?.kind !== 'udp') return undefined;
    if (this.#isFrom(answer) || protocols[answer.kind] !== this.#protocol) return undefined;
    const { from, sourcePort: port } = answer;
    if (answer.kind === 'tcp') {
      const index = this.#acknowledged(answer);
      return index === undefined
        ? undefined
        : {
            from,
            port,
            ours: conversationAt(this.#probing, index).sourcePort,
            isReset: (answer.flags & tcpFlag.reset) !== 0,
          };
    }
    return this.#hasPort(answer.destinationPort)
      ? { from, port, ours: answer.destinationPort, isReset: false }
      : undefined;
  }

  /** Each packet had an answer: nothing more is to be waited for. */
  get isAllAnswered(): boolean {
    return this.#answered >= this.#probing.count;
  }

  replies(): InjectionReplies {
    const { count, sum, min, max, guessed } = this.#rtt;
    const Guessed = guessed > 0 ? { Guessed: guessed } : {};
    return {
      ...this.#counts,
      Errors: [...this.#errors.values()].map((one) => ({ ...one })),
      ...(count > 0 && {
        RTT: { Min: min, Avg: Math.round(sum / count), Max: max, ...this.#percentiles(count), ...Guessed },
      }),
    };
  }

  #whose(
    answer: Answer,
    { timeNs, ifIndex, isTranslated }: Omit<Heard, 'packet'> & { readonly isTranslated: boolean },
  ): Whose | undefined {
    const { type } = this.#probing;
    switch (answer.kind) {
      case 'echo':
        return type.startsWith('icmp') ? sure(this.#echo(answer.id, answer.sequence)) : undefined;
      case 'tcp':
        return this.#protocol === TCP && (isTranslated || this.#isFrom(answer))
          ? sure(this.#acknowledged(answer))
          : undefined;
      case 'udp':
        if (this.#protocol !== UDP || !(isTranslated || this.#isFrom(answer))) return undefined;
        // Seen on two interfaces it would count twice.
        this.#byInterface ??= ifIndex;
        return this.#byInterface === ifIndex
          ? this.#datagram({ port: answer.destinationPort, payload: answer.payload, timeNs })
          : undefined;
      case 'error':
        return this.#about(answer.about, timeNs);
    }
  }

  #isFrom({ from, sourcePort }: { readonly from: string; readonly sourcePort: number }): boolean {
    const { destination, destinationPort } = this.#probing;
    return sourcePort === destinationPort && (this.#isToGroup || from === destination);
  }

  #acknowledged({ acknowledged }: Answer & { kind: 'tcp' }): number | undefined {
    return this.#known((acknowledged - 1 - this.#probing.sequence) >>> 0);
  }

  /** Errors tell their packet by what is left of it. */
  #about(about: About, timeNs: bigint): Whose | undefined {
    const { destination, destinationPort, sequence } = this.#probing;
    if (about.protocol !== this.#protocol) return undefined;
    if (!this.#isLoose && about.destination !== destination) return undefined;
    switch (about.protocol) {
      case TCP:
        return sure(this.#known((about.sequence - sequence) >>> 0));
      case ICMP:
      case ICMPV6:
        return sure(this.#echo(about.icmpId, about.sequence));
      default: {
        if (about.destinationPort !== destinationPort && !this.#isLoose) return undefined;
        const { identification, payload, sourcePort: port } = about;
        if (identification === 0) return this.#datagram({ port, payload, timeNs, length: about.length - UDP_BYTES });
        return this.#hasPort(port) ? sure(this.#numbered(identification)) : undefined;
      }
    }
  }

  #echo(id: number, sequence: number): number | undefined {
    const index = this.#numbered(sequence);
    return index !== undefined && conversationAt(this.#probing, index).icmpId === id ? index : undefined;
  }

  /** The newest packet that had this number. */
  #numbered(number: number): number | undefined {
    if (number === 0 || this.#sent === 0) return undefined;
    const last = this.#sent - 1;
    return this.#known(last - ((numberAt(last) - number + KEPT) % KEPT));
  }

  #known(index: number): number | undefined {
    return index >= 0 && index < this.#sent && index >= this.#sent - KEPT ? index : undefined;
  }

  /** By the number in it, where it is ours: what answers, or an error, gave it back; by its port, by its size, by its time. */
  #datagram(said: Said): Whose | undefined {
    const { port, payload } = said;
    const number = this.#probing.isNumbered === true ? numberIn(payload, this.#payload) : undefined;
    if (number !== undefined && this.#fits(number, port)) return sure(this.#known(number));
    if (this.#probing.isRandom) return sure(this.#ofPort(port));
    if (!this.#fits(0, port) || this.#sent === 0 || this.#beginNs === undefined) return undefined;
    const sized = this.#ofSize(said);
    if (sized !== undefined) return sure(sized);
    // More answers than packets: of the last one, again.
    return this.#waiting?.whose(Number(said.timeNs - this.#beginNs)) ?? { index: this.#sent - 1, isGuess: true };
  }

  /** The newest packet of the conversation that has this port. */
  #ofPort(port: number): number | undefined {
    if (this.#sent === 0) return undefined;
    const after = (port - this.#probing.sourcePort + NUMBERS - 1) % (NUMBERS - 1);
    const index = this.#sent - 1 - ((this.#sent - 1 - after + KEPT) % (NUMBERS - 1));
    return this.#fits(index, port) ? this.#known(index) : undefined;
  }

  /** Where each packet is longer than the one before: an error tells how long it was, an echo is as long. */
  #ofSize({ payload, length }: Said): number | undefined {
    const { incrementBytes } = this.#probing;
    const size = length ?? payload.length;
    if (incrementBytes === 0 || size === 0) return undefined;
    const index = (size - this.#payload.length) / incrementBytes;
    if (!Number.isInteger(index) || this.#known(index) === undefined) return undefined;
    return length !== undefined || isSame(payload, payloadAt(this.#probing, this.#payload, index)) ? index : undefined;
  }

  #fits(index: number, port: number): boolean {
    return conversationAt(this.#probing, index).sourcePort === port;
  }

  /** Whether one of our conversations has it. */
  #hasPort(port: number): boolean {
    const { isRandom, sourcePort } = this.#probing;
    return isRandom ? (port - sourcePort + NUMBERS - 1) % (NUMBERS - 1) < this.#sent : port === sourcePort;
  }

  #count(what: keyof typeof heard, answer: Answer): void {
    this.#counts.Received++;
    switch (what) {
      case 'echo':
        this.#counts.EchoReply++;
        return;
      case 'synAck':
        this.#counts.SynAck++;
        return;
      case 'reset':
        this.#counts.Reset++;
        return;
      case 'datagram':
        this.#counts.Datagram++;
        return;
      case 'error':
        if (answer.kind === 'error') this.#error(answer);
    }
  }

  #error({ type, code, from, mtu }: Answer & { kind: 'error' }): void {
    const key = `${type}.${code} ${from}`;
    const known = this.#errors.get(key);
    if (known) known.Count++;
    else if (this.#errors.size >= ERRORS_MAX) this.#met('errors');
    else {
      const family = this.#probing.type.endsWith('4') ? 4 : 6;
      const said = { Type: type, Code: code, Text: errorWords(family, type, code), From: from, Count: 1 };
      this.#errors.set(key, { ...said, ...(mtu !== undefined && { MTU: mtu }) });
    }
  }

  /** By nearest rank: each is a time that was measured. */
  #percentiles(count: number): { readonly P50: number; readonly P95: number } {
    const sorted = this.#times.slice(0, Math.min(count, TIMES_KEPT)).sort();
    const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] as number;
    return { P50: at(0.5), P95: at(0.95) };
  }

  #time(slot: number, timeNs: bigint, isGuess: boolean): void {
    if (this.#beginNs === undefined) return;
    const tookNs = Number(timeNs - this.#beginNs) - (this.#sentNs[slot] as number);
    // The clock was set back.
    if (tookNs < 0) return;
    if (!isGuess) this.#waiting?.took(tookNs);
    const { count, sum, min, max, guessed } = this.#rtt;
    if (count >= TIMES_KEPT) this.#met('round-trips');
    this.#times[count % TIMES_KEPT] = tookNs;
    this.#rtt = {
      ...{ count: count + 1, sum: sum + tookNs, min: Math.min(min, tookNs), max: Math.max(max, tookNs) },
      guessed: guessed + (isGuess ? 1 : 0),
    };
  }
}

function sure(index: number | undefined): Whose | undefined {
  return index === undefined ? undefined : { index, isGuess: false };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

function kindOf(answer: Answer): keyof typeof heard {
  switch (answer.kind) {
    case 'echo':
      return 'echo';
    case 'udp':
      return 'datagram';
    case 'error':
      return 'error';
    case 'tcp':
      return (answer.flags & tcpFlag.reset) !== 0 ? 'reset' : 'synAck';
  }
}
