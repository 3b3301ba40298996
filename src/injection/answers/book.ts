/** Which answer belongs to which packet of an injection, and what all of them come to. */
import { parseAddress } from '../../std/address.ts';
import type { InjectionError, InjectionReplies } from '../injection.ts';
import type { Probing } from '../order.ts';
import { groupMac } from '../packet/ethernet.ts';
import { ICMP, ICMPV6 } from '../packet/icmp.ts';
import { numberIn } from '../packet/number.ts';
import { conversationAt, NUMBERS, numberAt, protocolOf } from '../packet/series.ts';
import { TCP, tcpFlag } from '../packet/tcp.ts';
import { UDP } from '../packet/udp.ts';
import type { Heard } from './batch.ts';
import { type About, type Answer, parseAnswer } from './parse.ts';
import { errorWords } from './words.ts';

/** Different errors, by who sent them; further ones are counted with none of them, but as received. */
const ERRORS_MAX = 64;

/** The last packets, as many as their numbers tell apart: when they were sent, and which answers they had. */
const KEPT = NUMBERS - 1;

/** Times that percentiles are of: of more answers the newest. */
export const TIMES_KEPT = 1_024;

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
  /** Of a group each answers by its own address. */
  readonly #isToGroup: boolean;
  readonly #payload: Uint8Array;
  readonly #sentNs = new Float64Array(KEPT);
  readonly #heard = new Uint8Array(KEPT);
  readonly #errors = new Map<string, { -readonly [Key in keyof InjectionError]: InjectionError[Key] }>();
  #beginNs: bigint | undefined;
  #sent = 0;
  /** Datagrams tell nothing of the one they answer: the oldest that has no answer yet. */
  #unanswered = 0;
  #byInterface: number | undefined;
  #answered = 0;
  #counts = { Received: 0, EchoReply: 0, SynAck: 0, Reset: 0, Datagram: 0 };
  /** The newest, in ns. */
  readonly #times = new Float64Array(TIMES_KEPT);
  #rtt = { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: 0 };

  constructor(probing: Probing, { isLoose }: { readonly isLoose: boolean }) {
    this.#probing = probing;
    this.#protocol = protocolOf(probing.type);
    this.#isLoose = isLoose;
    this.#isToGroup = groupMac(parseAddress(probing.destination)?.bytes ?? new Uint8Array(0)) !== undefined;
    this.#payload = Buffer.from(probing.payload, 'base64');
  }

  /** The next packet was sent then, epoch ns. */
  sent(timeNs: bigint): void {
    this.#beginNs ??= timeNs;
    const slot = this.#sent % KEPT;
    this.#sentNs[slot] = Number(timeNs - this.#beginNs);
    this.#heard[slot] = 0;
    this.#sent++;
  }

  /**
   * From the network layer on. `isTranslated`: it is known to be an answer, whoever it comes from. False: it is none of
   * ours, or was counted already.
   */
  take({ packet, timeNs, ifIndex }: Heard, isTranslated = false): boolean {
    const answer = parseAnswer(packet);
    if (answer === undefined) return false;
    const index = this.#indexOf(answer, ifIndex, isTranslated);
    if (index === undefined) return false;
    const what = kindOf(answer);
    const slot = index % KEPT;
    const before = this.#heard[slot] as number;
    // Seen once more on another interface of the namespace, or sent twice.
    if ((before & heard[what]) !== 0 && what !== 'datagram') return false;
    this.#heard[slot] = before | heard[what];
    this.#count(what, answer);
    if (before === 0) {
      this.#answered++;
      this.#time(slot, timeNs);
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
    const { count, sum, min, max } = this.#rtt;
    return {
      ...this.#counts,
      Errors: [...this.#errors.values()].map((one) => ({ ...one })),
      ...(count > 0 && { RTT: { Min: min, Avg: Math.round(sum / count), Max: max, ...this.#percentiles(count) } }),
    };
  }

  #indexOf(answer: Answer, ifIndex: number, isTranslated: boolean): number | undefined {
    const { type } = this.#probing;
    switch (answer.kind) {
      case 'echo':
        return type.startsWith('icmp') ? this.#echo(answer.id, answer.sequence) : undefined;
      case 'tcp':
        return this.#protocol === TCP && (isTranslated || this.#isFrom(answer))
          ? this.#acknowledged(answer)
          : undefined;
      case 'udp':
        if (this.#protocol !== UDP || !(isTranslated || this.#isFrom(answer))) return undefined;
        // Seen on two interfaces it would count twice.
        this.#byInterface ??= ifIndex;
        return this.#byInterface === ifIndex ? this.#datagram(answer.destinationPort, answer.payload) : undefined;
      case 'error':
        return this.#about(answer.about);
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
  #about(about: About): number | undefined {
    const { destination, destinationPort, sequence } = this.#probing;
    if (about.protocol !== this.#protocol) return undefined;
    if (!this.#isLoose && about.destination !== destination) return undefined;
    switch (about.protocol) {
      case TCP:
        return this.#known((about.sequence - sequence) >>> 0);
      case ICMP:
      case ICMPV6:
        return this.#echo(about.icmpId, about.sequence);
      default: {
        if (about.destinationPort !== destinationPort && !this.#isLoose) return undefined;
        if (about.identification === 0) return this.#datagram(about.sourcePort, about.payload);
        return this.#hasPort(about.sourcePort) ? this.#numbered(about.identification) : undefined;
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

  /** By the number in it, where it is ours: what answers, or an error, gave it back. */
  #datagram(port: number, payload: Uint8Array): number | undefined {
    const number = this.#probing.isNumbered === true ? numberIn(payload, this.#payload) : undefined;
    if (number !== undefined && conversationAt(this.#probing, number).sourcePort === port) return this.#known(number);
    this.#unanswered = Math.max(this.#unanswered, this.#sent - KEPT);
    const fits = (index: number) => conversationAt(this.#probing, index).sourcePort === port;
    if (this.#probing.isRandom) {
      const index = port - this.#probing.sourcePort;
      return index >= 0 && fits(index) ? this.#known(index) : undefined;
    }
    if (!fits(0) || this.#sent === 0) return undefined;
    return this.#unanswered < this.#sent ? this.#unanswered++ : this.#sent - 1;
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
    else if (this.#errors.size < ERRORS_MAX) {
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

  #time(slot: number, timeNs: bigint): void {
    if (this.#beginNs === undefined) return;
    const tookNs = Number(timeNs - this.#beginNs) - (this.#sentNs[slot] as number);
    // The clock was set back.
    if (tookNs < 0) return;
    const { count, sum, min, max } = this.#rtt;
    this.#times[count % TIMES_KEPT] = tookNs;
    this.#rtt = { count: count + 1, sum: sum + tookNs, min: Math.min(min, tookNs), max: Math.max(max, tookNs) };
  }
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
