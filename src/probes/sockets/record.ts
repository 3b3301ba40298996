/** Records of sockets as the programs in the kernel write them: struct socket_record of bpf/socket.h. */
import { LITTLE } from '../../native/nlmsg.ts';
import type { AddressTexts } from './address.ts';
import { type Holder, type Sight, TCP, type Traffic, UDP } from './sight.ts';

export const RECORD_BYTES = 120;

const AT = {
  cookie: 0,
  netns: 8,
  at: 16,
  started: 24,
  sent: 32,
  received: 40,
  rttUs: 48,
  retransmits: 52,
  pid: 56,
  uid: 60,
  family: 64,
  protocol: 65,
  before: 66,
  state: 67,
  localPort: 68,
  remotePort: 70,
  local: 72,
  remote: 88,
  process: 104,
} as const;
const PROCESS_BYTES = 16;
const NS_PER_TICK = 1e7;
const ASCII_MAX = 0x7f;
const UTF8 = new TextDecoder();

/**
 * A cursor over records, as there are many: `while (records.next()) …`. What is cut off at the end is left out. What it
 * gives is of the record it stands on.
 */
export class Records implements Sight {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #texts: AddressTexts;
  #from = -RECORD_BYTES;
  #last: Holder | undefined;

  constructor(bytes: Uint8Array, texts: AddressTexts) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#texts = texts;
  }

  next(): boolean {
    this.#from += RECORD_BYTES;
    return this.#from + RECORD_BYTES <= this.#bytes.length;
  }

  get cookie(): number {
    return this.#u64(AT.cookie);
  }
  /** Cookie of the network namespace. */
  get netns(): number {
    return this.#u64(AT.netns);
  }
  /** CLOCK_MONOTONIC, ns. */
  get atNs(): number {
    return this.#u64(AT.at);
  }
  get protocol(): typeof TCP | typeof UDP {
    return this.#view.getUint8(this.#from + AT.protocol) === UDP ? UDP : TCP;
  }
  get before(): number {
    return this.#view.getUint8(this.#from + AT.before);
  }
  get state(): number {
    return this.#view.getUint8(this.#from + AT.state);
  }
  get localAddress(): string {
    return this.#texts.of(this.#family, this.#view, this.#from + AT.local);
  }
  get localPort(): number {
    return this.#view.getUint16(this.#from + AT.localPort, LITTLE);
  }
  get remoteAddress(): string {
    return this.remotePort === 0 ? '' : this.#texts.of(this.#family, this.#view, this.#from + AT.remote);
  }
  get remotePort(): number {
    return this.#view.getUint16(this.#from + AT.remotePort, LITTLE);
  }
  get inode(): number {
    return 0;
  }
  get traffic(): Traffic | undefined {
    if (this.protocol !== TCP) return undefined;
    return {
      sentBytes: this.#u64(AT.sent),
      receivedBytes: this.#u64(AT.received),
      rttUs: this.#u32(AT.rttUs),
      retransmits: this.#u32(AT.retransmits),
    };
  }
  /** 0: not known. */
  get pid(): number {
    return this.#u32(AT.pid);
  }
  get started(): number {
    return Math.floor(this.#u64(AT.started) / NS_PER_TICK);
  }
  get holder(): Holder | undefined {
    const { pid, started } = this;
    if (pid === 0) return undefined;
    // The sockets of one process follow one another.
    if (!this.#last || !this.isHeldBy(this.#last))
      this.#last = { pid, started, name: this.#name(), uid: this.#u32(AT.uid) };
    return this.#last;
  }
  /** Whether this process, under this name, is the holder. */
  isHeldBy({ pid, started, name }: Holder): boolean {
    return pid === this.pid && started === this.started && this.#isNamed(name);
  }

  get #family(): number {
    return this.#view.getUint8(this.#from + AT.family);
  }

  /** Up to the NUL. */
  #name(): string {
    const from = this.#from + AT.process;
    let to = from;
    while (to < from + PROCESS_BYTES && this.#bytes[to] !== 0) to++;
    return UTF8.decode(this.#bytes.subarray(from, to));
  }

  #isNamed(name: string): boolean {
    const from = this.#from + AT.process;
    for (let at = 0; at < PROCESS_BYTES; at++) {
      const byte = this.#bytes[from + at] as number;
      if (byte > ASCII_MAX) return this.#name() === name;
      if (byte === 0) return at === name.length;
      if (byte !== name.charCodeAt(at)) return false;
    }
    return true;
  }

  #u32(at: number): number {
    return this.#view.getUint32(this.#from + at, LITTLE);
  }

  /** What counts up from 0 stays exact: 2⁵³ is not reached. */
  #u64(at: number): number {
    const [low, high] = LITTLE ? [at, at + 4] : [at + 4, at];
    return this.#u32(high) * 2 ** 32 + this.#u32(low);
  }
}
