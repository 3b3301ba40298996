/** Sockets of now, of a while ago and of the archive as one: recent moments from memory, older ones from both, no seam. */
import type { Socket } from '../ends/socket.ts';
import type { SocketTable } from '../ends/socket-table.ts';
import type { SocketQuery, SocketView } from '../ends/socket-view.ts';
import type { SocketArchive } from './archive.ts';

export interface SocketTimelineParts {
  readonly live: Pick<SocketTable, 'find' | 'knownFrom'>;
  /** Undefined: only what is in memory can be asked for. */
  readonly archive: Pick<SocketArchive, 'find'> | undefined;
  /** Resolves when everything that has closed so far is in the archive. */
  readonly flushed: () => Promise<void>;
}

export class SocketTimeline implements SocketView {
  readonly #parts: SocketTimelineParts;

  constructor(parts: SocketTimelineParts) {
    this.#parts = parts;
  }

  find(query: SocketQuery): readonly Socket[] | Promise<readonly Socket[]> {
    const { live, archive } = this.#parts;
    if (!archive || !query.time || query.time.from >= live.knownFrom) return live.find(query);
    return this.#both(query, archive);
  }

  /** What is open and has not stayed yet is in memory alone, and so is what could not be written. */
  async #both(query: SocketQuery, archive: Pick<SocketArchive, 'find'>): Promise<readonly Socket[]> {
    await this.#parts.flushed().catch(() => undefined);
    const kept = await archive.find(query);
    const byName = new Map(kept.map((socket) => [nameOf(socket), socket]));
    for (const socket of this.#parts.live.find(query)) {
      const known = byName.get(nameOf(socket));
      // An earlier run may have known it for longer.
      const openedAt = Math.min(socket.openedAt, known?.openedAt ?? socket.openedAt);
      byName.set(nameOf(socket), { ...socket, openedAt });
    }
    return [...byName.values()];
  }
}

function nameOf({ id, localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return `${id} ${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
}
