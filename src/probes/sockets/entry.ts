/** A socket that is open, with what is known of it and what was told of it. */
import type { Socket, SocketProcess, SocketState } from '../../ends/socket.ts';
import type { Place } from './place.ts';
import { type Holder, type Sight, STATE, TCP, type Traffic, UDP } from './sight.ts';

export interface Entry {
  readonly cookie: number;
  /** Cookie of its namespace; 0 where nobody told. */
  readonly netns: number;
  /** Undefined while its namespace is not known. */
  place: Place | undefined;
  readonly protocol: Sight['protocol'];
  localAddress: string;
  localPort: number;
  remoteAddress: string;
  remotePort: number;
  state: number;
  wasEstablished: boolean;
  inode: number;
  readonly openedAt: number;
  holder: Holder | undefined;
  /** The holder is only likely: that of the socket that listened. */
  isGuess: boolean;
  traffic: Traffic | undefined;
  /** When its state was last heard of, CLOCK_MONOTONIC ns: what was seen before is older news. */
  changedNs: number;
  /** The last look that saw it, the last that saw it held, and the last in which its holder was settled. */
  look: number;
  heldLook: number;
  sureLook: number;
  /** Epoch ms. */
  closedAt: number | undefined;
  /** The last word about it. */
  told: Socket | undefined;
}

/** What happens on this socket is asked of whoever comes: TCP that listens, UDP that is not connected. */
export function isService(entry: Entry): boolean {
  if (entry.localPort === 0) return false;
  return entry.protocol === TCP ? entry.state === STATE.listen : entry.remotePort === 0;
}

/** Takes over where it is connected to. Gives whether that is another place than before. */
export function takeEnds(entry: Entry, sight: Sight): boolean {
  const { localPort, remotePort, localAddress, remoteAddress } = sight;
  // A socket that closes has let go of its ends.
  if (localPort === 0) return false;
  if (
    localPort === entry.localPort &&
    remotePort === entry.remotePort &&
    localAddress === entry.localAddress &&
    remoteAddress === entry.remoteAddress
  )
    return false;
  Object.assign(entry, { localPort, remotePort, localAddress, remoteAddress });
  return true;
}

export function isSameTraffic(one: Traffic | undefined, other: Traffic | undefined): boolean {
  return (
    one?.sentBytes === other?.sentBytes &&
    one?.receivedBytes === other?.receivedBytes &&
    one?.rttUs === other?.rttUs &&
    one?.retransmits === other?.retransmits
  );
}

export function socketOf(entry: Entry, place: Place, process: SocketProcess | undefined): Socket {
  const { localAddress, localPort, remoteAddress, remotePort, traffic, openedAt, closedAt } = entry;
  // Asked about later it was what it was for most of its time, not how it ended.
  const state = closedAt !== undefined && entry.wasEstablished ? STATE.established : entry.state;
  return {
    id: entry.told?.id ?? place.prefix + entry.cookie,
    node: place.node,
    protocol: entry.protocol === UDP ? 'UDP' : 'TCP',
    localAddress,
    localPort,
    remoteAddress,
    remotePort,
    state: NAMES[state] ?? 'CLOSE',
    openedAt,
    ...(closedAt === undefined ? {} : { closedAt: Math.max(closedAt, openedAt) }),
    ...(process ? { process } : {}),
    ...(traffic && entry.state !== STATE.listen ? { traffic } : {}),
  };
}

/** By their number in net/tcp_states.h. */
const NAMES: readonly SocketState[] = [
  'CLOSE',
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
