/** Raw packets of live flows, as far as there is room. */
import type { RawPacket } from './flow.ts';

export class KeptPackets {
  readonly #bytesMax: number;
  readonly #byRow = new Map<number, { captured: number; packets: RawPacket[] }>();
  /** Held now. */
  bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The packet with its position, and whether there was room to keep it. */
  add(row: number, packet: Omit<RawPacket, 'index'>): { readonly packet: RawPacket; readonly isKept: boolean } {
    let kept = this.#byRow.get(row);
    if (!kept) {
      kept = { captured: 0, packets: [] };
      this.#byRow.set(row, kept);
    }
    const numbered = { ...packet, index: kept.captured++ };
    const isKept = this.bytes + packet.data.length <= this.#bytesMax;
    if (isKept) {
      kept.packets.push(numbered);
      this.bytes += packet.data.length;
    }
    return { packet: numbered, isKept };
  }

  captured(row: number): number {
    return this.#byRow.get(row)?.captured ?? 0;
  }

  of(row: number): readonly RawPacket[] {
    return this.#byRow.get(row)?.packets ?? [];
  }

  forget(row: number): void {
    for (const { data } of this.of(row)) this.bytes -= data.length;
    this.#byRow.delete(row);
  }
}
