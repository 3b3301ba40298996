/** Sockets of a page, without those that the archive knows as much of. */
import type { Socket } from '../../ends/socket.ts';
import type { SocketArchive, SocketBatch } from '../archive.ts';
import type { Dumped } from '../dump.ts';
import type { PageName } from './import.ts';

export async function socketsBatch(
  archive: SocketArchive,
  items: readonly Dumped[],
  { id, page }: PageName,
): Promise<{ readonly batch: SocketBatch | undefined; readonly known: number }> {
  const told = items.flatMap((item) => (item.kind === 'socket' ? [item.socket] : []));
  if (told.length === 0) return { batch: undefined, known: 0 };
  const times = told.map(({ openedAt }) => openedAt);
  const time = { from: times.reduce((a, b) => Math.min(a, b)), to: times.reduce((a, b) => Math.max(a, b)) + 1 };
  const nodes = [...new Set(told.map(({ node }) => node))];
  const there = new Map((await archive.find({ time, nodes })).map((socket) => [nameOf(socket), socket]));
  const sockets = told.filter((socket) => isNews(socket, there.get(nameOf(socket))));
  const last = told.reduce((max, { openedAt, closedAt = openedAt }) => Math.max(max, closedAt), 0);
  const batch = { id: `import.${id}-${page}`, time: last, sockets };
  return { batch: sockets.length > 0 ? batch : undefined, known: told.length - sockets.length };
}

/** One that has closed since is not opened again. */
function isNews(socket: Socket, known: Socket | undefined): boolean {
  return !known || (known.closedAt === undefined && socket.closedAt !== undefined);
}

function nameOf({ id, protocol, localAddress, localPort, remoteAddress, remotePort, openedAt }: Socket): string {
  return JSON.stringify([id, protocol, localAddress, localPort, remoteAddress, remotePort, openedAt]);
}
