/**
 * Kept packets of many flows as one pcapng file in the order of time: an interface for each node they were seen at, and
 * with each packet the flow that it belongs to. Flows come in any order, so packets wait in a file beside it.
 */
import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { Breath } from '../archive/breath.ts';
import type { Flow, RawPacket } from '../flow/flow.ts';
import { mergeRuns } from '../std/merge-runs.ts';
import { pcapngHeader, pcapngInterface, pcapngPacket } from '../std/pcapng.ts';

/** About 60 bytes of memory each. */
const PACKETS_MAX = 2_000_000;
/** Bytes that are written at once, and that are read at once: what lies behind a packet is likely to be wanted soon. */
const PIECE_BYTES = 2 ** 18;
const READ_BYTES = 2 ** 14;
/** Packets that are sorted at once: a millisecond. */
const RUN_PACKETS = 4_096;
const SNAP_LENGTH = 262_144;

interface Waiting {
  readonly us: number;
  readonly offset: number;
  readonly size: number;
  readonly length: number;
  readonly interface: number;
  readonly flow: string;
}

export class PacketFile implements Disposable {
  readonly #spool: string;
  readonly #fd: number;
  readonly #runs: Waiting[][] = [];
  readonly #interfaces = new Map<
    string,
    { readonly number: number; readonly node: string; readonly linkType: number }
  >();
  readonly #piece = Buffer.allocUnsafe(PIECE_BYTES);
  /** Where the piece begins in the spool, and how much of it there is. */
  #offset = 0;
  #filled = 0;
  count = 0;
  /** Packets that found no room. */
  left = 0;

  /** `spool`: a name for the file beside it, which is gone at the end. */
  constructor(spool: string) {
    this.#spool = spool;
    this.#fd = openSync(spool, 'wx+', 0o600);
  }

  add({ UUID, NodeTID }: Pick<Flow, 'UUID' | 'NodeTID'>, packets: readonly RawPacket[]): void {
    for (const { timestampMs, data, length, linkType } of packets) {
      if (this.count >= PACKETS_MAX) {
        this.left++;
        continue;
      }
      if (this.count++ % RUN_PACKETS === 0) this.#runs.push([]);
      this.#runs.at(-1)?.push({
        us: Math.round(timestampMs * 1_000),
        offset: this.#put(data),
        size: data.length,
        length: Math.max(length, data.length),
        interface: this.#interface(NodeTID, linkType),
        flow: UUID,
      });
    }
  }

  /** Writes the file. `nameOf` gives the name of a node by its TID. */
  async write(file: string, nameOf: (tid: string) => string | undefined): Promise<void> {
    this.#flush();
    const breath = new Breath();
    const fd = openSync(file, 'wx', 0o600);
    try {
      let blocks: Uint8Array[] = [pcapngHeader('Skein')];
      for (const { node, linkType } of this.#interfaces.values())
        blocks.push(pcapngInterface({ linkType, snapLength: SNAP_LENGTH, name: nameOf(node) ?? node }));
      let size = 0;
      const spool = new Spool(this.#fd);
      for (const { us, offset, size: bytes, length, interface: number, flow } of await this.#inOrder(breath)) {
        const data = spool.read(offset, bytes);
        const timestampNs = BigInt(us) * 1_000n;
        const block = pcapngPacket({ interface: number, timestampNs, data, length, comment: `flow ${flow}` });
        blocks.push(block);
        size += block.length;
        if (size < PIECE_BYTES) continue;
        writeWhole(fd, Buffer.concat(blocks));
        blocks = [];
        size = 0;
        if (breath.isDue) await breath.take();
      }
      writeWhole(fd, Buffer.concat(blocks));
    } finally {
      closeSync(fd);
    }
  }

  [Symbol.dispose](): void {
    if (fstatSync(this.#fd).nlink > 0) rmSync(this.#spool, { force: true });
    closeSync(this.#fd);
  }

  async #inOrder(breath: Breath): Promise<readonly Waiting[]> {
    const earlier = (a: Waiting, b: Waiting) => a.us - b.us;
    for (const run of this.#runs) {
      run.sort(earlier);
      if (breath.isDue) await breath.take();
    }
    const merging = mergeRuns(this.#runs, earlier);
    for (;;) {
      const step = merging.next();
      if (step.done) return step.value;
      if (breath.isDue) await breath.take();
    }
  }

  /** Where it lies. */
  #put(data: Uint8Array): number {
    if (this.#filled + data.length > PIECE_BYTES) this.#flush();
    const offset = this.#offset + this.#filled;
    if (data.length > PIECE_BYTES) {
      writeWhole(this.#fd, data, offset);
      this.#offset += data.length;
    } else {
      this.#piece.set(data, this.#filled);
      this.#filled += data.length;
    }
    return offset;
  }

  #flush(): void {
    writeWhole(this.#fd, this.#piece.subarray(0, this.#filled), this.#offset);
    this.#offset += this.#filled;
    this.#filled = 0;
  }

  #interface(node: string, linkType: number): number {
    const key = `${linkType} ${node}`;
    const known = this.#interfaces.get(key);
    if (known) return known.number;
    const number = this.#interfaces.size;
    this.#interfaces.set(key, { number, node, linkType });
    return number;
  }
}

class Spool {
  readonly #fd: number;
  readonly #bytes = Buffer.allocUnsafe(READ_BYTES);
  #from = 0;
  #to = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Good until the next. */
  read(offset: number, size: number): Uint8Array {
    if (size > READ_BYTES) {
      const data = Buffer.alloc(size);
      readSync(this.#fd, data, 0, size, offset);
      return data;
    }
    if (offset < this.#from || offset + size > this.#to) {
      this.#from = offset;
      this.#to = offset + readSync(this.#fd, this.#bytes, 0, READ_BYTES, offset);
    }
    return this.#bytes.subarray(offset - this.#from, offset - this.#from + size);
  }
}

/** At `offset`, or behind what was written before. */
function writeWhole(fd: number, bytes: Uint8Array, offset?: number): void {
  for (let at = 0; at < bytes.length; )
    at += writeSync(fd, bytes, at, bytes.length - at, offset === undefined ? null : offset + at);
}
