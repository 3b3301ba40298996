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

/** What a trace held. */
export interface TraceRead {
  readonly packets: number;
  /** Of its first and its last packet, epoch ms; undefined without one that is in a conversation. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** Where it was cut off; what came before is kept. */
  readonly cut: string | undefined;
}

/** Of each packet: what the decoders of applications may want. */
const PAYLOAD_BYTES = 1500;
const PAYLOAD_PACKETS = 2;
/**
 * Bytes read before what they hold goes on: less than a packet where a second of the trace passes meanwhile, so that
 * updates and ends come when they would have come, and more as long as none does.
 */
const PIECE_BYTES_MIN = 32;
const PIECE_BYTES_MAX = 64 * 1024;
const PIECE_MS = 1_000;
/** Read at most before it goes on, however little time passes: some ten thousand packets. */
const DRAIN_BYTES = 4 * 1024 * 1024;
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
  async read(pieces: AsyncIterable<Uint8Array>): Promise<TraceRead> {
    this.#running++;
    try {
      return await this.#read(pieces);
    } finally {
      this.#running--;
    }
  }

  async #read(pieces: AsyncIterable<Uint8Array>): Promise<TraceRead> {
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
      for await (const piece of pieces) await trace.take(piece);
      return await trace.end();
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
  #fromMs: number | undefined;
  #toMs: number | undefined;
  #packets = 0;
  #drainedMs = 0;
  #undrainedBytes = 0;
  #bytes = 0;
  #pieceBytes = PIECE_BYTES_MIN;
  /** Work done since the event loop turned: bytes, or what a small piece costs beside them. */
  #sinceTurn = 0;

  constructor(table: FlowTable, decoder: Decoder, parts: TracesParts) {
    this.#table = table;
    this.#decoder = decoder;
    this.#parts = parts;
    table.onUpdate((flows) => {
      for (const flow of flows) {
        this.#flows.push(flow);
        this.#fromMs = Math.min(this.#fromMs ?? flow.Start, flow.Start);
        this.#toMs = Math.max(this.#toMs ?? flow.Last, flow.Last);
      }
    });
  }

  async take(bytes: Uint8Array): Promise<void> {
    this.#bytes += bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + this.#pieceBytes);
      at += piece.length;
      if (this.#read(piece)) await this.#drain();
      this.#sinceTurn += Math.max(piece.length, PIECE_BYTES_MAX >> 7);
      if (this.#sinceTurn < PIECE_BYTES_MAX) continue;
      this.#sinceTurn = 0;
      await this.#parts.turn();
    }
  }

  async end(): Promise<TraceRead> {
    const missing = this.#bytes === 0 ? 'it is empty' : this.#decoder.end();
    // What was whole is kept: a trace is often cut off by whoever stopped writing it.
    if (missing !== undefined && this.#packets === 0) throw notATrace(missing);
    await this.#drain();
    this.#table.finish();
    await this.#keep();
    return { packets: this.#packets, fromMs: this.#fromMs, toMs: this.#toMs, cut: missing };
  }

  /** Whether what was read should go on. */
  #read(piece: Uint8Array): boolean {
    let read: { packets: number; lastMs: number };
    try {
      read = this.#decoder.file(piece);
    } catch (error) {
      throw notATrace((error as Error).message);
    }
    this.#undrainedBytes += piece.length;
    if (read.packets === 0) return false;
    this.#packets += read.packets;
    const isSlow = read.lastMs - this.#lastMs < PIECE_MS;
    this.#pieceBytes = isSlow
      ? Math.min(PIECE_BYTES_MAX, this.#pieceBytes * 2)
      : Math.max(PIECE_BYTES_MIN, this.#pieceBytes >> 1);
    this.#lastMs = Math.max(this.#lastMs, read.lastMs);
    const isFast = this.#pieceBytes === PIECE_BYTES_MAX && this.#undrainedBytes < DRAIN_BYTES;
    return !isFast || this.#lastMs - this.#drainedMs >= PIECE_MS;
  }

  async #drain(): Promise<void> {
    this.#drainedMs = this.#lastMs;
    this.#undrainedBytes = 0;
    // What was over before these packets came is not theirs.
    while (this.#table.tick(this.#lastMs)) await this.#keep();
    for (let isMore = true; isMore; ) {
      const drained = this.#decoder.drain(this.#lastMs, DRAIN_MOST);
      this.#table.observe(drained.observations, this.#lastMs);
      isMore = drained.isMore;
      await this.#keep();
    }
  }

  async #keep(): Promise<void> {
    const flows = this.#flows;
    const losses = this.#table.takeLosses();
    this.#flows = [];
    if (flows.length === 0 && losses.length === 0) return;
    await this.#parts.keep({ flows, rawPackets: [], losses });
  }
}

function notATrace(what: string) {
  return mistake('trace.invalid', `the trace cannot be read: ${what}`, 'pcap and pcapng are understood');
}
