/** Who is at the two ends of a conversation, and what it is on the other side of a translation. */
import type { Socket } from './socket.ts';
import type { Tuple } from './translation.ts';
import type { OtherSide } from './translation-table.ts';
import { isConnected, isLoopback, protocolNumbers, turned } from './tuple.ts';

/** What is known of namespaces, by their nodes. */
export interface Whereabouts {
  /** Namespace of the place where it was seen. */
  readonly namespace: string | undefined;
  /** Whether an interface there has the address. */
  has(namespace: string, address: string): boolean;
}

export interface ConversationEnds {
  readonly a?: Socket | undefined;
  readonly b?: Socket | undefined;
  /** That which waits for connections at B's port. */
  readonly listener?: Socket | undefined;
  readonly other?: OtherSide | undefined;
}

/**
 * A: `tuple.source`, the one who began. What is translated is looked for on its other side too. Where namespaces have
 * the same addresses the one it was seen in comes first, then one that is the only one; else nobody is told.
 *
 * `socketsAt`: connected ones of either end, and those without another end at one of its ports.
 */
export function endsOf(
  tuple: Tuple,
  where: Whereabouts,
  socketsAt: (tuple: Tuple) => Iterable<Socket>,
  otherSides: readonly OtherSide[],
): ConversationEnds {
  const other = chosenSide(otherSides, where);
  const here = among(tuple, where, [...socketsAt(tuple)]);
  if (!other) return { ...here, other };
  const there = among(other.tuple, where, [...socketsAt(other.tuple)]);
  const a = here.a ?? there.a;
  if (!other.isDestination) return { a, b: here.b ?? there.b, listener: here.listener ?? there.listener, other };
  // Who waits at the address that was dialled is passed by: what arrives goes elsewhere.
  const { b, listener } = other.isBefore ? here : there;
  return { a, b, listener, other };
}

function among(tuple: Tuple, where: Whereabouts, sockets: readonly Socket[]): Omit<ConversationEnds, 'other'> {
  if (sockets.length === 0) return NOBODY;
  const back = turned(tuple);
  const isLocal = isLoopback(tuple.source) || isLoopback(tuple.destination);
  const find = (passes: (socket: Socket) => boolean) => chosen(sockets.filter(passes), where, isLocal);
  const listener = find((socket) => isWaiting(socket, back, where));
  // What is not connected is there for all who send to its port.
  const isUdp = tuple.protocol === protocolNumbers.UDP;
  const a =
    find((socket) => isEnd(socket, tuple)) ?? (isUdp ? find((socket) => isWaiting(socket, tuple, where)) : undefined);
  return { a, b: find((socket) => isEnd(socket, back)) ?? (isUdp ? listener : undefined), listener };
}

const NOBODY = {};

function isEnd(socket: Socket, own: Tuple): boolean {
  return (
    socket.localPort === own.sourcePort &&
    socket.remotePort === own.destinationPort &&
    isConnected(socket) &&
    socket.localAddress === own.source &&
    socket.remoteAddress === own.destination &&
    protocolNumbers[socket.protocol] === own.protocol
  );
}

/** Without another end, and at the address: all addresses are those that the namespace has. */
function isWaiting(socket: Socket, { protocol, source, sourcePort }: Tuple, where: Whereabouts): boolean {
  if (socket.localPort !== sourcePort || isConnected(socket) || protocolNumbers[socket.protocol] !== protocol)
    return false;
  if (socket.protocol === 'TCP' && socket.state !== 'LISTEN') return false;
  const { localAddress } = socket;
  const isForAll = localAddress === '::' || (localAddress === '0.0.0.0' && !source.includes(':'));
  return (isForAll || localAddress === source) && (isLoopback(source) || where.has(socket.node, source));
}

/** The newest of the namespace it was seen in, or of the only one. */
function chosen(sockets: readonly Socket[], { namespace }: Whereabouts, isLocal: boolean): Socket | undefined {
  const near = sockets.filter(({ node }) => node === namespace);
  if (near.length > 0) return newest(near);
  if (isLocal || new Set(sockets.map(({ node }) => node)).size !== 1) return undefined;
  return newest(sockets);
}

function newest(sockets: readonly Socket[]): Socket | undefined {
  const open = sockets.filter(({ closedAt }) => closedAt === undefined);
  return (open.length > 0 ? open : sockets).reduce((best, socket) => (isBetter(socket, best) ? socket : best));
}

/** Of several that share a port one that is somebody's. */
function isBetter(socket: Socket, than: Socket): boolean {
  if ((socket.process === undefined) !== (than.process === undefined)) return socket.process !== undefined;
  return socket.openedAt > than.openedAt;
}

function chosenSide(sides: readonly OtherSide[], { namespace }: Whereabouts): OtherSide | undefined {
  const [first] = sides;
  if (sides.length < 2) return first;
  const near = sides.filter(({ translation: { node } }) => node === namespace);
  const left = near.length > 0 ? near : sides;
  const living = left.filter(({ translation: { until } }) => until === undefined);
  const found = living.length > 0 ? living : left;
  // Zones and namespaces that agree are no question.
  const told = new Set(
    found.map(({ tuple }) => `${tuple.source} ${tuple.sourcePort} ${tuple.destination} ${tuple.destinationPort}`),
  );
  return told.size === 1 || near.length > 0 ? found[0] : undefined;
}
