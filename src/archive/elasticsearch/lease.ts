/**
 * Who of several does what is to be done once: a document that one of them renews. No clock is compared with another's:
 * a lease is over when an observer has not seen its document change for longer than its time, by the observer's own
 * clock; and whoever holds it stops before that, by its own. The server's sequence numbers decide who was first. While
 * the server cannot be asked nobody can renew it either: that time does not count.
 */
import type { Clock } from '../../std/clock.ts';
import type { Elastic } from './client.ts';
import { OURS } from './templates.ts';

export interface LeaseParts {
  readonly elastic: Pick<Elastic, 'request'>;
  /** Of all leases; made when it is not there. */
  readonly index: string;
  /** What it is about: 'retention'. */
  readonly name: string;
  /** Of this run of this process; no two are alike. */
  readonly holder: string;
  readonly ttlMs?: number;
  /** Wall time, and what waits. */
  readonly clock: Clock;
  /** ms that never go back: performance.now. */
  readonly elapsedMs: () => number;
  readonly random: () => number;
}

const TTL_MS = 30_000;

/** Of its time, so much is used: the rest is for clocks that run at different speeds, and work that is under way. */
const HELD_SHARE = 0.75;

/** Looked at so often in its time. */
const LOOKS = 4;

export interface LeaseDocument {
  readonly holder: string;
  /** Grows by one with each new holder: what was done under an earlier one can be told by it. */
  readonly term: number;
  readonly ttlMs: number;
  /** Grows with each renewal, so that no two are alike. */
  readonly beat: number;
  readonly isReleased: boolean;
}

interface Stored {
  readonly _seq_no: number;
  readonly _primary_term: number;
  readonly _source: LeaseDocument;
}

interface Held {
  readonly stored: Stored;
  /** By both of our clocks, when the renewal was sent. */
  readonly elapsedMs: number;
  readonly wallMs: number;
}

export class Lease implements AsyncDisposable {
  readonly #parts: LeaseParts;
  readonly #ttlMs: number;
  readonly #listeners: ((isHeld: boolean) => void)[] = [];
  #held: Held | undefined;
  #lastTerm: number | undefined;
  #seen: { readonly stored: Stored; readonly elapsedMs: number } | undefined;
  /** When the server was last asked with success, and whether it was since without. */
  #lookedMs = 0;
  #isBlind = false;
  #wasHeld = false;
  #wasLast: number | undefined;
  #callOff: (() => void) | undefined;
  #turn: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    this.#ttlMs = parts.ttlMs ?? TTL_MS;
  }

  /** To be asked before each step of what is done once. A process that was stopped for a while finds itself without. */
  get isHeld(): boolean {
    if (!this.#held) return false;
    const { elapsedMs, clock } = this.#parts;
    const time = this.#ttlMs * HELD_SHARE;
    // A machine that slept has a clock that stood still, and another that did not; one that was set ahead costs a lease.
    return elapsedMs() - this.#held.elapsedMs < time && clock.now() - this.#held.wallMs < time;
  }

  /** It was ours last, and nobody has taken it since as far as we have seen: nobody can while the server is away. */
  get isLast(): boolean {
    return this.#lastTerm !== undefined;
  }

  /** The term of that. While it stays the same nobody else had it in between. */
  get lastTerm(): number | undefined {
    return this.#lastTerm;
  }

  /** Of our own hold; undefined: we have none. */
  get term(): number | undefined {
    return this.isHeld ? this.#held?.stored._source.term : undefined;
  }

  /** Who has it, as far as we have seen. */
  get holder(): string | undefined {
    if (this.isHeld) return this.#parts.holder;
    const seen = this.#seen?.stored._source;
    return seen?.isReleased ? undefined : seen?.holder;
  }

  /** Hears when it is held or not, and when another has it after us. */
  changed(listener: (isHeld: boolean) => void): void {
    this.#listeners.push(listener);
  }

  /** Looks again and again until it is disposed of. An unreachable server is no error: then nobody new holds it. */
  start(): void {
    const { clock, random } = this.#parts;
    const again = () => {
      if (this.#isStopped) return;
      const waitMs = (this.#ttlMs / LOOKS) * (0.75 + random() / 2);
      this.#callOff = clock.after(
        waitMs,
        () =>
          void this.look()
            .catch(() => {})
            .then(again),
      );
    };
    void this.look()
      .catch(() => {})
      .then(again);
  }

  /** One look: renews what we hold, or takes what nobody does. Throws what the server's absence is told by. */
  look(): Promise<void> {
    this.#turn = this.#turn.catch(() => {}).then(() => this.#look());
    return this.#turn
      .then(
        () => {
          this.#isBlind = false;
          this.#lookedMs = this.#parts.elapsedMs();
        },
        (error) => {
          this.#isBlind = true;
          throw error;
        },
      )
      .finally(() => this.#tell());
  }

  /** Lets go, so that the next one need not wait. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#callOff?.();
    await this.#turn.catch(() => {});
    const held = this.#held;
    this.#held = undefined;
    this.#lastTerm = undefined;
    this.#tell();
    if (held) await this.#write({ ...held.stored._source, isReleased: true }, held.stored).catch(() => {});
  }

  async #look(): Promise<void> {
    if (this.#isStopped) return;
    if (this.#held && (await this.#renew(this.#held))) return;
    const stored = await this.#read();
    const { elapsedMs, holder } = this.#parts;
    if (!stored) {
      await this.#take(undefined);
      return;
    }
    const { _source: document, _seq_no, _primary_term } = stored;
    // Our own, of a renewal whose answer was lost.
    if (document.holder === holder && !document.isReleased) {
      if (await this.#renew({ stored, elapsedMs: 0, wallMs: 0 })) return;
    }
    if (document.holder !== holder || document.isReleased) this.#lastTerm = undefined;
    const before = this.#seen?.stored;
    const wasBlind = this.#isBlind && elapsedMs() - this.#lookedMs > this.#ttlMs / 2;
    if (!before || wasBlind || before._seq_no !== _seq_no || before._primary_term !== _primary_term)
      this.#seen = { stored, elapsedMs: elapsedMs() };
    const unchangedMs = elapsedMs() - (this.#seen?.elapsedMs ?? 0);
    if (document.isReleased || unchangedMs > document.ttlMs) await this.#take(stored);
  }

  async #renew({ stored }: Held): Promise<boolean> {
    const held = await this.#hold({ ...stored._source, ttlMs: this.#ttlMs, beat: stored._source.beat + 1 }, stored);
    if (!held) this.#held = undefined;
    return held;
  }

  async #take(stored: Stored | undefined): Promise<void> {
    const term = (stored?._source.term ?? 0) + 1;
    const { holder } = this.#parts;
    await this.#hold({ holder, term, ttlMs: this.#ttlMs, beat: 0, isReleased: false }, stored);
  }

  /** Whether we were first. */
  async #hold(document: LeaseDocument, over: Stored | undefined): Promise<boolean> {
    const { elapsedMs, clock } = this.#parts;
    const sent = { elapsedMs: elapsedMs(), wallMs: clock.now() };
    const stored = await this.#write(document, over);
    if (!stored || this.#isStopped) return false;
    this.#held = { stored, ...sent };
    this.#lastTerm = document.term;
    return true;
  }

  async #read(): Promise<Stored | undefined> {
    const { elastic } = this.#parts;
    return elastic.request<Stored | undefined>({ method: 'GET', path: this.#path('_doc'), fine: [404] });
  }

  /** Undefined: another was there before. */
  async #write(document: LeaseDocument, over: Stored | undefined): Promise<Stored | undefined> {
    const { elastic, index } = this.#parts;
    // What is there under that name already is right.
    if (!over) await elastic.request({ method: 'PUT', path: `/${index}`, body: INDEX, fine: [400] });
    const named = over && { if_seq_no: over._seq_no, if_primary_term: over._primary_term };
    const written = await elastic.request<Omit<Stored, '_source'> | undefined>({
      method: 'PUT',
      path: this.#path(over ? '_doc' : '_create'),
      ...(named && { query: named }),
      body: document,
      fine: [409],
      timeoutMs: this.#ttlMs / 2,
    });
    return written && { ...written, _source: document };
  }

  #path(how: '_doc' | '_create'): string {
    return `/${this.#parts.index}/${how}/${encodeURIComponent(this.#parts.name)}`;
  }

  #tell(): void {
    const { isHeld, lastTerm } = this;
    if (isHeld === this.#wasHeld && lastTerm === this.#wasLast) return;
    this.#wasHeld = isHeld;
    this.#wasLast = lastTerm;
    for (const listener of this.#listeners) listener(isHeld);
  }
}

/** Found by their names alone. */
export const INDEX = {
  settings: { index: { number_of_shards: 1, auto_expand_replicas: '0-1' } },
  mappings: { dynamic: false, properties: {}, _meta: OURS },
};
