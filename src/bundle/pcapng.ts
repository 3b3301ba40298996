/**
 * Kept packets of many flows as one pcapng file (draft-ietf-opsawg-pcapng) in the order of time: an interface for each
 * node they were seen at, and with each packet the flow that it belongs to. Flows come in any order, so packets wait in
 * a file beside it.
 */
import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import type { Flow, RawPacket } from '../flow/flow.ts';

/** About 60 bytes of memory each. */
const PACKETS_MAX = 2_000_000;
const PIECE_BYTES = 2 ** 18;

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
  readonly #packets: Waiting[] = [];
  readonly #interfaces = new Map<
    string,
    { readonly number: number; readonly node: string; readonly linkType: number }
  >();
  #offset = 0;
  /** Packets that found no room. */
  left = 0;

  /** `spool`: a name for the file beside it, which is gone at the end. */
  constructor(spool: string) {
    this.#spool = spool;
    this.#fd = openSync(spool, 'wx+', 0o600);
  }

  get count(): number {
    return this.#packets.length;
  }

  add({ UUID, NodeTID }: Pick<Flow, 'UUID' | 'NodeTID'>, packets: readonly RawPacket[]): void {
    for (const { timestampMs, data, length, linkType } of packets) {
      if (this.#packets.length >= PACKETS_MAX) {
        this.left++;
        continue;
      }
      writeSync(this.#fd, data, 0, data.length, this.#offset);
      this.#packets.push({
        us: Math.round(timestampMs * 1_000),
        offset: this.#offset,
        size: data.length,
        length: Math.max(length, data.length),
        interface: this.#interface(NodeTID, linkType),
        flow: UUID,
      });
      this.#offset += data.length;
    }
  }

  /** Writes the file. `nameOf` gives the name of a node by its TID. */
  async write(file: string, nameOf: (tid: string) => string | undefined, turn: () => Promise<void>): Promise<void> {
    const fd = openSync(file, 'wx', 0o600);
    try {
      let blocks: Buffer[] = [sectionHeader()];
      let size = 0;
      const flush = () => {
        writeSync(fd, Buffer.concat(blocks));
        blocks = [];
        size = 0;
      };
      for (const { node, linkType } of this.#interfaces.values())
        blocks.push(interfaceBlock(nameOf(node) ?? node, linkType));
      const inOrder = this.#packets.sort((a, b) => a.us - b.us);
      for (const packet of inOrder) {
        const data = Buffer.alloc(packet.size);
        readSync(this.#fd, data, 0, packet.size, packet.offset);
        const block = packetBlock(packet, data);
        blocks.push(block);
        size += block.length;
        if (size < PIECE_BYTES) continue;
        flush();
        await turn();
      }
      flush();
    } finally {
      closeSync(fd);
    }
  }

  [Symbol.dispose](): void {
    if (fstatSync(this.#fd).nlink > 0) rmSync(this.#spool, { force: true });
    closeSync(this.#fd);
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

const SNAP_LENGTH = 262_144;

function sectionHeader(): Buffer {
  const body = Buffer.alloc(16);
  body.writeUInt32LE(0x1a2b3c4d, 0);
  body.writeUInt16LE(1, 4);
  // The length of the section is not told: all to the end of the file.
  body.fill(0xff, 8);
  return block(0x0a0d0d0a, [body, option(4, 'Skein'), END_OF_OPTIONS]);
}

function interfaceBlock(name: string, linkType: number): Buffer {
  const body = Buffer.alloc(8);
  body.writeUInt16LE(linkType, 0);
  body.writeUInt32LE(SNAP_LENGTH, 4);
  return block(1, [body, option(2, name), END_OF_OPTIONS]);
}

/** An Enhanced Packet Block; times in µs, which is what an interface has that says nothing. */
function packetBlock({ us, length, interface: number, flow }: Waiting, data: Buffer): Buffer {
  const body = Buffer.alloc(20);
  body.writeUInt32LE(number, 0);
  body.writeUInt32LE(Math.floor(us / 2 ** 32), 4);
  body.writeUInt32LE(us % 2 ** 32, 8);
  body.writeUInt32LE(data.length, 12);
  body.writeUInt32LE(length, 16);
  return block(6, [body, padded(data), option(1, `flow ${flow}`), END_OF_OPTIONS]);
}

const END_OF_OPTIONS = Buffer.alloc(4);

function option(code: number, text: string): Buffer {
  const value = Buffer.from(text).subarray(0, 0xffff);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, padded(value)]);
}

function padded(data: Buffer): Buffer {
  return data.length % 4 === 0 ? data : Buffer.concat([data, Buffer.alloc(4 - (data.length % 4))]);
}

function block(type: number, parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 12);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(length, 4);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(length, 0);
  return Buffer.concat([head, ...parts, tail]);
}
