/** Decodes captures that come in pieces, and hands what is in them over as what is seen now. */
import type { Decoder, DecoderStats } from '../../native/packets.ts';
import { DecoderLosses } from '../decoder-losses.ts';
import { decoderOptions } from '../decoder-options.ts';
import type { CaptureStats, MechanismContext } from '../mechanism.ts';

/** What was read is handed over so often. */
const DRAIN_MS = 250;
/** What is over before its last packet was due is told when that is, or so much later. */
const AHEAD_MS = 1_000;
/** Conversations of one batch. */
const BATCH_CONVERSATIONS = 16_384;

export interface Stream {
  /** False: it is no capture, or no more; nothing else is wanted of it. */
  take(piece: Uint8Array): boolean;
  end(): void;
}

export class Replay {
  readonly #context: MechanismContext;
  readonly #open = new Set<OneStream>();
  #over = { packets: 0, bytes: 0 };

  constructor(context: MechanismContext) {
    this.#context = context;
  }

  /** Each is a capture of its own, whose first packet is now. `from` is said in the log. */
  open(from: string): Stream {
    const stream = new OneStream(this.#context, from, ({ packets, bytes }) => {
      this.#open.delete(stream);
      this.#over = { packets: this.#over.packets + packets, bytes: this.#over.bytes + bytes };
    });
    this.#open.add(stream);
    return stream;
  }

  stats(): CaptureStats {
    let { packets, bytes } = this.#over;
    for (const stream of this.#open) {
      const counted = stream.stats();
      packets += counted.packets;
      bytes += counted.bytes;
    }
    return { packetsReceived: packets, packetsDropped: 0, packetsIfDropped: 0, bytesReceived: bytes };
  }

  close(): void {
    for (const stream of this.#open) stream.close();
  }
}

class OneStream implements Stream {
  readonly #context: MechanismContext;
  readonly #from: string;
  readonly #decoder: Decoder;
  readonly #losses: DecoderLosses;
  readonly #over: (counted: DecoderStats) => void;
  #timer: NodeJS.Timeout | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  #isEnding = false;
  #isOver = false;

  constructor(context: MechanismContext, from: string, over: (counted: DecoderStats) => void) {
    const { door, options, sink, nowMs } = context;
    this.#context = context;
    this.#from = from;
    this.#over = over;
    this.#losses = new DecoderLosses(sink);
    this.#decoder = door.openDecoder(decoderOptions(options, sink.source));
    if (options.filter !== '') this.#decoder.setFilter(options.filter);
    this.#decoder.startAt(BigInt(Math.round(nowMs() * 1000)) * 1000n);
  }

  take(piece: Uint8Array): boolean {
    if (this.#isOver) return false;
    try {
      const { packets, lastMs } = this.#decoder.file(piece);
      if (packets > 0) this.#lastMs = lastMs;
    } catch (error) {
      this.#say((error as Error).message);
      this.#finish();
      return false;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#drain();
    }, DRAIN_MS).unref();
    return true;
  }

  /** What comes quicker than it once happened has its gaps all the same: who asks about now is not told of what is to come. */
  end(): void {
    if (this.#isOver || this.#isEnding) return;
    this.#isEnding = true;
    const missing = this.#decoder.end();
    if (missing !== undefined) this.#say(missing);
    const aheadMs = Math.min(AHEAD_MS, this.#lastMs - this.#context.nowMs());
    if (aheadMs <= 0) {
      this.#finish();
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#finish(), aheadMs).unref();
  }

  /** All that came is told now. */
  close(): void {
    this.end();
    if (!this.#isOver) this.#finish();
  }

  stats(): DecoderStats {
    return this.#decoder.stats();
  }

  #finish(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#drain();
    this.#over(this.stats());
    this.#decoder.close();
  }

  #drain(): void {
    const { sink, nowMs } = this.#context;
    for (let isMore = true; isMore; ) {
      const drained = this.#decoder.drain(nowMs(), BATCH_CONVERSATIONS);
      if (drained.observations.length > 0) sink.observe(drained.observations);
      if (drained.rawPackets.length > 0) sink.raw(drained.rawPackets);
      isMore = drained.isMore;
    }
    this.#losses.tell(this.stats());
  }

  #say(what: string): void {
    this.#context.log.warn(`pcapsocket on ${this.#context.place.name}, from ${this.#from}: ${what}`);
  }
}
