/**
 * Packets as they pass, of every node that a query finds, as one pcapng stream: for whoever wants to look on. Nothing is
 * decoded or kept; what the reader does not take in time is dropped, and said in the statistics of its interface.
 */
import { rawPacketLayout } from '../flow/layout.ts';
import type { GraphNode } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { type PacketDoor, type PacketSocket, RAW_PACKETS_ALONE } from '../native/packets.ts';
import { bell } from '../std/bell.ts';
import type { Clock } from '../std/clock.ts';
import { mistake } from '../std/mistake.ts';
import { pcapngHeader, pcapngInterface, pcapngPacket, pcapngStatistics } from '../std/pcapng.ts';
import type { Place } from './mechanism.ts';
import { openOn, understood } from './packet-socket.ts';
import { type KnownNamespace, placeOf } from './places.ts';

export interface TailsParts {
  readonly door: PacketDoor;
  /** Nodes that a query finds now. Rejects with a Mistake. */
  readonly match: (query: string) => Promise<readonly GraphNode[]>;
  /** Throws a Mistake that tells all that is wrong with a query. */
  readonly check: (query: string) => void;
  readonly view: () => GraphView;
  readonly namespaces: () => readonly KnownNamespace[];
  readonly ownNode: string;
  readonly host: string;
  /** Who writes the file. */
  readonly application: string;
  readonly clock: Clock;
}

export interface TailAsked {
  readonly query: string;
  /** pcap syntax; '' for all. */
  readonly filter: string;
  /** Bytes of each packet; 0: all. */
  readonly snapLength: number;
}

/** Tails that are open at the same time, for all clients. */
export const TAILS_MAX = 16;
/** Interfaces of one tail. */
export const TAIL_NODES_MAX = 64;
/** Bytes that wait for a reader: a second of 64 Mbit/s. */
export const TAIL_WAITING_MAX = 8 << 20;
const DRAIN_MS = 50;
const RING_BYTES = 4 << 20;
const PACKET_BYTES_MAX = 65_535;
/** Statistics are told so often while packets come, and once after the last of them. */
const STATISTICS_MS = 1_000;

export class Tails implements AsyncDisposable {
  readonly #parts: TailsParts;
  readonly #open = new Set<Tail>();
  #opening = 0;

  constructor(parts: TailsParts) {
    this.#parts = parts;
  }

  get running(): number {
    return this.#open.size + this.#opening;
  }

  /** Throws a Mistake for what is asked wrongly, Unavailable where no interface can be read. */
  async open(asked: TailAsked): Promise<Tail> {
    const { check, match, view, namespaces, ownNode } = this.#parts;
    if (this.running >= TAILS_MAX)
      throw mistake('query.busy', `packets are tailed ${this.running} times already`, 'end one of them');
    this.#opening++;
    try {
      check(asked.query);
      const found = (await match(asked.query)).map((node) => placeOf(node, view(), namespaces(), ownNode));
      const places = found.filter((place) => typeof place !== 'string').filter(({ ifIndex }) => ifIndex !== undefined);
      if (places.length === 0) {
        const why = found.find((place) => typeof place === 'string');
        const what = found.length === 0 ? 'the query finds no node' : 'packets pass none of the nodes that it finds';
        throw mistake('capture.nowhere', what, why ?? 'interfaces are nodes with an IfIndex');
      }
      if (places.length > TAIL_NODES_MAX)
        throw mistake('capture.many', `the query finds ${places.length} interfaces, of ${TAIL_NODES_MAX} at most`);
      const tail = new Tail(this.#parts, asked, (its) => this.#open.delete(its));
      await tail.start(places);
      this.#open.add(tail);
      return tail;
    } finally {
      this.#opening--;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#open].map((tail) => tail[Symbol.asyncDispose]()));
  }
}

interface Source {
  readonly number: number;
  readonly socket: PacketSocket;
  delivered: number;
  /** For a reader that was slow. */
  dropped: number;
  isEnded: boolean;
}

export class Tail implements AsyncDisposable {
  readonly #parts: TailsParts;
  readonly #asked: TailAsked;
  readonly #gone: (tail: Tail) => void;
  readonly #sources: Source[] = [];
  readonly #bell = bell();
  readonly #closed = new AbortController();
  /** What came before the interfaces were described. */
  #early: (() => void)[] | undefined = [];
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #toldMs = 0;
  /** Packets came since statistics were told. */
  #isUntold = true;

  constructor(parts: TailsParts, asked: TailAsked, gone: (tail: Tail) => void) {
    this.#parts = parts;
    this.#asked = asked;
    this.#gone = gone;
  }

  /** Throws when none of them can be read. */
  async start(places: readonly Place[]): Promise<void> {
    const opened = await Promise.allSettled(places.map((place) => this.#open(place)));
    if (this.#sources.length === 0) throw (opened[0] as PromiseRejectedResult).reason;
    for (const take of this.#early ?? []) take();
    this.#early = undefined;
  }

  /** From the header on, until it is closed or all interfaces are gone. For one reader, who asks for more when he can. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const pieces = this.#waiting;
      this.#waiting = [];
      this.#waitingBytes = 0;
      if (pieces.length > 0) yield Buffer.concat(pieces);
      const isOver = this.#closed.signal.aborted || this.#sources.every(({ isEnded }) => isEnded);
      const nowMs = this.#parts.clock.now();
      if (isOver || (this.#isUntold && nowMs - this.#toldMs >= STATISTICS_MS)) {
        this.#toldMs = nowMs;
        this.#isUntold = false;
        yield Buffer.concat(this.#sources.map((source) => this.#statistics(source)));
      }
      if (isOver && this.#waiting.length === 0) return;
      if (this.#waiting.length === 0) await this.#more();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#gone(this);
    await Promise.all(this.#sources.map(({ socket }) => socket.close()));
    this.#closed.abort();
  }

  /** Until there are packets, or statistics to tell of the last ones. */
  async #more(): Promise<void> {
    const { clock } = this.#parts;
    const cancel = this.#isUntold ? clock.after(STATISTICS_MS, () => this.#bell.ring()) : undefined;
    await this.#bell.rung(this.#closed.signal);
    cancel?.();
  }

  async #open(place: Place): Promise<void> {
    const { door, host } = this.#parts;
    const { filter, snapLength } = this.#asked;
    const rawBytes = Math.min(snapLength || PACKET_BYTES_MAX, PACKET_BYTES_MAX);
    const options = {
      source: 0,
      rawPacketLimit: RAW_PACKETS_ALONE,
      rawBytes,
      idleMs: 0,
      ...(place.netns !== undefined && { netns: place.netns }),
      interfaceName: place.name,
      snapLength: rawBytes,
      drainMs: DRAIN_MS,
      ringBytes: RING_BYTES,
    };
    let source: Source | undefined;
    const take = (packets: Uint8Array) => {
      if (source && this.#early === undefined) this.#take(source, packets);
      else this.#early?.push(() => source && this.#take(source, packets));
    };
    try {
      const asked = { door, options: { filter, headerSize: rawBytes } };
      const socket = await openOn(asked, options, (_, packets) => take(packets));
      source = { number: this.#sources.length, socket, delivered: 0, dropped: 0, isEnded: false };
    } catch (error) {
      throw understood(error, { place });
    }
    const its = source;
    this.#sources.push(its);
    if (this.#sources.length === 1) this.#put(pcapngHeader(this.#parts.application));
    const netns = place.netns?.split('/').at(-1);
    this.#put(
      pcapngInterface({
        linkType: its.socket.linkType,
        snapLength: rawBytes,
        name: netns === undefined ? place.name : `${netns}/${place.name}`,
        description: `${place.type} ${place.name} of ${netns === undefined ? host : `${netns} on ${host}`}, TID ${place.tid}`,
        ...(filter !== '' && { filter }),
      }),
    );
    its.socket.onEnd(() => {
      its.isEnded = true;
      this.#bell.ring();
    });
  }

  /** RawPacket records, as the door gives them. */
  #take(source: Source, records: Uint8Array): void {
    const view = new DataView(records.buffer, records.byteOffset, records.length);
    const { headBytes, ms, length, captured } = rawPacketLayout;
    for (let at = 0; at + headBytes <= records.length; ) {
      const size = view.getUint32(at + captured, LITTLE);
      const data = records.subarray(at + headBytes, at + headBytes + size);
      const timeMs = view.getFloat64(at + ms, LITTLE);
      if (this.#waitingBytes < TAIL_WAITING_MAX) {
        source.delivered++;
        const whole = Math.floor(timeMs);
        const timestampNs = BigInt(whole) * 1_000_000n + BigInt(Math.round((timeMs - whole) * 1e6));
        this.#put(
          pcapngPacket({ interface: source.number, timestampNs, data, length: view.getUint32(at + length, LITTLE) }),
        );
      } else source.dropped++;
      at += headBytes + Math.ceil(size / 8) * 8;
    }
    this.#isUntold = true;
    this.#bell.ring();
  }

  #put(piece: Uint8Array): void {
    this.#waiting.push(piece);
    this.#waitingBytes += piece.length;
  }

  #statistics({ number, socket, delivered, dropped }: Source): Uint8Array {
    const { received, dropped: byKernel, rawDropped } = socket.stats();
    const timestampNs = BigInt(Math.trunc(this.#parts.clock.now())) * 1_000_000n;
    const lost = byKernel + rawDropped + dropped;
    return pcapngStatistics({ interface: number, timestampNs, received, dropped: lost, delivered });
  }
}

const LITTLE = true;
