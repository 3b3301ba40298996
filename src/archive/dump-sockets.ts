/** Sockets of an archive in order of when they opened, a stretch of time after the other. */
import type { Socket } from '../ends/socket.ts';
import type { Span } from '../graph/view.ts';
import { Mistake, mistake } from '../std/mistake.ts';
import type { SocketArchive, SocketArchiveHealth } from './archive.ts';
import { type DumpedSocket, type DumpPage, PAGE_ITEMS } from './dump.ts';

const STRETCH_MS = 3_600_000;

/** As much of one as a dump asks. */
export interface DumpableSockets extends Pick<SocketArchive, 'find'> {
  health(): Promise<Pick<SocketArchiveHealth, 'range'>>;
}

export async function* dumpSockets(
  sockets: DumpableSockets,
  after: string | undefined,
  { from, to }: Span,
): AsyncGenerator<DumpPage<DumpedSocket>> {
  const { range } = await sockets.health();
  if (!range) return;
  const end = Math.min(range.to, to);
  let position = positionIn(after);
  let at = Math.floor(Math.max(range.from, from, position.openedAt));
  let stretch = STRETCH_MS;
  while (at <= end) {
    const until = Math.min(at + stretch, Math.floor(end) + 1);
    const found = await openIn(sockets, { from: at, to: until - 1 });
    if (!found) {
      if (stretch === 1) throw tooMany(at);
      stretch = Math.max(1, Math.floor(stretch / 2));
      continue;
    }
    // What was open before is found again: it came with an earlier stretch, or comes with the first.
    const taken = found.filter((socket) => socket.openedAt < until && compare(placeOf(socket), position) > 0);
    taken.sort((a, b) => compare(placeOf(a), placeOf(b)));
    for (let page = 0; page < taken.length; page += PAGE_ITEMS) {
      const items = taken.slice(page, page + PAGE_ITEMS);
      position = placeOf(items.at(-1) as Socket);
      yield {
        items: items.map((socket) => ({ kind: 'socket', socket })),
        next: `${position.openedAt}/${position.name}`,
      };
    }
    at = until;
    stretch = Math.min(STRETCH_MS, stretch * 2);
  }
}

/** The order they come in, and what tells one from the other. */
interface Position {
  readonly openedAt: number;
  readonly name: string;
}

function placeOf({ openedAt, ...socket }: Socket): Position {
  const { id, protocol, localAddress, localPort, remoteAddress, remotePort } = socket;
  return { openedAt, name: [id, protocol, localAddress, localPort, remoteAddress, remotePort].join(' ') };
}

function positionIn(after: string | undefined): Position {
  const [, openedAt, name = ''] = /^(-?[\d.]+)\/(.*)$/.exec(after ?? '') ?? [];
  return openedAt === undefined
    ? { openedAt: Number.NEGATIVE_INFINITY, name: '' }
    : { openedAt: Number(openedAt), name };
}

function compare(a: Position, b: Position): number {
  return a.openedAt - b.openedAt || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

/** Undefined: more than one answer takes. */
async function openIn(sockets: DumpableSockets, time: Span): Promise<readonly Socket[] | undefined> {
  try {
    // One moment would be asked for as "open then", which one that closed at once is not.
    return await sockets.find({ time: time.from === time.to ? { from: time.from, to: time.to + 0.5 } : time });
  } catch (error) {
    if (error instanceof Mistake && error.faults[0]?.code === 'archive.answer-too-long') return undefined;
    throw error;
  }
}

function tooMany(at: number): Mistake {
  return mistake(
    'archive.answer-too-long',
    `more sockets were open at ${new Date(at).toISOString()} than are read at once`,
  );
}
