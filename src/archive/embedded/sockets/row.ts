/** A socket as a row, and back. */
import type { Socket, SocketState } from '../../../ends/socket.ts';

/** Their places are what is written: new ones go to the end. */
export const PROTOCOLS = ['TCP', 'UDP'] as const;
export const STATES: readonly SocketState[] = [
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
  'NEW_SYN_RECV',
];

/** An id begins with its node. */
export function shortId({ id, node }: Socket): string {
  return id.startsWith(node) ? `~${id.slice(node.length)}` : id;
}

export interface SocketRow {
  readonly id: string;
  readonly node: number;
  readonly protocol: number;
  readonly state: number;
  readonly local: string;
  readonly local_port: number;
  readonly remote: string;
  readonly remote_port: number;
  readonly opened: number;
  readonly closed: number | null;
  readonly process: number | null;
  readonly traffic: string | null;
}

/** `process`: what its number stands for. */
export function socketOf(row: SocketRow, node: string, process: string | undefined): Socket {
  return {
    id: row.id.startsWith('~') ? node + row.id.slice(1) : row.id,
    node,
    protocol: PROTOCOLS[row.protocol] ?? 'TCP',
    localAddress: row.local,
    localPort: row.local_port,
    remoteAddress: row.remote,
    remotePort: row.remote_port,
    state: STATES[row.state] ?? 'CLOSE',
    openedAt: row.opened,
    ...(row.closed !== null && { closedAt: row.closed }),
    ...(process !== undefined && { process: JSON.parse(process) as NonNullable<Socket['process']> }),
    ...(row.traffic !== null && { traffic: JSON.parse(row.traffic) as NonNullable<Socket['traffic']> }),
  };
}
