/** Live flows in memory, with their indexes: rows and what belongs to them. What a row means is row.ts. */
import { Applications, type DecodeApplication } from './applications.ts';
import { KeptPackets } from './kept-packets.ts';
import { layout } from './layout.ts';
import type { ObservationReader } from './observation.ts';
import type { CapturePlace } from './place.ts';
import { ipv6Row, row as r, rareRow, state, tcpRow, updateRow } from './row.ts';
import type { StoredEnds } from './row-ends.ts';
import { RowIndex } from './row-index.ts';
import type { RowList } from './row-list.ts';
import { Slab } from './slab.ts';
import { flowUuid } from './tracking.ts';
import { hash } from './xxhash64.ts';

export interface FlowStoreOptions {
  readonly decode: DecodeApplication;
  readonly layersMax: number;
  readonly rawBytesMax: number;
}

/** A capture point and its flows, in the order of their creation. */
export interface StoredPlace {
  readonly place: CapturePlace;
  /** What of it enters a UUID. */
  readonly text: Uint8Array;
  readonly flows: RowList;
  isEnding: boolean;
}

/** Sources are 16 bits of a row. */
export const PLACES_MAX = 0xffff;

export class FlowStore {
  readonly rows = new Slab(r.words);
  readonly ipv6 = new Slab(ipv6Row.words);
  readonly tcp = new Slab(tcpRow.words);
  readonly updates = new Slab(updateRow.words);
  readonly rare = new Slab(rareRow.words);
  readonly byKey = new RowIndex(this.rows, r.key);
  readonly byUuid = new RowIndex(this.rows, r.uuid);
  /** The first of those with the same tracking id; the others follow it. */
  readonly byTracking = new RowIndex(this.rows, r.tracking);
  /** By source; 0 is none. */
  readonly places: (StoredPlace | undefined)[] = [undefined];
  readonly drops = new Map<number, Map<number, number>>();
  readonly ends = new Map<number, StoredEnds>();
  readonly applications: Applications;
  readonly packets: KeptPackets;
  #wantedSource = 0;
  readonly #isWanted = (row: number) => this.source(row) === this.#wantedSource;

  constructor(options: FlowStoreOptions) {
    this.applications = new Applications(options.decode, options.layersMax);
    this.packets = new KeptPackets(options.rawBytesMax);
  }

  get size(): number {
    return this.rows.used;
  }

  /** Of all typed memory: rows, side records and indexes. */
  get sizeBytes(): number {
    const slabs = [this.rows, this.ipv6, this.tcp, this.updates, this.rare];
    const indexes = [this.byKey, this.byUuid, this.byTracking];
    return [...slabs, ...indexes].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  find(source: number, keyHigh: number, keyLow: number): number {
    this.#wantedSource = source;
    return this.byKey.find(keyHigh, keyLow, this.#isWanted);
  }

  isAlive(row: number): boolean {
    return (this.state(row) & state.alive) !== 0;
  }

  source(row: number): number {
    return this.rows.get(row, r.source) & 0xffff;
  }

  place(row: number): StoredPlace {
    return this.places[this.source(row)] as StoredPlace;
  }

  state(row: number): number {
    return this.rows.get(row, r.source) >>> 16;
  }

  setState(row: number, value: number): void {
    this.rows.set(row, r.source, (this.source(row) | (value << 16)) >>> 0);
  }

  family(row: number): number {
    return this.rows.get(row, r.protocol) & 0xff;
  }

  protocol(row: number): number {
    return (this.rows.get(row, r.protocol) >>> 8) & 0xff;
  }

  /** The side record of a kind, made when there is none. */
  side(row: number, kind: 'tcp' | 'update' | 'rare'): number {
    const at = this.rows.get(row, r[kind]);
    if (at !== 0) return at;
    const slab = kind === 'tcp' ? this.tcp : kind === 'update' ? this.updates : this.rare;
    const made = slab.allocate();
    this.rows.set(row, r[kind], made);
    return made;
  }

  /** A row for the conversation of an observation: who it is, nothing counted yet. */
  create(seen: ObservationReader, startMs: number): number {
    const { rows } = this;
    const row = rows.allocateDirty();
    // A row that waits for its update still does, whichever flow it holds by then.
    const isQueued = (this.state(row) & state.queued) !== 0;
    const queued = rows.get(row, r.queued);
    rows.clear(row);
    rows.set(row, r.queued, isQueued ? queued : 0);

    const source = seen.source;
    const place = this.places[source] as StoredPlace;
    rows.set(row, r.source, (source | ((state.alive | (isQueued ? state.queued : 0)) << 16)) >>> 0);
    rows.set(row, r.key, seen.uint32(layout.key));
    rows.set(row, r.key + 1, seen.uint32(layout.key + 4));
    rows.set(row, r.tracking, seen.uint32(layout.trackingId));
    rows.set(row, r.tracking + 1, seen.uint32(layout.trackingId + 4));
    this.#putConversation(row, seen);
    rows.setFloat(row, r.startF, startMs);
    rows.setFloat(row, r.lastF, startMs);
    flowUuid({ high: rows.get(row, r.key + 1), low: rows.get(row, r.key) }, startMs, place.text);
    rows.set(row, r.uuid, hash.low);
    rows.set(row, r.uuid + 1, hash.high);

    this.byKey.add(row);
    this.byUuid.add(row);
    this.#track(row);
    place.flows.append(row);
    return row;
  }

  /** Forgets the flow. Lists that are not the store's own have let go of it before. */
  remove(row: number): void {
    const { rows } = this;
    this.place(row).flows.remove(row);
    this.#untrack(row);
    this.byUuid.remove(row);
    this.byKey.remove(row);
    this.applications.forget(row);
    this.packets.forget(row);
    this.drops.delete(row);
    this.ends.delete(row);
    if (this.family(row) === 6) this.ipv6.free(rows.get(row, r.lo));
    for (const [slab, word] of [
      [this.tcp, r.tcp],
      [this.updates, r.update],
      [this.rare, r.rare],
    ] as const) {
      const at = rows.get(row, word);
      if (at !== 0) slab.free(at);
    }
    this.setState(row, this.state(row) & state.queued);
    rows.free(row);
  }

  /** Rows of a tracking id, in the order of their creation. */
  *tracked(high: number, low: number): Generator<number> {
    for (let row = this.byTracking.find(high, low); row !== 0; row = this.rows.get(row, r.trackingBefore + 1))
      yield row;
  }

  /** Takes a longer path of layers than it had. */
  setLayers(row: number, seen: ObservationReader): void {
    let packed = 0;
    let count = 0;
    let fits = true;
    for (; count < 12; count++) {
      const layer = seen.byte(layout.layers + count);
      if (layer === 0) break;
      if (layer > 31 || count >= 6) fits = false;
      else packed = (packed | (layer << (count * 5))) >>> 0;
    }
    if (fits) {
      this.rows.set(row, r.layers, packed);
      return;
    }
    this.rows.set(row, r.layers, 0);
    const at = this.side(row, 'rare');
    for (let word = 0; word < 3; word++)
      this.rare.set(at, rareRow.layers + word, seen.uint32(layout.layers + word * 4));
  }

  /** MACs and VLANs of a row that was made by who counts without them. */
  learnLink(row: number, seen: ObservationReader): void {
    const { rows } = this;
    if ((rows.get(row, r.macs) | rows.get(row, r.macs + 1) | rows.get(row, r.macs + 2)) !== 0) return;
    this.#putMacs(row, seen);
    const words = [seen.uint32(layout.linkId), seen.uint32(layout.linkId + 4)];
    for (const [word, value] of words.entries())
      if (value !== 0) this.rare.set(this.side(row, 'rare'), rareRow.linkId + word, value);
  }

  /** The kernel's table leaves out the port that a tunnel's packets come from. */
  learnPorts(row: number, seen: ObservationReader): void {
    const { rows } = this;
    const known = rows.get(row, r.ports);
    const told = seen.uint32(layout.loPort);
    const missing = ((known & 0xffff) === 0 ? 0xffff : 0) | (known >>> 16 === 0 ? 0xffff_0000 : 0);
    if (missing !== 0) rows.set(row, r.ports, (known | (told & missing)) >>> 0);
  }

  /** Number of the layer at a position, 0 after the last. */
  layer(row: number, position: number): number {
    const packed = this.rows.get(row, r.layers);
    if (packed !== 0) return position < 6 ? (packed >>> (position * 5)) & 31 : 0;
    const rare = this.rows.get(row, r.rare);
    if (rare === 0 || position >= 12) return 0;
    return (this.rare.get(rare, rareRow.layers + (position >>> 2)) >>> ((position & 3) * 8)) & 0xff;
  }

  #putConversation(row: number, seen: ObservationReader): void {
    const { rows } = this;
    const family = seen.byte(layout.family);
    const protocol = seen.byte(layout.protocol);
    rows.set(row, r.protocol, (family | (protocol << 8) | (seen.uint16(layout.etherType) << 16)) >>> 0);
    if (family === 4) {
      rows.set(row, r.lo, seen.view.getUint32(seen.at + layout.lo));
      rows.set(row, r.hi, seen.view.getUint32(seen.at + layout.hi));
    } else if (family === 6) {
      const at = this.ipv6.allocate();
      rows.set(row, r.lo, at);
      for (let word = 0; word < 8; word++) this.ipv6.set(at, word, seen.view.getUint32(seen.at + layout.lo + word * 4));
    }
    const isIcmp = protocol === 1 || protocol === 58;
    rows.set(
      row,
      r.ports,
      isIcmp
        ? (seen.byte(layout.icmpClass) | (seen.byte(layout.icmpCode) << 8) | (seen.uint16(layout.icmpId) << 16)) >>> 0
        : (seen.uint16(layout.loPort) | (seen.uint16(layout.hiPort) << 16)) >>> 0,
    );
    this.#putMacs(row, seen);
    this.setLayers(row, seen);
    this.#putRare(row, seen);
  }

  #putMacs(row: number, { view, at }: ObservationReader): void {
    const { rows } = this;
    rows.set(row, r.macs, (view.getUint16(at + layout.loMac) | (view.getUint16(at + layout.hiMac) << 16)) >>> 0);
    rows.set(row, r.macs + 1, view.getUint32(at + layout.loMac + 2));
    rows.set(row, r.macs + 2, view.getUint32(at + layout.hiMac + 2));
  }

  #putRare(row: number, seen: ObservationReader): void {
    const words = [
      [rareRow.linkId, seen.uint32(layout.linkId)],
      [rareRow.linkId + 1, seen.uint32(layout.linkId + 4)],
      [rareRow.networkId, seen.uint32(layout.networkId)],
      [rareRow.parentKey, seen.uint32(layout.parentKey)],
      [rareRow.parentKey + 1, seen.uint32(layout.parentKey + 4)],
    ] as const;
    for (const [word, value] of words) if (value !== 0) this.rare.set(this.side(row, 'rare'), word, value);
  }

  #track(row: number): void {
    const { rows } = this;
    const first = this.byTracking.find(rows.get(row, r.tracking + 1), rows.get(row, r.tracking));
    if (first === 0) {
      // The row before the first is the last: what comes next is put there at once.
      rows.set(row, r.trackingBefore, row);
      this.byTracking.add(row);
      return;
    }
    const last = rows.get(first, r.trackingBefore);
    rows.set(last, r.trackingBefore + 1, row);
    rows.set(row, r.trackingBefore, last);
    rows.set(first, r.trackingBefore, row);
  }

  #untrack(row: number): void {
    const { rows } = this;
    const before = rows.get(row, r.trackingBefore);
    const after = rows.get(row, r.trackingBefore + 1);
    const first = this.byTracking.find(rows.get(row, r.tracking + 1), rows.get(row, r.tracking));
    if (first === row) {
      if (after === 0) {
        this.byTracking.remove(row);
        return;
      }
      this.byTracking.replace(row, after);
      rows.set(after, r.trackingBefore, before);
      return;
    }
    rows.set(before, r.trackingBefore + 1, after);
    rows.set(after === 0 ? first : after, r.trackingBefore, before);
  }
}
