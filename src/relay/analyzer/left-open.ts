/**
 * Sockets that the archive has open and that are not there any more: they closed while nobody was told, or who was told
 * is gone.
 */
import type { SocketArchive } from '../../archive/archive.ts';
import type { Socket } from '../../ends/socket.ts';
import { Unavailable } from '../../std/unavailable.ts';

export interface AllSockets {
  /** Of the namespaces that the agent has or had. */
  readonly nodes: readonly string[];
  /** All that are open there, and what is known to have closed. */
  readonly sockets: readonly Socket[];
  /** When all were told, or were known for the last time. */
  readonly time: number;
}

/** As they are: closed at `time`. Throws an Unavailable when the archive is away. */
export async function leftOpen(
  archive: Pick<SocketArchive, 'find'>,
  { nodes, sockets, time }: AllSockets,
): Promise<readonly Socket[]> {
  const told = new Set(sockets.map(({ id }) => id));
  const all = [...new Set([...nodes, ...sockets.map(({ node }) => node)])];
  if (all.length === 0) return [];
  try {
    const open = await archive.find({ time: { from: time, to: time }, nodes: all });
    return open.flatMap((socket) =>
      socket.closedAt === undefined && !told.has(socket.id) ? [{ ...socket, closedAt: time }] : [],
    );
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    // Too many for an answer: what was told is kept all the same.
    return [];
  }
}
