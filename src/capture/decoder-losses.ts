/** Tells a sink what a decoder and its socket could not take: totals come in, differences go out. */
import type { DecoderStats, PacketStats } from '../native/packets.ts';
import type { Sink } from './mechanism.ts';

export class DecoderLosses {
  readonly #sink: Pick<Sink, 'lost'>;
  #last: DecoderStats & { readonly dropped?: number } = NONE;

  constructor(sink: Pick<Sink, 'lost'>) {
    this.#sink = sink;
  }

  tell(now: DecoderStats | PacketStats): void {
    const last = this.#last;
    this.#last = now;
    const dropped = ('dropped' in now ? now.dropped : 0) - (last.dropped ?? 0);
    if (dropped > 0) this.#sink.lost('socket', 'ring buffer full', dropped);
    const notCounted = now.notCounted - last.notCounted;
    if (notCounted > 0) {
      const bytes = now.notCountedBytes - last.notCountedBytes;
      this.#sink.lost('decoder', 'too many conversations at once', notCounted, bytes);
    }
    const rawDropped = now.rawDropped - last.rawDropped;
    if (rawDropped > 0) this.#sink.lost('raw-packets', 'too many were to be kept at once', rawDropped);
    const fragments = now.fragmentsDropped - last.fragmentsDropped;
    if (fragments > 0) this.#sink.lost('decoder', 'too many fragments to be put together at once', fragments);
  }
}

const NONE: DecoderStats = {
  packets: 0,
  bytes: 0,
  undecoded: 0,
  notCounted: 0,
  notCountedBytes: 0,
  rawDropped: 0,
  fragmentsDropped: 0,
};
