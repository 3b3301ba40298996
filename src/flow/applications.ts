/** What travels in conversations: first payloads are collected until a decoder knows what they are. */
import type { Application, Conversation, Payload } from './application/application.ts';

export type DecodeApplication = (asked: Conversation) => Application | undefined;

/** Flows whose application layers are kept, by default: of a busy resolver some seconds, and at most some hundred MB. */
export const LAYERS_MAX = 100_000;
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

/** What could not be taken: payloads, or the layers of a flow. */
export type LoseApplication = (reason: string, what: { readonly packets: number; readonly flows: number }) => void;

export class Applications {
  readonly #decode: DecodeApplication;
  readonly #layersMax: number;
  readonly #known = new Map<number, Known>();
  /** Names without layers, each once. */
  readonly #bare = new Map<string, Application>();
  #withLayers = 0;
  /** Bytes of payload held now. */
  bytes = 0;
  /** Payloads that found no room. */
  refused = 0;
  /** Payloads on which a decoder failed: a bug of it, which must not end a capture. */
  failed = 0;

  constructor(decode: DecodeApplication, layersMax: number) {
    this.#decode = decode;
    this.#layersMax = layersMax;
  }

  of(row: number): Application | undefined {
    return this.#known.get(row)?.found;
  }

  /** Whether now is known what was not, or was known differently. */
  take(
    row: number,
    payloads: Iterable<Payload>,
    conversation: Omit<Conversation, 'payloads'>,
    lose: LoseApplication,
  ): boolean {
    let known = this.#known.get(row);
    let isNew = false;
    for (const payload of payloads) {
      if (!known) {
        known = { payloads: [], bytes: 0, found: undefined, updates: 0 };
        this.#known.set(row, known);
      }
      // What was sent beyond the first ones is no loss: nobody asked for it.
      if (known.payloads.length >= PAYLOADS_EACH) this.refused++;
      else if (this.bytes + payload.bytes.length > PAYLOAD_BYTES_MAX) {
        this.refused++;
        lose('no room for first payloads', { packets: 1, flows: 0 });
      } else {
        this.#hold(known, payload);
        isNew = true;
      }
    }
    if (!known || !isNew) return false;
    const found = this.#ask({ ...conversation, payloads: known.payloads }, lose);
    if (!found) return false;
    this.#setFound(known, found, lose);
    return true;
  }

  /** An update was told. Payloads that nothing came after for a whole period will not be asked about again. */
  told(row: number): void {
    const known = this.#known.get(row);
    if (!known || known.payloads.length === 0 || ++known.updates < 2) return;
    this.#letGo(known);
    if (!known.found) this.#known.delete(row);
  }

  forget(row: number): void {
    const known = this.#known.get(row);
    if (!known) return;
    this.#letGo(known);
    if (hasLayers(known.found)) this.#withLayers--;
    this.#known.delete(row);
  }

  #hold(known: Known, payload: Payload): void {
    known.payloads.push(payload);
    known.bytes += payload.bytes.length;
    known.updates = 0;
    this.bytes += payload.bytes.length;
  }

  #letGo(known: Known): void {
    this.bytes -= known.bytes;
    known.bytes = 0;
    known.payloads = [];
  }

  #setFound(known: Known, found: Application, lose: LoseApplication): void {
    const had = hasLayers(known.found);
    if (!hasLayers(found) || had || this.#withLayers < this.#layersMax) {
      this.#withLayers += Number(hasLayers(found)) - Number(had);
      known.found = found;
      return;
    }
    if (!known.found) lose('no room for application layers', { packets: 0, flows: 1 });
    known.found = this.#bareOf(found);
    this.#letGo(known);
  }

  /** Its name alone. */
  #bareOf({ name, path }: Application): Application {
    const key = [name, ...(path ?? [])].join('/');
    let bare = this.#bare.get(key);
    if (!bare) {
      bare = { name, ...(path && { path }), layers: {} };
      this.#bare.set(key, bare);
    }
    return bare;
  }

  #ask(asked: Conversation, lose: LoseApplication): Application | undefined {
    try {
      return this.#decode(asked);
    } catch (error) {
      this.failed++;
      lose(`application decoder: ${error instanceof Error ? error.message : error}`, { packets: 1, flows: 0 });
      return undefined;
    }
  }
}

function hasLayers(found: Application | undefined): boolean {
  return found !== undefined && Object.keys(found.layers).length > 0;
}
