/**
 * Traces that someone sends: their packets become flows of the times they were captured at, in a table of their own, and
 * go straight into the past. They stand at no node.
 */
import { decodeApplication } from '../flow/application/index.ts';
import type { Flow, RawPacket } from '../flow/flow.ts';
import type { Loss } from '../flow/loss.ts';
import type { FlowLife } from '../flow/place.ts';
import { FlowTable } from '../flow/table.ts';
import type { Decoder, PacketDoor } from '../native/packets.ts';
import { mistake } from '../std/mistake.ts';

export interface TracesParts {
  readonly door: Pick<PacketDoor, 'openDecoder'>;
  readonly life: FlowLife;
  readonly flowsMax: number;
  readonly host: string;
  /** Keeps what a trace holds; durable when it resolves. */
  readonly keep: (kept: TraceKept) => Promise<void>;
  readonly turn: () => Promise<void>;
}

export interface TraceKept {
  readonly flows: readonly Flow[];
  readonly rawPackets: readonly { readonly uuid: string; readonly packet: RawPacket }[];
  readonly losses: readonly Loss[];
}

/** Of each packet: what the decoders of applications may want. */
const PAYLOAD_BYTES = 1500;
const PAYLOAD_PACKETS = 2;
/** Bytes read before what they hold goes on. */
const PIECE_BYTES = 256 * 1024;
/** Conversations drained at a time. */
const DRAIN_MOST = 16_384;

export class Traces {
  readonly #parts: TracesParts;
  #running = 0;

  constructor(parts: TracesParts) {
    this.#parts = parts;
  }

  get running(): number {
    return this.#running;
  }

  /** Rejects with a Mistake that says what is wrong, and where. What came before is kept. */
  async read(pieces: AsyncIterable<Uint8Array>): Promise<void> {
    this.#running++;
    try {
      await this.#read(pieces);
    } finally {
      this.#running--;
    }
  }

  async #read(pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const { door, life, flowsMax, host } = this.#parts;
    const table = new FlowTable({ life, flowsMax, decode: decodeApplication });
    const source = table.addPlace({
      node: '',
      capture: '',
      host,
      layers: new Set(['TLS', 'HTTP']),
      hasTcpMetric: false,
    });
    const decoder = door.openDecoder({ source, payloadBytes: PAYLOAD_BYTES, payloadPackets: PAYLOAD_PACKETS });
    const trace = new OneTrace(table, decoder, this.#parts);
    try {
      for await (const piece of pieces)
        for (let at = 0; at < piece.length; at += PIECE_BYTES) await trace.take(piece.subarray(at, at + PIECE_BYTES));
      await trace.end();
    } finally {
      decoder.close();
    }
  }
}

class OneTrace {
  readonly #table: FlowTable;
  readonly #decoder: Decoder;
  readonly #parts: TracesParts;
  #flows: Flow[] = [];
  #lastMs = 0;
  #packets = 0;

  constructor(table: FlowTable, decoder: Decoder, parts: TracesParts) {
    this.#table = table;
    this.#decoder = decoder;
    this.#parts = parts;
    table.onUpdate((flows) => this.#flows.push(...flows));
  }

  async take(piece: Uint8Array): Promise<void> {
    let read: { packets: number; lastMs: number };
    try {
      read = this.#decoder.file(piece);
    } catch (error) {
      throw notATrace((error as Error).message);
    }
    this.#packets += read.packets;
    this.#lastMs = Math.max(this.#lastMs, read.lastMs);
    await this.#drain();
  }

  async end(): Promise<void> {
    const missing = this.#decoder.end();
    // What was whole is kept: a trace is often cut off by whoever stopped writing it.
    if (missing !== undefined && this.#packets === 0) throw notATrace(missing);
    await this.#drain();
    this.#table.finish();
    await this.#keep();
  }

  async #drain(): Promise<void> {
    for (let isMore = true; isMore; ) {
      const drained = this.#decoder.drain(this.#lastMs, DRAIN_MOST);
      this.#table.observe(drained.observations, this.#lastMs);
      isMore = drained.isMore;
      while (this.#table.tick(this.#lastMs)) await this.#keep();
      await this.#keep();
    }
  }

  async #keep(): Promise<void> {
    const flows = this.#flows;
    const losses = this.#table.takeLosses();
    this.#flows = [];
    if (flows.length > 0 || losses.length > 0) await this.#parts.keep({ flows, rawPackets: [], losses });
    await this.#parts.turn();
  }
}

function notATrace(what: string) {
  return mistake('trace.invalid', `the trace cannot be read: ${what}`, 'pcap and pcapng are understood');
}
