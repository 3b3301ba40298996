/** What is kept as lines of JSON: one line each, bytes in Base64. */
import type { RawPacket } from '../../flow/flow.ts';
import type { Element, Span } from '../../graph/view.ts';
import { mistake } from '../../std/mistake.ts';
import type { Dumped } from '../dump.ts';

/** First line of a file. */
export interface TransferHeader {
  readonly skein: 'archive';
  readonly format: 1;
  /** Of this export: what is read from it a second time is known by it. */
  readonly id: string;
  /** Epoch ms. */
  readonly made: number;
  /** The archive it was read from. */
  readonly from: string;
  /** What was asked for; absent: everything. */
  readonly span?: Span;
  /** First and last moment known, and when nobody was watching in between. */
  readonly range?: Span;
  readonly gaps: readonly Span[];
}

/** After each page: of all lines so far, as each page's hash is made of the one before and the page. */
export interface TransferMark {
  readonly page: number;
  readonly sha256: string;
}

/** Last line of a file. */
export interface TransferEnd {
  readonly end: true;
  readonly pages: number;
  readonly counts: TransferCounts;
  readonly sha256: string;
}

export type TransferCounts = Readonly<Record<Dumped['kind'], number>>;

export const NO_COUNTS: TransferCounts = { version: 0, sample: 0, flow: 0, loss: 0, socket: 0 };

export function lineOf(item: Dumped): string {
  const packets = item.kind === 'flow' ? { packets: item.packets.map(packetLine) } : {};
  return JSON.stringify({ ...item, ...packets });
}

/** Throws a Mistake for what is none of ours. Pages are hashed, so what has the right name is what was written. */
export function readLine(text: string): Dumped | TransferHeader | TransferMark | TransferEnd {
  const line = jsonIn(text);
  switch (line?.kind) {
    case 'version': {
      const element = line.element as Element;
      return { ...line, element: { ...element, deletedAt: element.deletedAt, validTo: element.validTo } } as Dumped;
    }
    case 'flow':
      return { ...line, packets: (line.packets as PacketLine[]).map(packetIn) } as unknown as Dumped;
    case 'sample':
    case 'loss':
    case 'socket':
      return line as unknown as Dumped;
  }
  if (line?.skein === 'archive' && line.format === 1) return line as unknown as TransferHeader;
  if (line?.end === true || typeof line?.page === 'number') return line as unknown as TransferMark | TransferEnd;
  throw noExport();
}

export function noExport(): Error {
  return mistake('archive.no-export', 'this is no export of an archive', 'skein archive export FILE writes one');
}

function jsonIn(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw noExport();
  }
}

type PacketLine = Omit<RawPacket, 'data'> & { readonly data: string };

function packetLine({ data, ...packet }: RawPacket): PacketLine {
  return { ...packet, data: Buffer.from(data.buffer, data.byteOffset, data.length).toString('base64') };
}

function packetIn({ data, ...packet }: PacketLine): RawPacket {
  return { ...packet, data: new Uint8Array(Buffer.from(data, 'base64')) };
}
