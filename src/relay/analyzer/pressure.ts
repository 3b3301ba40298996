/** How much of what agents sent waits here for the archive, and so how much more they may send: less and less, then nothing. */
import type { Facts } from '../message.ts';

export interface Window {
  readonly batchesMax: number;
  readonly bytesMax: number;
}

export interface PressureOptions {
  /** Encoded; in memory it is some five times as much. */
  readonly bytesMax?: number;
}

const WINDOW: Window = { batchesMax: 32, bytesMax: 4 * 1024 * 1024 };
const NARROW: Window = { batchesMax: 1, bytesMax: 64 * 1024 };

export class Pressure {
  readonly bytesMax: number;
  #bytes = 0;
  #isNarrow = false;
  #isShut = false;
  #shutTotal = 0;
  readonly #listeners = new Set<() => void>();

  constructor({ bytesMax = 128 * 1024 * 1024 }: PressureOptions = {}) {
    this.bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Nothing more shall be read. */
  get isShut(): boolean {
    return this.#isShut;
  }

  /** How often nothing more was read. */
  get shutTotal(): number {
    return this.#shutTotal;
  }

  /** For one of so many agents. */
  window(agents: number): Window {
    if (this.#isNarrow) return NARROW;
    // What all may have on its way at a time is no more than what has room here.
    const share = Math.floor(this.bytesMax / 2 / Math.max(1, agents));
    return { ...WINDOW, bytesMax: Math.min(WINDOW.bytesMax, Math.max(NARROW.bytesMax, share)) };
  }

  hold(bytes: number): void {
    this.#bytes += bytes;
    this.#look();
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
    this.#look();
  }

  /** Called when windows have become narrower or wider, or reading has stopped or goes on. */
  listen(listener: () => void): void {
    this.#listeners.add(listener);
  }

  // Two marks each, so that what swings around one of them is not told all the time.
  #look(): void {
    const part = this.#bytes / this.bytesMax;
    const isNarrow = part >= 1 / 2 || (this.#isNarrow && part >= 1 / 4);
    const isShut = part >= 1 || (this.#isShut && part >= 3 / 4);
    if (isNarrow === this.#isNarrow && isShut === this.#isShut) return;
    if (isShut && !this.#isShut) this.#shutTotal++;
    this.#isNarrow = isNarrow;
    this.#isShut = isShut;
    for (const listener of this.#listeners) listener();
  }
}

/** What a record takes here at least, however few bytes tell it. */
const RECORD_BYTES = 256;

/** A few bytes name what a batch says once, and each record of it is an object here. */
export function heldBytesOf(bytes: Uint8Array, { graph, samples, flows, rawPackets, losses, sockets }: Facts): number {
  const records = graph.length + samples.length + flows.length + rawPackets.length + losses.length + sockets.length;
  return Math.max(bytes.length, records * RECORD_BYTES);
}
