/** Sends an agent's batches to its home, from the spool, within the window that the analyzer gives; forgets what is acknowledged. */
import type { AgentLink } from '../link.ts';
import type { Ack, Welcome } from '../message.ts';
import type { Spool } from '../spool/spool.ts';

/** How a link is fed, once it was welcomed. */
export interface Feed {
  welcomed(welcome: Welcome): void;
  acked(ack: Ack): void;
  /** There may be more to send, or more room to send it. */
  pump(): void;
  stop(): void;
}

export interface HomeFeedParts {
  readonly spool: Pick<Spool, 'id' | 'first' | 'next' | 'read' | 'acknowledge'>;
  readonly link: AgentLink;
  /** The analyzer, which has kept all up to that batch, lacks the beginning of something. */
  readonly tellAll: (wants: { readonly graph: boolean; readonly sockets: boolean }, kept: number) => void;
  readonly count: FeedCount;
}

export interface FeedCount {
  /** Batches and bytes sent, and of them those sent again after a connection was lost. */
  batches: number;
  bytes: number;
  resent: number;
  /** The last batch that was sent at all: what is not beyond it is resent. */
  sentUpTo: number;
}

/** Read from the spool at once. */
const READ_BYTES = 1024 * 1024;

export class HomeFeed implements Feed {
  readonly #parts: HomeFeedParts;
  #window = { batchesMax: 0, bytesMax: 0 };
  /** The last that was sent, or need not be. */
  #last = 0;
  #inFlight: { readonly seq: number; readonly bytes: number }[] = [];
  #inFlightBytes = 0;
  #kept = 0;
  #isStopped = false;

  constructor(parts: HomeFeedParts) {
    this.#parts = parts;
  }

  welcomed({ kept, wants, batchesMax, bytesMax }: Welcome): void {
    const { spool, link, tellAll } = this.#parts;
    if (kept >= spool.next) {
      const has = `${link.remote} has kept batch ${kept} of spool ${spool.id}, which ends with ${spool.next - 1} here`;
      link.close(`${has}: the disk of this agent was set back; remove its spool`);
      return;
    }
    this.#window = { batchesMax, bytesMax };
    this.#last = kept;
    this.#keep(kept);
    // What another home has kept, and this one lacks, is not on its way any more.
    tellAll(wants, Math.max(kept, spool.first - 1));
    this.pump();
  }

  acked({ kept, wants, window }: Ack): void {
    // What was never sent nobody can have.
    if (kept > this.#last) return;
    if (window) this.#window = window;
    this.#keep(kept);
    if (wants) this.#parts.tellAll(wants, this.#kept);
    this.pump();
  }

  pump(): void {
    const { spool, link, count } = this.#parts;
    while (!this.#isStopped) {
      const room = this.#window.bytesMax - this.#inFlightBytes;
      // One may always be on its way, however large it is.
      if (this.#inFlight.length > 0 && (room <= 0 || this.#inFlight.length >= this.#window.batchesMax)) return;
      if (this.#window.batchesMax === 0 || link.bufferedBytes > this.#window.bytesMax) return;
      const batches = spool.read(this.#last + 1, Math.max(1, Math.min(room, READ_BYTES)));
      if (batches.length === 0) return;
      for (const { seq, facts } of batches) {
        if (this.#inFlight.length > 0 && this.#inFlight.length >= this.#window.batchesMax) return;
        link.send({ kind: 'batch', seq, after: this.#last, facts });
        this.#last = seq;
        this.#inFlight.push({ seq, bytes: facts.length });
        this.#inFlightBytes += facts.length;
        count.batches++;
        count.bytes += facts.length;
        if (seq <= count.sentUpTo) count.resent++;
        else count.sentUpTo = seq;
        if (this.#isStopped) return;
      }
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  #keep(kept: number): void {
    if (kept <= this.#kept) return;
    this.#kept = kept;
    let done = 0;
    for (const { seq, bytes } of this.#inFlight) {
      if (seq > kept) break;
      done++;
      this.#inFlightBytes -= bytes;
    }
    this.#inFlight.splice(0, done);
    this.#parts.spool.acknowledge(kept);
  }
}
