/** Flows as they cross the threads, both ways: one run of bytes, and each text that repeats once beside it. */
import type { Flow } from '../../../flow/flow.ts';
import { type Address, addressOf } from './address.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { type FlowColumns, flowOf, moreOf, writeDetails, writeMetric } from './record.ts';

export interface PackedFlows {
  readonly count: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly texts: readonly string[];
}

/** Of one flow without DNS and the like, about. */
const ROW_BYTES = 220;

/** A row as the thread sees it: texts as their places in `texts`, the rest as SQLite keeps it. */
export interface FlowRow
  extends Omit<FlowColumns, 'uuid' | 'tracking' | 'node' | 'capture' | 'layers' | 'application'> {
  readonly uuid: bigint;
  readonly tracking: bigint;
  readonly node: number;
  readonly capture: number;
  readonly layers: number;
  readonly application: number;
  readonly details: Uint8Array;
  /** Empty: none. */
  readonly newest: Uint8Array;
  /** Empty: none. */
  readonly more: string;
}

export function packFlows(flows: readonly Flow[]): PackedFlows {
  const into = new ByteWriter(flows.length * ROW_BYTES);
  const texts = new TextPlaces();
  for (const flow of flows) {
    writeColumns(
      {
        uuid: flow.UUID,
        tracking: flow.TrackingID,
        start: Math.trunc(flow.Start),
        last: Math.trunc(flow.Last),
        node: flow.NodeTID,
        capture: flow.CaptureID,
        layers: flow.LayersPath,
        application: flow.Application,
        a: flow.Network && addressOf(flow.Network.A),
        b: flow.Network && addressOf(flow.Network.B),
        aPort: flow.Transport?.A,
        bPort: flow.Transport?.B,
      },
      texts,
      into,
    );
    const details = into.begin();
    writeDetails(flow, into);
    into.end(details);
    const newest = into.begin();
    if (flow.LastUpdateMetric) writeMetric(flow.LastUpdateMetric, 0, into);
    into.end(newest);
    const more = moreOf(flow);
    if (more === undefined) into.end(into.begin());
    else into.text(more);
  }
  return { count: flows.length, bytes: into.written, texts: texts.all };
}

/** The same from columns and runs of bytes that lie ready. */
export class RowWriter {
  readonly #into = new ByteWriter(100 * ROW_BYTES);
  readonly #texts = new TextPlaces();
  #count = 0;

  add(columns: FlowColumns, details: Uint8Array, newest: Uint8Array | null, more: string | null): void {
    this.#count++;
    writeColumns(columns, this.#texts, this.#into);
    this.#into.bytes(details);
    this.#into.bytes(newest ?? NOTHING);
    this.#into.text(more ?? '');
  }

  get packed(): PackedFlows {
    return { count: this.#count, bytes: this.#into.written, texts: this.#texts.all };
  }
}

export function* readRows({ count, bytes }: PackedFlows): Generator<FlowRow> {
  const from = new ByteReader(bytes);
  for (let i = 0; i < count; i++) {
    const uuid = from.integerId();
    const tracking = from.integerId();
    const start = from.number();
    yield {
      uuid,
      tracking,
      start,
      last: start + from.number(),
      node: from.number(),
      capture: from.number(),
      layers: from.number(),
      application: from.number(),
      a: readAddress(from),
      b: readAddress(from),
      aPort: readPort(from),
      bPort: readPort(from),
      details: from.bytes(),
      newest: from.bytes(),
      more: from.text(),
    };
  }
}

export function unpackFlows({ count, bytes, texts }: PackedFlows): Flow[] {
  const from = new ByteReader(bytes);
  return Array.from({ length: count }, () => {
    const uuid = from.id();
    const tracking = from.id();
    const start = from.number();
    const last = start + from.number();
    const [node, capture, layers, application] = [
      nextText(from, texts),
      nextText(from, texts),
      nextText(from, texts),
      nextText(from, texts),
    ];
    const [a, b] = [readAddress(from), readAddress(from)];
    const [aPort, bPort] = [readPort(from), readPort(from)];
    const columns = { uuid, tracking, start, last, node, capture, layers, application, a, b, aPort, bPort };
    const details = from.bytes();
    const newest = from.bytes();
    const more = from.text();
    return flowOf(columns, details, newest.length > 0 ? newest : undefined, more === '' ? undefined : more);
  });
}

/** Places of texts in a list that has each once. */
class TextPlaces {
  readonly all: string[] = [];
  readonly #places = new Map<string, number>();

  of(text: string): number {
    let place = this.#places.get(text);
    if (place === undefined) {
      place = this.all.push(text) - 1;
      this.#places.set(text, place);
    }
    return place;
  }
}

function writeColumns(columns: FlowColumns, texts: TextPlaces, into: ByteWriter): void {
  into.id(columns.uuid);
  into.id(columns.tracking);
  into.number(columns.start);
  into.number(columns.last - columns.start);
  into.number(texts.of(columns.node));
  into.number(texts.of(columns.capture));
  into.number(texts.of(columns.layers));
  into.number(texts.of(columns.application));
  writeAddress(columns.a, into);
  writeAddress(columns.b, into);
  into.number(columns.aPort === undefined ? 0 : columns.aPort + 1);
  into.number(columns.bPort === undefined ? 0 : columns.bPort + 1);
}

function nextText(from: ByteReader, texts: readonly string[]): string {
  return texts[from.number()] ?? '';
}

const ADDRESS = { none: 0, ipv4: 1, ipv6: 2, text: 3 } as const;

function writeAddress(address: Address | undefined, into: ByteWriter): void {
  if (address === undefined) into.byte(ADDRESS.none);
  else if (typeof address === 'number') {
    into.byte(ADDRESS.ipv4);
    into.number(address);
  } else if (typeof address === 'string') {
    into.byte(ADDRESS.text);
    into.text(address);
  } else {
    into.byte(ADDRESS.ipv6);
    into.raw(address);
  }
}

function readAddress(from: ByteReader): Address | undefined {
  switch (from.byte()) {
    case ADDRESS.ipv4:
      return from.number();
    case ADDRESS.ipv6:
      return from.raw(16);
    case ADDRESS.text:
      return from.text();
  }
  return undefined;
}

function readPort(from: ByteReader): number | undefined {
  const port = from.number();
  return port === 0 ? undefined : port - 1;
}

const NOTHING = new Uint8Array();
