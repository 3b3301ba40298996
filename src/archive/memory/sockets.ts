/** Sockets kept in memory, with a bound: for where nothing can be written, and the simplest to hold others against. */
import type { Socket } from '../../ends/socket.ts';
import { isOpenIn, type SocketQuery } from '../../ends/socket-view.ts';
import { isAtEndsOf } from '../../ends/tuple.ts';
import type { Span } from '../../graph/view.ts';
import type { SocketArchive, SocketArchiveHealth, SocketBatch } from '../archive.ts';
import { readBatchId } from '../batchid.ts';

export interface MemorySocketsOptions {
  /** Sockets kept, about 500 bytes each; when there are more, the tenth that was written first goes. */
  readonly socketsMax?: number;
}

export class MemorySockets implements SocketArchive {
  readonly #socketsMax: number;
  /** By id and ends, in the order of their first word. */
  readonly #sockets = new Map<string, Socket>();
  readonly #writers = new Map<string, number>();
  #range: Span | undefined;

  constructor({ socketsMax = 100_000 }: MemorySocketsOptions = {}) {
    this.#socketsMax = socketsMax;
  }

  async append({ id, time, sockets }: SocketBatch): Promise<void> {
    const { writer, n } = readBatchId(id);
    if (n <= (this.#writers.get(writer) ?? -1)) return;
    this.#writers.set(writer, n);
    this.#saw(time, time);
    for (const socket of sockets) {
      const name = nameOf(socket);
      const known = this.#sockets.get(name);
      this.#sockets.set(name, { ...socket, openedAt: Math.min(socket.openedAt, known?.openedAt ?? socket.openedAt) });
      this.#saw(socket.openedAt, time);
    }
    if (this.#sockets.size <= this.#socketsMax) return;
    let left = Math.ceil(this.#socketsMax / 10);
    for (const [name, { closedAt }] of this.#sockets) {
      if (left === 0) break;
      if (closedAt === undefined) continue;
      this.#sockets.delete(name);
      left--;
    }
  }

  async closeLost(): Promise<void> {
    for (const [name, socket] of this.#sockets)
      if (socket.closedAt === undefined)
        this.#sockets.set(name, { ...socket, closedAt: Math.max(socket.openedAt, this.#range?.to ?? 0) });
  }

  async find({ time, nodes, conversations }: SocketQuery): Promise<readonly Socket[]> {
    if (!time) return [];
    const wanted = nodes && new Set(nodes);
    return [...this.#sockets.values()].filter(
      (socket) =>
        isOpenIn(socket, time) &&
        (!wanted || wanted.has(socket.node)) &&
        (!conversations || isAtEndsOf(conversations, socket)),
    );
  }

  async prune(before: number): Promise<void> {
    if (!this.#range) return;
    const cutoff = Math.min(before, this.#range.to);
    for (const [name, { closedAt }] of this.#sockets)
      if (closedAt !== undefined && closedAt < cutoff) this.#sockets.delete(name);
    this.#range = { from: Math.max(this.#range.from, cutoff), to: this.#range.to };
  }

  async health(): Promise<SocketArchiveHealth> {
    const notes = ['sockets are kept in memory only and end with this process'];
    return { sockets: this.#sockets.size, sizeBytes: 0, range: this.#range, notes };
  }

  #saw(from: number, to: number): void {
    const known = this.#range;
    this.#range = known ? { from: Math.min(known.from, from), to: Math.max(known.to, to) } : { from, to };
  }
}

function nameOf({ id, protocol, localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return JSON.stringify([id, protocol, localAddress, localPort, remoteAddress, remotePort]);
}
