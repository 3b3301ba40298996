/** What a query sees of sockets: those of now, of a moment or of a span of time, and cannot tell where they are kept. */
import type { Socket } from './socket.ts';
import type { Tuple } from './translation.ts';

export interface SocketView {
  /** Those that meet all that is asked, in no particular order. An archive answers by promise. */
  find(query: SocketQuery): readonly Socket[] | Promise<readonly Socket[]>;
}

export interface SocketQuery {
  /** Epoch ms. Undefined: open now. From === to: open at that moment; else open at any moment of the span. */
  readonly time?: { readonly from: number; readonly to: number } | undefined;
  /** Of these namespaces alone, by their nodes. */
  readonly nodes?: readonly string[] | undefined;
  /** At an end of one of these: connected ones of either end, and those without another end at one of its ports. */
  readonly conversations?: readonly Tuple[] | undefined;
}

export function isOpenIn({ openedAt, closedAt }: Socket, time: SocketQuery['time']): boolean {
  if (!time) return closedAt === undefined;
  const { from, to } = time;
  return openedAt <= to && (closedAt === undefined || closedAt > from || (closedAt === from && from !== to));
}
