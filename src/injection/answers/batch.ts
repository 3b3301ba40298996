/** The packets of a batch of an answer socket (src/native/injection.ts). */

export interface Heard {
  readonly ifIndex: number;
  /** Epoch. */
  readonly timeNs: bigint;
  /** From the network layer on. */
  readonly packet: Uint8Array;
}

export function* heardIn(batch: Uint8Array): Generator<Heard> {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
  for (let at = 0; at + HEAD_BYTES <= batch.length; ) {
    const length = view.getUint32(at + 4, true);
    const start = at + HEAD_BYTES;
    yield {
      ifIndex: view.getUint32(at, true),
      timeNs: view.getBigUint64(at + 8, true),
      packet: batch.subarray(start, start + length),
    };
    at = start + Math.ceil(length / 8) * 8;
  }
}

const HEAD_BYTES = 16;
