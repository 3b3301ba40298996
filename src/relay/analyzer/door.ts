/** Where agents come in: WebSockets that whoever has the HTTP server took at /relay, with what is known of their tokens. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { analyzerLink, MESSAGE_BYTES_MAX } from '../socket-link.ts';
import type { Agents } from './agents.ts';
import type { Visitor } from './hello.ts';

export interface RelayDoorOptions {
  readonly agents: Pick<Agents, 'accept'>;
  readonly messageBytesMax?: number;
}

export interface RelayDoor {
  /** For a server that has looked at the request: path, TLS, token. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, visitor: Visitor): void;
  /** The same for a WebSocket that is open already. */
  accept(socket: WebSocket, visitor: Visitor & { readonly remote: string }): void;
}

export function relayDoor({ agents, messageBytesMax = MESSAGE_BYTES_MAX }: RelayDoorOptions): RelayDoor {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: messageBytesMax,
    // Batches are dense, and there are many agents: compression would cost more than the network does.
    perMessageDeflate: false,
    clientTracking: false,
  });
  const accept: RelayDoor['accept'] = (socket, { remote, ...visitor }) =>
    agents.accept(analyzerLink(socket, remote), visitor);
  return {
    accept,
    upgrade(request, socket, head, visitor) {
      const { remoteAddress = 'unknown', remotePort = 0 } = request.socket;
      server.handleUpgrade(request, socket, head, (open) =>
        accept(open, { ...visitor, remote: `${remoteAddress}:${remotePort}` }),
      );
    },
  };
}
