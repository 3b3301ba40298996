/** The front of Skein: one HTTP server for queries, elements, WebSockets and what watches over us. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Later } from '../std/later.ts';
import { mistake } from '../std/mistake.ts';
import { stackOf } from '../std/stack-of.ts';
import { Access, isLoopback } from './access.ts';
import { Counts } from './counts.ts';
import { Elements } from './elements.ts';
import type { GremlinDoor } from './gremlin/door.ts';
import { type ApiLimits, defaultLimits } from './limits.ts';
import { cannotListen, refuseUpgrade } from './listening.ts';
import { login } from './login.ts';
import type { ApiParts } from './parts.ts';
import { Queries } from './queries.ts';
import { Rate } from './rate.ts';
import { sendText } from './reply.ts';
import { routes } from './routes.ts';
import { statusReply } from './status.ts';
import { TopologyDoor } from './topology.ts';
import { WebSockets } from './ws/sockets.ts';

export interface Api {
  /** Resolves when it answers. Port 0 picks a free one. Throws a Mistake for an open address without a token. */
  listen(host: string, port: number): Promise<{ readonly host: string; readonly port: number }>;
  /** Says no more, tells the WebSockets, lets running answers end for a moment. */
  close(): Promise<void>;
}

export function createApi(parts: ApiParts): Api {
  return new HttpApi(parts);
}

/** How long a running answer may go on after `close`. */
const closeMs = 2_000;

class HttpApi implements Api {
  readonly #parts: ApiParts;
  readonly #limits: ApiLimits;
  readonly #access: Access;
  readonly #counts = new Counts();
  readonly #queries: Queries;
  readonly #door: TopologyDoor;
  readonly #sockets: WebSockets;
  readonly #gremlin: Later<GremlinDoor> | undefined;
  readonly #app: (request: IncomingMessage, response: ServerResponse) => void;
  readonly #rate: Rate;
  readonly #refusals: Rate;
  readonly #server: Server;
  #listen = '';
  #isOpen = false;

  constructor(parts: ApiParts) {
    const limits = { ...defaultLimits, ...parts.limits };
    this.#parts = parts;
    this.#limits = limits;
    this.#access = new Access(parts.access);
    this.#queries = new Queries(parts, limits, this.#counts);
    this.#door = new TopologyDoor(parts, this.#queries, limits);
    this.#sockets = new WebSockets(parts, this.#queries, limits, this.#counts);
    this.#rate = new Rate({ perSecond: limits.requestsPerSecond });
    this.#refusals = new Rate({ perSecond: limits.refusalsPerMinute / 60, burst: limits.refusalsPerMinute });
    const { gremlin, clock, log } = parts;
    // Loaded when a driver comes: not everyone has one.
    this.#gremlin =
      gremlin &&
      new Later(async () => {
        const { mounted } = await import('./gremlin/mounted.ts');
        const more = { access: this.#access, queries: this.#queries, refusals: this.#refusals, clock, log };
        return mounted(await gremlin(), more);
      });
    const status = () => statusReply(parts, this.#listen, this.#sockets.connected());
    const metrics = async () => {
      // Loaded when someone scrapes: not everyone does.
      const { metricsText } = await import('./metrics.ts');
      return metricsText({
        version: parts.version,
        status,
        counts: this.#counts,
        running: () => this.#queries.running,
        webSockets: () => this.#sockets.sizes(),
        gremlin: this.#gremlin?.made,
      });
    };
    const { timeline } = parts;
    // Loaded when someone asks for a path.
    const paths = new Later(async () => {
      const { Paths } = await import('./path.ts');
      return new Paths({ timeline, clock, queries: this.#queries, limits, sockets: parts.flows?.sockets });
    });
    this.#app = routes({
      parts,
      limits,
      door: this.#door,
      elements: new Elements(parts),
      paths: async () => paths.get(),
      status,
      metrics,
      isReady: () => this.#isOpen,
      login: (request, response, form) => {
        const isIn = login(this.#access, request, response, form);
        if (!isIn) this.#refusals.take(request.socket.remoteAddress ?? '', parts.clock.elapsed());
      },
    });
    this.#server = this.#createServer();
  }

  listen(host: string, port: number): Promise<{ host: string; port: number }> {
    if (!isLoopback(host) && host !== 'localhost' && !this.#access.hasTokens) {
      throw mistake('api.no-token', `listening on ${host} needs a token`, 'only loopback is served without one');
    }
    return new Promise((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException) => reject(cannotListen(host, port, error));
      this.#server.once('error', failed);
      this.#server.listen(port, host, () => {
        this.#server.off('error', failed);
        this.#server.on('error', (error) => this.#parts.log.warn(`api: ${error.message}`));
        const bound = this.#server.address() as AddressInfo;
        this.#listen = `${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;
        this.#isOpen = true;
        resolve({ host: bound.address, port: bound.port });
      });
    });
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#sockets.close();
    this.#gremlin?.made?.close();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const late = setTimeout(() => this.#server.closeAllConnections(), closeMs);
    await closed;
    clearTimeout(late);
  }

  #createServer(): Server {
    const server = createServer(
      {
        // A head that does not come, a body that does not end: neither holds a connection for ever. A large trace, read
        // at the pace of the archive, takes minutes.
        headersTimeout: 10_000,
        requestTimeout: 10 * 60_000,
        keepAliveTimeout: 65_000,
        connectionsCheckingInterval: 5_000,
        maxHeaderSize: 16 * 1024,
      },
      (request, response) => this.#request(request, response),
    );
    server.maxConnections = this.#limits.connectionsMax;
    server.on('drop', () => this.#counts.refusal('connections'));
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const refusal = this.#refusal(request);
      if (refusal) return refuseUpgrade(socket, refusal.status, refusal.text);
      if (!isGremlin(request)) this.#sockets.upgrade(request, socket, head);
      else
        this.#withGremlin(
          (door) => door.upgrade(request, socket, head),
          () => socket.destroy(),
        );
    });
    return server;
  }

  #request(request: IncomingMessage, response: ServerResponse): void {
    const refusal = this.#refusal(request);
    if (refusal) {
      const more = refusal.status === 401 ? ['WWW-Authenticate', 'Bearer, Basic realm="skein"'] : [];
      sendText(response, refusal.status, refusal.text, more);
      request.resume();
      return;
    }
    const { url = '/', method = 'GET' } = request;
    response.on('finish', () => this.#counts.request(knownMethod(method), routeOf(url), response.statusCode));
    if (url === '/api/topology' && method === 'POST') this.#door.post(request, response);
    else if (isGremlin(request))
      this.#withGremlin(
        (door) => door.request(request, response),
        () => sendText(response, 404, 'there is no /gremlin here'),
      );
    else this.#app(request, response);
  }

  #withGremlin(use: (door: GremlinDoor) => void, cannot: () => void): void {
    const door = this.#gremlin?.get();
    if (door === undefined) cannot();
    else if (!(door instanceof Promise)) use(door);
    else
      door.then(use).catch((error) => {
        this.#parts.log.warn(`gremlin: ${stackOf(error)}`);
        cannot();
      });
  }

  #refusal(request: IncomingMessage): { readonly status: number; readonly text: string } | undefined {
    const address = request.socket.remoteAddress ?? '';
    const isLocal = isLoopback(address);
    if (!isLocal && !this.#rate.take(address, this.#parts.clock.elapsed())) {
      this.#counts.refusal('rate');
      return { status: 429, text: `more than ${this.#limits.requestsPerSecond} requests a second from one address` };
    }
    // Health is for whoever runs us, and tells nothing.
    if (request.url === '/healthz' || request.url === '/readyz') return undefined;
    if (!isLocal && !this.#refusals.hasLeft(address, this.#parts.clock.elapsed())) {
      this.#counts.refusal('rate');
      return { status: 429, text: 'too many wrong tokens from this address; wait a minute' };
    }
    // Drivers log in with their first message.
    const isDriver = this.#gremlin !== undefined && isGremlin(request);
    const refusal = isDriver ? this.#access.pageRefusal(request) : this.#access.refusal(request);
    // Who comes to fetch a cookie has no token to show yet.
    if (!refusal || (refusal.reason === 'token' && request.url === '/login')) return undefined;
    this.#counts.refusal(refusal.reason);
    if (refusal.reason === 'token') this.#refusals.take(address, this.#parts.clock.elapsed());
    return refusal;
  }
}

function isGremlin({ url = '' }: IncomingMessage): boolean {
  return url === '/gremlin' || url.startsWith('/gremlin?');
}

/** A fixed set: what clients make up must not become labels. */
function routeOf(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  const known =
    /^\/(api\/(node|edge|noderule|edgerule|capture|config)(?=\/|$)|api\/(topology|query|status|usermetadata|pcap|vocabulary|complete|openapi\.json)$|api$|gremlin$|metrics$|login$|healthz$|readyz$)/.exec(
      path,
    );
  return known?.[0] ?? 'other';
}

function knownMethod(method: string): string {
  return /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/.test(method) ? method : 'OTHER';
}
