/** All WebSockets: who may connect, who is still there, who is told when the graph has changed. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ConnectionStatus } from '../../contract/status.ts';
import type { Counts } from '../counts.ts';
import { identityOf } from '../identity.ts';
import type { ApiLimits } from '../limits.ts';
import type { ApiParts } from '../parts.ts';
import type { Queries } from '../queries.ts';
import type { Connected } from '../status.ts';
import { Client, type Role } from './client.ts';
import { alertText } from './envelope.ts';

const roles: Readonly<Record<string, Role>> = {
  '/ws/subscriber': 'subscriber',
  '/ws/publisher': 'publisher',
  '/ws/pubsub': 'pubsub',
  '/ws/subscriber/flow': 'flows',
};

export class WebSockets {
  readonly #parts: ApiParts;
  readonly #queries: Queries;
  readonly #limits: ApiLimits;
  readonly #counts: Counts;
  readonly #server: WebSocketServer;
  readonly #clients = new Set<Client>();
  readonly #unsubscribe: () => void;
  readonly #unlisten: (() => void) | undefined;
  #pings: NodeJS.Timeout | undefined;

  constructor(parts: ApiParts, queries: Queries, limits: ApiLimits, counts: Counts) {
    this.#parts = parts;
    this.#queries = queries;
    this.#limits = limits;
    this.#counts = counts;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: limits.messageBytesMax,
      // Compression would cost more than the network does, and memory for each client.
      perMessageDeflate: false,
      clientTracking: false,
    });
    this.#server.on('headers', (headers) => headers.push(`X-Host-ID: ${parts.host}`, 'X-Service-Type: analyzer'));
    this.#unlisten = parts.alerts?.listen((message) => {
      const text = alertText(message);
      for (const client of this.#clients) client.alerted(text);
    });
    this.#unsubscribe = parts.graph.subscribe((commit) => {
      if (commit.events.length > 0) for (const client of this.#clients) client.changed(commit);
    });
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const role = Object.hasOwn(roles, path) ? roles[path] : undefined;
    if (role === undefined) {
      refuse(socket, 404, `no WebSocket at ${path.slice(0, 100)}`);
      return;
    }
    if (this.#clients.size >= this.#limits.webSocketsMax) {
      this.#counts.webSocketEnd('refused');
      refuse(socket, 503, `${this.#clients.size} WebSockets are open already`);
      return;
    }
    if (role === 'publisher' || role === 'pubsub') this.#note(request, path);
    this.#server.handleUpgrade(request, socket, head, (ws) => this.#opened(role, request, socket, ws));
  }

  /** What a publisher says is not written down line by line: it would drown the rest. */
  #note(request: IncomingMessage, path: string): void {
    const identity = identityOf(request);
    if (identity === undefined) return;
    const { name: who, kind, role, address } = identity;
    this.#parts.audit?.({ who, kind, role, address, what: `open ${path}`, outcome: 'done' });
  }

  sizes(): { readonly subscribers: number; readonly publishers: number } {
    let publishers = 0;
    for (const { role } of this.#clients) if (role === 'publisher' || role === 'pubsub') publishers++;
    return { subscribers: this.#clients.size - publishers, publishers };
  }

  connected(): Connected {
    const subscribers: Record<string, ConnectionStatus> = {};
    const publishers: Record<string, ConnectionStatus> = {};
    for (const client of this.#clients) {
      const all = client.role === 'subscriber' || client.role === 'flows' ? subscribers : publishers;
      all[all[client.hello.hostId] ? `${client.hello.hostId}#${client.port}` : client.hello.hostId] = client.status();
    }
    return { subscribers, publishers };
  }

  /** Tells all of them to go. */
  close(): void {
    this.#unsubscribe();
    this.#unlisten?.();
    clearInterval(this.#pings);
    for (const client of this.#clients) client.cut('stopping', 1001, 'stopping');
  }

  #opened(role: Role, request: IncomingMessage, socket: Duplex, ws: WebSocket): void {
    const { graph, clock, archive, host, timeline, flowFeed } = this.#parts;
    const parts = {
      graph,
      clock,
      archive,
      host,
      timeline,
      queries: this.#queries,
      flowFeed,
      limits: this.#limits,
      counts: this.#counts,
      log: this.#parts.log,
    };
    const client = new Client(parts, role, request, socket, ws, () => {
      this.#clients.delete(client);
      if (this.#clients.size > 0) return;
      clearInterval(this.#pings);
      this.#pings = undefined;
    });
    this.#clients.add(client);
    this.#pings ??= setInterval(() => {
      for (const each of this.#clients) each.check();
    }, this.#limits.pingMs).unref();
    client.start();
  }
}

function refuse(socket: Duplex, status: number, text: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}
