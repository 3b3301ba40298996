/** The two ends of a conversation, and a number to find it by, whichever way round it is told. */
import type { Socket } from './socket.ts';
import type { Tuple } from './translation.ts';

export const protocolNumbers = { TCP: 6, UDP: 17 } as const;

/** The same conversation from the other end. */
export function turned({ protocol, source, sourcePort, destination, destinationPort }: Tuple): Tuple {
  return {
    protocol,
    source: destination,
    sourcePort: destinationPort,
    destination: source,
    destinationPort: sourcePort,
  };
}

export function isSame(a: Tuple, b: Tuple): boolean {
  return (
    a.sourcePort === b.sourcePort &&
    a.destinationPort === b.destinationPort &&
    a.protocol === b.protocol &&
    a.source === b.source &&
    a.destination === b.destination
  );
}

/** 30 bits, the same for both directions: what has the same number may still be another. */
export function conversationNumber({ protocol, source, sourcePort, destination, destinationPort }: Tuple): number {
  return (endNumber(source, sourcePort) + endNumber(destination, destinationPort) + protocol) & BITS;
}

/** Of sockets that have no other end: by their port alone, since they may have all addresses. */
export function portNumber(protocol: number, port: number): number {
  return Math.imul(port * 256 + protocol, 0x9e3779b1) & BITS;
}

export function numberOf(socket: Socket): number {
  const protocol = protocolNumbers[socket.protocol];
  if (!isConnected(socket)) return portNumber(protocol, socket.localPort);
  const ends = endNumber(socket.localAddress, socket.localPort) + endNumber(socket.remoteAddress, socket.remotePort);
  return (ends + protocol) & BITS;
}

export function isConnected({ remotePort, remoteAddress }: Socket): boolean {
  return remotePort !== 0 && remoteAddress !== '';
}

/** Whether it may be at an end of one of them: connected so, either way round, or without another end at one of their ports. */
export function isAtEndsOf(conversations: readonly Tuple[], socket: Socket): boolean {
  const protocol = protocolNumbers[socket.protocol];
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  const own: Tuple = {
    protocol,
    source: localAddress,
    sourcePort: localPort,
    destination: remoteAddress,
    destinationPort: remotePort,
  };
  return conversations.some((tuple) => {
    if (isConnected(socket)) return isSame(tuple, own) || isSame(turned(tuple), own);
    return tuple.protocol === protocol && (tuple.sourcePort === localPort || tuple.destinationPort === localPort);
  });
}

/** Each namespace has its own. */
export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** So that the number is a small integer to V8. */
const BITS = 0x3fff_ffff;

/** FNV-1a. */
function endNumber(address: string, port: number): number {
  let hash = 0x811c9dc5 ^ port;
  for (let at = 0; at < address.length; at++) hash = Math.imul(hash ^ address.charCodeAt(at), 0x01000193);
  return hash & BITS;
}
