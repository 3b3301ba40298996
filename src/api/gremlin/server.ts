/** The Gremlin door as a server of its own, for graphs without a network. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { mistake } from '../../std/mistake.ts';
import { Access, isLoopback } from '../access.ts';
import { cannotListen, refuseUpgrade } from '../listening.ts';
import { sendText } from '../reply.ts';
import { GremlinDoor } from './door.ts';
import { defaultGremlinLimits } from './limits.ts';
import { gremlinMetrics } from './metrics.ts';
import type { GremlinParts } from './parts.ts';

export interface GremlinServer {
  /** Resolves when it answers. Port 0 picks a free one. Throws a Mistake for an open address without a password. */
  listen(host: string, port: number): Promise<{ readonly host: string; readonly port: number }>;
  close(): Promise<void>;
}

export interface GremlinServerParts extends GremlinParts {
  readonly hasPassword: boolean;
  readonly hostNames: readonly string[];
}

/** Connections beside the WebSockets. */
const httpConnectionsMax = 500;
/** How long a running answer may go on after `close`. */
const closeMs = 2_000;

export function createGremlinServer(parts: GremlinServerParts): GremlinServer {
  const door = new GremlinDoor(parts);
  const { connectionsMax } = { ...defaultGremlinLimits, ...parts.limits };
  // Names and origins are looked at here, passwords by the door.
  const access = new Access({ tokens: [], hostNames: parts.hostNames }, () => parts.clock.elapsed());
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 65_000, maxHeaderSize: 16 * 1024 },
    (request, response) => {
      const refusal = access.pageRefusal(request);
      if (refusal) sendText(response, refusal.status, refusal.text);
      else answer(request, response, door);
    },
  );
  server.maxConnections = connectionsMax + httpConnectionsMax;
  server.on('drop', () => door.counts.connectionsRefused++);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = access.pageRefusal(request);
    if (refusal) refuseUpgrade(socket, refusal.status, refusal.text);
    else if (pathOf(request) !== '/gremlin') refuseUpgrade(socket, 404, 'Gremlin is spoken at /gremlin');
    else door.upgrade(request, socket, head);
  });
  return {
    async listen(host, port) {
      if (!isLoopback(host) && host !== 'localhost' && !parts.hasPassword)
        throw mistake('api.no-token', `listening on ${host} needs a password`, 'only loopback is served without one');
      return listening(server, host, port);
    },
    close: () => closed(server, door),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, door: GremlinDoor): void {
  switch (pathOf(request)) {
    case '/gremlin':
      door.request(request, response);
      return;
    case '/healthz':
    case '/readyz':
      sendText(response, 200, 'ok');
      return;
    case '/metrics':
      door.admit(request, response, () => sendText(response, 200, gremlinMetrics(door)));
      return;
    default:
      sendText(response, 404, 'there is /gremlin (HTTP and WebSocket), /metrics and /healthz');
      request.resume();
  }
}

function listening(server: Server, host: string, port: number): Promise<{ host: string; port: number }> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(cannotListen(host, port, error));
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      const bound = server.address() as AddressInfo;
      resolve({ host: bound.address, port: bound.port });
    });
  });
}

async function closed(server: Server, door: GremlinDoor): Promise<void> {
  door.close();
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), closeMs);
  await done;
  clearTimeout(late);
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}
