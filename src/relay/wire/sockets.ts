/** Socket of relay.proto. */
import type { Socket, SocketProcess, SocketState, SocketTraffic } from '../../ends/socket.ts';
import { bytesOf, decodeAs, part, wire } from './generated.ts';

export function encodeSocket(socket: Socket): Uint8Array {
  return bytesOf(wire.Socket, socket);
}

export function decodeSocket(bytes: Uint8Array, base: number): Socket {
  const read = decodeAs(wire.Socket, bytes, base);
  const { id, node, localAddress, localPort, remoteAddress, remotePort, openedAt, closedAt } = read;
  const process = part(wire.Process, read.process);
  const traffic = part(wire.Traffic, read.traffic);
  return {
    id,
    node,
    // One that is named later is passed on as it is.
    protocol: read.protocol as Socket['protocol'],
    localAddress,
    localPort,
    remoteAddress,
    remotePort,
    state: read.state as SocketState,
    openedAt,
    ...(closedAt != null && { closedAt }),
    ...(process && { process: processOf(process) }),
    ...(traffic && { traffic: trafficOf(traffic) }),
  };
}

function processOf(read: InstanceType<typeof wire.Process>): SocketProcess {
  const { pid, name, path, command, user, container } = read;
  return {
    pid,
    name,
    ...(path != null && { path }),
    ...(command != null && { command }),
    ...(user != null && { user }),
    ...(container != null && { container }),
  };
}

function trafficOf({ sentBytes, receivedBytes, rttUs, retransmits }: InstanceType<typeof wire.Traffic>): SocketTraffic {
  return { sentBytes, receivedBytes, ...(rttUs != null && { rttUs }), ...(retransmits != null && { retransmits }) };
}
