/** Raw packets as captures hand them over: each finds its flow, is told, and is kept where there is room. */
import { rowOfId } from './find.ts';
import type { RawPacket } from './flow.ts';
import { rawPacketLayout as layout } from './layout.ts';
import { row as r } from './row.ts';
import { idOf } from './row-values.ts';
import type { FlowStore } from './store.ts';
import type { Span } from './view.ts';

export interface KeptPacket {
  readonly uuid: string;
  readonly packet: RawPacket;
}

/** A packet that was lost: of which place, of how many bytes, when. */
export interface LostPacket {
  readonly source: number;
  readonly reason: string;
  readonly bytes: number;
  readonly nowMs: number;
}

export class RawIntake {
  readonly #store: FlowStore;
  readonly #lose: (lost: LostPacket) => void;
  readonly #listeners = new Set<(packets: readonly KeptPacket[]) => void>();
  /** Packets of flows, and what could not be read or kept. */
  packets = 0;
  refused = 0;

  constructor(store: FlowStore, lose: (lost: LostPacket) => void) {
    this.#store = store;
    this.#lose = lose;
  }

  /** One after the other: rawPacketLayout. */
  take(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const told: KeptPacket[] = [];
    let at = 0;
    while (at + layout.headBytes <= bytes.length) {
      const captured = view.getUint32(at + layout.captured, true);
      const from = at + layout.headBytes;
      if (from + captured > bytes.length) break;
      const one = this.#keep(view, at, bytes.slice(from, from + captured));
      if (one) told.push(one);
      at = from + Math.ceil(captured / 8) * 8;
    }
    if (at < bytes.length) this.refused++;
    if (told.length > 0) for (const listener of this.#listeners) listener(told);
  }

  listen(listener: (packets: readonly KeptPacket[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  of(uuids: readonly string[], span?: Span): Map<string, RawPacket[]> {
    const found = new Map<string, RawPacket[]>();
    for (const uuid of uuids) {
      const row = rowOfId(this.#store.byUuid, uuid);
      if (row === 0) continue;
      const packets = this.#store.packets.of(row);
      const inside = packets.filter(({ timestampMs: at }) => !span || (at >= span.from && at <= span.to));
      if (inside.length > 0) found.set(uuid, inside);
    }
    return found;
  }

  #keep(view: DataView, at: number, data: Uint8Array): KeptPacket | undefined {
    const store = this.#store;
    const source = view.getUint32(at + layout.source, true);
    const key = at + layout.key;
    const row = store.find(source, view.getUint32(key + 4, true), view.getUint32(key, true));
    const timestampMs = view.getFloat64(at + layout.ms, true);
    const length = view.getUint32(at + layout.length, true);
    const lost = { source, bytes: length, nowMs: timestampMs };
    if (row === 0) {
      this.refused++;
      this.#lose({ ...lost, reason: 'no flow for a raw packet' });
      return undefined;
    }
    const linkType = view.getUint32(at + layout.linkType, true);
    const { packet, isKept } = store.packets.add(row, { timestampMs, data, length, linkType });
    this.packets++;
    if (!isKept) {
      this.refused++;
      this.#lose({ ...lost, reason: 'no room for raw packets of live flows' });
    }
    return { uuid: idOf(store, row, r.uuid), packet };
  }
}
