/** A socket as a document: all that it is, and what it is looked for by. */
import { createHash } from 'node:crypto';
import type { Socket } from '../../../ends/socket.ts';
import { numberOf } from '../../../ends/tuple.ts';

export interface SocketDocument extends Socket {
  readonly '@timestamp': number;
  /** Of the end, epoch ms; the largest there is while it is open. */
  readonly until: number;
  /** Of its conversation, or of its port: ends/tuple.ts. */
  readonly number: number;
  /** Who told it last: when that one was heard of last is how long it was open at least. */
  readonly writer: string;
}

export const FOREVER = Number.MAX_SAFE_INTEGER;

export const socketMapping = {
  dynamic: false,
  properties: {
    '@timestamp': { type: 'date', format: 'epoch_millis' },
    id: { type: 'keyword', ignore_above: 1_024 },
    node: { type: 'keyword', ignore_above: 1_024 },
    protocol: { type: 'keyword' },
    localAddress: { type: 'ip', ignore_malformed: true },
    localPort: { type: 'long' },
    remoteAddress: { type: 'ip', ignore_malformed: true },
    remotePort: { type: 'long' },
    state: { type: 'keyword' },
    openedAt: { type: 'long' },
    until: { type: 'long' },
    number: { type: 'long' },
    writer: { type: 'keyword', ignore_above: 1_024 },
    process: {
      dynamic: false,
      properties: {
        pid: { type: 'long' },
        name: { type: 'keyword', ignore_above: 1_024 },
        user: { type: 'keyword', ignore_above: 1_024 },
        container: { type: 'keyword', ignore_above: 1_024 },
      },
    },
  },
} as const;

/** The same id with other ends is another socket: ids come again after a restart of the machine. */
export function documentName({ id, protocol, localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  const name = JSON.stringify([id, protocol, localAddress, localPort, remoteAddress, remotePort]);
  return createHash('sha256').update(name).digest('base64url');
}

export function documentOf(socket: Socket, writer: string, time: number): SocketDocument {
  const { closedAt } = socket;
  return {
    '@timestamp': Math.floor(closedAt ?? time),
    ...socket,
    until: closedAt ?? FOREVER,
    number: numberOf(socket),
    writer,
  };
}

export function socketOf({ '@timestamp': _, until, number, writer, ...socket }: SocketDocument): Socket {
  return socket;
}
