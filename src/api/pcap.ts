/**
 * Packets that were kept, as a file of the old pcap format (draft-ietf-opsawg-pcap): a head of 24 bytes, and 16 before
 * each packet. All in one order of time, whichever flow they belong to. Each piece is a text of bytes (latin1).
 */
import type { RawPacket } from '../flow/flow.ts';
import type { PacketsOf } from '../query/step.ts';

/** LINKTYPE_ numbers among the packets: the format has room for one alone. */
export function linkTypesOf(flows: readonly PacketsOf[]): number[] {
  return [...new Set(flows.flatMap(({ packets }) => packets.map(({ linkType }) => linkType)))];
}

export function* pcapPieces(flows: readonly PacketsOf[], linkType: number): Generator<string> {
  yield fileHead(linkType);
  for (const packet of inOrder(flows.map(({ packets }) => packets))) {
    const { timestampMs, data, length } = packet;
    const head = Buffer.alloc(16);
    const us = Math.round(timestampMs * 1000);
    head.writeUInt32LE(Math.floor(us / 1e6), 0);
    head.writeUInt32LE(us % 1e6, 4);
    head.writeUInt32LE(data.byteLength, 8);
    head.writeUInt32LE(Math.max(length, data.byteLength), 12);
    yield head.toString('latin1') + Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
  }
}

/** Microseconds: what a time in ms with fractions can tell today. */
const MAGIC = 0xa1b2c3d4;
const SNAP_LENGTH = 262_144;

function fileHead(linkType: number): string {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(SNAP_LENGTH, 16);
  head.writeUInt32LE(linkType, 20);
  return head.toString('latin1');
}

/** Many lists, each in order of time, as one: a heap of what comes next of each. */
function* inOrder(lists: readonly (readonly RawPacket[])[]): Generator<RawPacket> {
  const heap = lists.filter((list) => list.length > 0).map((list) => ({ list, at: 0, timeMs: timeAt(list, 0) }));
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sink(heap, i);
  for (;;) {
    const [first] = heap;
    if (first === undefined) return;
    yield first.list[first.at] as RawPacket;
    first.at++;
    first.timeMs = timeAt(first.list, first.at);
    if (first.at === first.list.length) {
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return;
      heap[0] = last;
    }
    sink(heap, 0);
  }
}

function timeAt(list: readonly RawPacket[], at: number): number {
  return list[at]?.timestampMs ?? Number.POSITIVE_INFINITY;
}

function sink(heap: { timeMs: number }[], from: number): void {
  for (let at = from; ; ) {
    let least = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      const [a, b] = [heap[child], heap[least]];
      if (a !== undefined && b !== undefined && a.timeMs < b.timeMs) least = child;
    }
    if (least === at) return;
    const [a, b] = [heap[at], heap[least]];
    if (a === undefined || b === undefined) return;
    [heap[at], heap[least]] = [b, a];
    at = least;
  }
}
