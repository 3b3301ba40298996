/**
 * Between the mechanisms and the flow table: whole buffers wait here and are taken in small portions, so that a flood of
 * packets does not keep the event loop from everything else. What finds no room is counted.
 */
import { layout, rawPacketLayout } from '../flow/layout.ts';

export interface InboxOptions {
  readonly observe: (observations: Uint8Array) => void;
  readonly raw: (packets: Uint8Array) => void;
  /** Of a buffer that found no room: takes at once what it has of known flows, gives what the others had counted. */
  readonly known: (observations: Uint8Array) => { readonly packets: number; readonly bytes: number };
  /** What was in buffers that found no room. */
  readonly lost: (source: number, packets: number, bytes: number) => void;
  /** Monotonic ms. */
  readonly elapsed: () => number;
  readonly bytesMax?: number;
}

/** Bytes that may wait: some seconds of a hundred thousand conversations. */
const BYTES_MAX = 64 * 1024 * 1024;
/** Bytes taken at a time: about 400 observations, a fraction of a millisecond. */
const PORTION_BYTES = 64 * 1024;
/** Work goes on this long before the event loop turns. */
const SLICE_MS = 5;

type Entry = { readonly kind: 'observations' | 'raw'; readonly source: number; bytes: Uint8Array } | (() => void);

export class Inbox {
  readonly #options: InboxOptions;
  readonly #bytesMax: number;
  #entries: Entry[] = [];
  #first = 0;
  #bytes = 0;
  #isTurning = false;

  constructor(options: InboxOptions) {
    this.#options = options;
    this.#bytesMax = options.bytesMax ?? BYTES_MAX;
  }

  /** Bytes that wait. */
  get waiting(): number {
    return this.#bytes;
  }

  observe(source: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#bytes + bytes.length > this.#bytesMax) {
      const others = this.#options.known(bytes);
      if (others.packets > 0) this.#options.lost(source, others.packets, others.bytes);
      return;
    }
    this.#push({ kind: 'observations', source, bytes }, bytes.length);
  }

  raw(source: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#bytes + bytes.length > this.#bytesMax) this.#options.lost(source, 0, bytes.length);
    else this.#push({ kind: 'raw', source, bytes }, bytes.length);
  }

  /** Resolves when all that came before is in the table. */
  settled(): Promise<void> {
    if (this.#first === this.#entries.length) return Promise.resolve();
    return new Promise((resolve) => this.#push(resolve, 0));
  }

  #push(entry: Entry, bytes: number): void {
    this.#entries.push(entry);
    this.#bytes += bytes;
    if (this.#isTurning) return;
    this.#isTurning = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    const { elapsed } = this.#options;
    const start = elapsed();
    while (this.#first < this.#entries.length) {
      this.#portion(this.#entries[this.#first] as Entry);
      if (elapsed() - start >= SLICE_MS) {
        setImmediate(() => this.#turn());
        return;
      }
    }
    this.#entries = [];
    this.#first = 0;
    this.#isTurning = false;
  }

  #portion(entry: Entry): void {
    if (typeof entry === 'function') {
      this.#done();
      entry();
      return;
    }
    const sizeOf = entry.kind === 'raw' ? rawSize : observationSize;
    const end = portionEnd(entry.bytes, sizeOf);
    const portion = entry.bytes.subarray(0, end);
    entry.bytes = entry.bytes.subarray(end);
    this.#bytes -= end;
    if (entry.bytes.length === 0) this.#done();
    if (entry.kind === 'raw') this.#options.raw(portion);
    else this.#options.observe(portion);
  }

  #done(): void {
    this.#entries[this.#first++] = nothing;
  }
}

/** Stands where an entry was, so that its buffer can go. */
const nothing = () => undefined;

/** A record that ends behind the buffer, or has no length, ends it: the table says what it thinks of that. */
function portionEnd(bytes: Uint8Array, sizeOf: (view: DataView, at: number) => number): number {
  if (bytes.length <= PORTION_BYTES) return bytes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at < PORTION_BYTES) {
    const size = sizeOf(view, at);
    if (size === 0 || at + size > bytes.length) return bytes.length;
    at += size;
  }
  return at;
}

function observationSize(view: DataView, at: number): number {
  return at + 2 <= view.byteLength ? view.getUint16(at + layout.size, true) : 0;
}

function rawSize(view: DataView, at: number): number {
  const { headBytes, captured } = rawPacketLayout;
  if (at + headBytes > view.byteLength) return 0;
  return headBytes + Math.ceil(view.getUint32(at + captured, true) / 8) * 8;
}
