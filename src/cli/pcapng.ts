/**
 * Reads pcapng (draft-ietf-opsawg-pcapng) as it comes, in pieces of any size: what `capture tail` is sent. Little-endian,
 * as the server writes it. What is not known is stepped over; nothing is read past the end of a block.
 */
export type PcapngBlock =
  | { readonly kind: 'section' }
  | { readonly kind: 'interface'; readonly name: string; readonly linkType: number }
  | { readonly kind: 'packet'; readonly packet: TailedPacket }
  | { readonly kind: 'statistics'; readonly statistics: TailStatistics }
  | { readonly kind: 'other' };

export interface TailedPacket {
  /** Number of its interface. */
  readonly interface: number;
  /** Epoch. */
  readonly timestampNs: bigint;
  /** On the wire. */
  readonly length: number;
  readonly data: Uint8Array;
}

export interface TailStatistics {
  readonly interface: number;
  readonly received: number;
  readonly dropped: number;
}

export interface WholeBlock {
  readonly block: PcapngBlock;
  /** All of it, as it came. */
  readonly bytes: Uint8Array;
}

/** A block longer than that is none. */
const BLOCK_MAX = 16 << 20;
const LITTLE = true;

/** Whole blocks, in their order. What is no pcapng at all throws an Error that says so. */
export async function* pcapngBlocks(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<WholeBlock> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const piece of pieces) {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let at = 0;
    for (;;) {
      if (at + 12 > rest.length) break;
      const size = viewOf(rest).getUint32(at + 4, LITTLE);
      if (size < 12 || size % 4 !== 0 || size > BLOCK_MAX) throw new Error(`a block of ${size} bytes`);
      if (at + size > rest.length) break;
      const bytes = rest.subarray(at, at + size);
      yield { block: blockOf(bytes), bytes };
      at += size;
    }
    rest = rest.subarray(at);
  }
}

function blockOf(bytes: Uint8Array): PcapngBlock {
  const view = viewOf(bytes);
  const body = bytes.subarray(8, bytes.length - 4);
  switch (view.getUint32(0, LITTLE)) {
    case 0x0a0d0d0a:
      return { kind: 'section' };
    case 1:
      if (body.length < 8) break;
      return {
        kind: 'interface',
        linkType: view.getUint16(8, LITTLE),
        name: textOf(optionsOf(body.subarray(8)).get(2)),
      };
    case 5: {
      if (body.length < 12) break;
      const options = optionsOf(body.subarray(12));
      const statistics = {
        interface: view.getUint32(8, LITTLE),
        received: countOf(options.get(4)),
        dropped: countOf(options.get(7)),
      };
      return { kind: 'statistics', statistics };
    }
    case 6: {
      if (body.length < 20) break;
      const captured = Math.min(view.getUint32(20, LITTLE), body.length - 20);
      const packet = {
        interface: view.getUint32(8, LITTLE),
        timestampNs: (BigInt(view.getUint32(12, LITTLE)) << 32n) | BigInt(view.getUint32(16, LITTLE)),
        length: view.getUint32(24, LITTLE),
        data: body.subarray(20, 20 + captured),
      };
      return { kind: 'packet', packet };
    }
  }
  return { kind: 'other' };
}

function optionsOf(bytes: Uint8Array): Map<number, Uint8Array> {
  const view = viewOf(bytes);
  const options = new Map<number, Uint8Array>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const code = view.getUint16(at, LITTLE);
    const size = view.getUint16(at + 2, LITTLE);
    if (code === 0 || at + 4 + size > bytes.length) break;
    options.set(code, bytes.subarray(at + 4, at + 4 + size));
    at += 4 + ((size + 3) & ~3);
  }
  return options;
}

function textOf(value: Uint8Array | undefined): string {
  return value === undefined ? '' : new TextDecoder().decode(value);
}

function countOf(value: Uint8Array | undefined): number {
  return value?.length === 8 ? Number(viewOf(value).getBigUint64(0, LITTLE)) : 0;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
