/** What travels in conversations: first payloads are collected until a decoder knows what they are. */
import type { Layer } from './flow.ts';

/** What a decoder is asked with: src/flow/application/. */
export interface Asked {
  /** IP protocol number. */
  readonly protocol: number;
  readonly loPort: number;
  readonly hiPort: number;
  readonly startedByHi: boolean;
  /** In the order they came. */
  readonly payloads: readonly Payload[];
}

export interface Payload {
  /** Epoch ms. */
  readonly ms: number;
  readonly fromHi: boolean;
  /** TCP sequence number of its first byte, else 0. */
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

export interface Application {
  /** 'DNS', 'TLS'. */
  readonly name: string;
  /** What it adds to LayersPath. */
  readonly path?: readonly string[];
  /** By their keys in a flow: DNS, DHCPv4, VRRPv2, TLS, HTTP. */
  readonly layers: Readonly<Record<string, Layer>>;
  /** From the question to its answer. */
  readonly latencyMs?: number;
}

export type DecodeApplication = (asked: Asked) => Application | undefined;

/** Payloads that are held for one conversation; mechanisms send fewer. */
const PAYLOADS_EACH = 16;
/** Bytes of payload held for all of them. */
const PAYLOAD_BYTES_MAX = 32 * 1024 * 1024;

interface Known {
  payloads: Payload[];
  bytes: number;
  found: Application | undefined;
  /** Updates told since the last payload. */
  updates: number;
}

export class Applications {
  readonly #decode: DecodeApplication;
  readonly #known = new Map<number, Known>();
  /** Bytes of payload held now. */
  bytes = 0;
  /** Payloads that found no room. */
  refused = 0;
  /** Payloads on which a decoder failed: a bug of it, which must not end a capture. */
  failed = 0;

  constructor(decode: DecodeApplication) {
    this.#decode = decode;
  }

  of(row: number): Application | undefined {
    return this.#known.get(row)?.found;
  }

  /** Whether now is known what was not, or was known differently. */
  take(row: number, payloads: Iterable<Payload>, conversation: Omit<Asked, 'payloads'>): boolean {
    let known = this.#known.get(row);
    let isNew = false;
    for (const payload of payloads) {
      if (!known) {
        known = { payloads: [], bytes: 0, found: undefined, updates: 0 };
        this.#known.set(row, known);
      }
      if (known.payloads.length >= PAYLOADS_EACH || this.bytes + payload.bytes.length > PAYLOAD_BYTES_MAX) {
        this.refused++;
        continue;
      }
      known.payloads.push(payload);
      known.bytes += payload.bytes.length;
      known.updates = 0;
      this.bytes += payload.bytes.length;
      isNew = true;
    }
    if (!known || !isNew) return false;
    const found = this.#ask({ ...conversation, payloads: known.payloads });
    if (!found) return false;
    known.found = found;
    return true;
  }

  /** An update was told. Payloads that nothing came after for a whole period will not be asked about again. */
  told(row: number): void {
    const known = this.#known.get(row);
    if (!known || known.bytes === 0 || ++known.updates < 2) return;
    this.bytes -= known.bytes;
    known.bytes = 0;
    known.payloads = [];
    if (!known.found) this.#known.delete(row);
  }

  forget(row: number): void {
    const known = this.#known.get(row);
    if (!known) return;
    this.bytes -= known.bytes;
    this.#known.delete(row);
  }

  #ask(asked: Asked): Application | undefined {
    try {
      return this.#decode(asked);
    } catch {
      this.failed++;
      return undefined;
    }
  }
}
