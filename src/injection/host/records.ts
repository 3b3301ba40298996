/** Packets as a send socket takes them (src/native/injection.ts). */
export function records(packets: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const { length } of packets) size += HEAD_BYTES + padded(length);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const packet of packets) {
    view.setUint32(at, packet.length, true);
    bytes.set(packet, at + HEAD_BYTES);
    at += HEAD_BYTES + padded(packet.length);
  }
  return bytes;
}

const HEAD_BYTES = 4;

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
