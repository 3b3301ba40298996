/** The front of Skein: one HTTP server for queries, elements, WebSockets and what watches over us. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { PasswordsBusy } from '../security/access-book.ts';
import { Slowed } from '../security/slowed.ts';
import { Later } from '../std/later.ts';
import { mistake } from '../std/mistake.ts';
import { stackOf } from '../std/stack-of.ts';
import { Access, isLoopback } from './access.ts';
import { Admission, isGremlin, type Refused } from './admission.ts';
import { Counts } from './counts.ts';
import { Elements } from './elements.ts';
import type { GremlinDoor } from './gremlin/door.ts';
import { type Identity, identify, identityOf } from './identity.ts';
import { Inner, type InnerAnswer, type InnerRequest } from './inner.ts';
import { type ApiLimits, defaultLimits } from './limits.ts';
import { cannotListen, needsTls, refuseUpgrade } from './listening.ts';
import { login, logout } from './login.ts';
import { neededFor, pathOf } from './needs.ts';
import { notedOf } from './noted.ts';
import type { ApiParts } from './parts.ts';
import { Queries } from './queries.ts';
import { sendText } from './reply.ts';
import { routes } from './routes.ts';
import { serverFor } from './secured.ts';
import { statusReply } from './status.ts';
import { TopologyDoor } from './topology.ts';
import type { AskAs } from './workflow-routes.ts';
import { WebSockets } from './ws/sockets.ts';

export interface Api {
  /** A request that never leaves the process, in the name of somebody: answered, or refused, as it would be for them. */
  askAs(identity: Identity, request: InnerRequest, signal: AbortSignal): Promise<InnerAnswer>;
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
  readonly #slowed: Slowed;
  readonly #admission: Admission;
  readonly #server: Server;
  readonly #inner: Inner;
  #listen = '';
  #isOpen = false;

  constructor(parts: ApiParts) {
    const limits = { ...defaultLimits, ...parts.limits };
    this.#parts = parts;
    this.#limits = limits;
    this.#access = new Access(parts.access, () => parts.clock.elapsed());
    this.#queries = new Queries(parts, limits, this.#counts);
    const askAs: AskAs = (identity, request, signal) => this.askAs(identity, request, signal);
    this.#door = new TopologyDoor(parts, this.#queries, limits, askAs);
    this.#sockets = new WebSockets(parts, this.#queries, limits, this.#counts);
    const { gremlin, clock, log, audit } = parts;
    this.#slowed = new Slowed(() => clock.elapsed(), { free: limits.wrongGuessesFree });
    this.#admission = new Admission({
      access: this.#access,
      slowed: this.#slowed,
      counts: this.#counts,
      limits,
      clock,
      audit,
      hasGremlin: gremlin !== undefined,
    });
    // Loaded when a driver comes: not everyone has one.
    this.#gremlin =
      gremlin &&
      new Later(async () => {
        const { mounted } = await import('./gremlin/mounted.ts');
        const more = { access: this.#access, queries: this.#queries, slowed: this.#slowed, audit, clock, log };
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
        checks: parts.checks?.made?.counts(),
        guesses: this.#slowed,
      });
    };
    const { timeline } = parts;
    // Loaded when someone asks for a path.
    const paths = new Later(async () => {
      const { Paths } = await import('./path.ts');
      return new Paths({ timeline, clock, queries: this.#queries, limits, sockets: parts.flows?.sockets });
    });
    const whys = new Later(async () => {
      const { Whys } = await import('./why.ts');
      const { flows, sockets } = parts.flows ?? {};
      return new Whys({ timeline, clock, queries: this.#queries, limits, sockets, flows });
    });
    this.#app = routes({
      parts,
      limits,
      door: this.#door,
      elements: new Elements(parts),
      paths: async () => paths.get(),
      whys: async () => whys.get(),
      status,
      metrics,
      askAs,
      isReady: () => this.#isOpen,
      login: (request, response, form) => this.#login(request, response, form),
      logout: (request, response) => logout(this.#access, request, response),
    });
    this.#server = this.#createServer();
    this.#inner = new Inner((request, response, identity) => {
      identify(request, identity);
      const refused = this.#admission.admits(request, identity);
      if (refused) sendText(response, refused.status, refused.text, refused.headers);
      else this.#answer(request, response);
    });
  }

  askAs(identity: Identity, request: InnerRequest, signal: AbortSignal): Promise<InnerAnswer> {
    return this.#inner.ask(identity, request, signal);
  }

  listen(host: string, port: number): Promise<{ host: string; port: number }> {
    const { access, tls } = this.#parts;
    if (!isLoopback(host) && host !== 'localhost') {
      if (!this.#access.hasTokens)
        throw mistake('api.no-token', `listening on ${host} needs a token`, 'only loopback is served without one');
      if (tls === undefined && !access.isInsecure) throw needsTls(host);
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
    const { tls, log } = this.#parts;
    const server = serverFor(
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
      { tls, log },
    );
    server.maxConnections = this.#limits.connectionsMax;
    server.on('drop', () => this.#counts.refusal('connections'));
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const { relay } = this.#parts;
      // Agents are let in by their own tokens, never by those of users.
      if (relay && request.url?.split('?', 1)[0] === '/relay') {
        relay(request, socket, head);
        return;
      }
      this.#admitted(
        request,
        (refused) => refuseUpgrade(socket, refused.status, refused.text, refused.headers),
        () => this.#upgrade(request, socket, head),
      );
    });
    return server;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!isGremlin(request)) this.#sockets.upgrade(request, socket, head);
    else
      this.#withGremlin(
        (door) => door.upgrade(request, socket, head),
        () => socket.destroy(),
      );
  }

  #request(request: IncomingMessage, response: ServerResponse): void {
    this.#admitted(
      request,
      (refused) => {
        sendText(response, refused.status, refused.text, refused.headers);
        request.resume();
      },
      () => this.#answer(request, response),
    );
  }

  /** In the same call unless a password has to be computed. */
  #admitted(request: IncomingMessage, refuse: (refused: Refused) => void, then: () => void): void {
    const decide = (refused: Refused | undefined) => (refused ? refuse(refused) : then());
    const decided = this.#admission.decide(request);
    if (!(decided instanceof Promise)) decide(decided);
    else
      decided.then(decide).catch((error) => {
        this.#parts.log.warn(`access: ${stackOf(error)}`);
        refuse({ status: 500, text: 'internal error; the log of the server has more', headers: [] });
      });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { url = '/', method = 'GET' } = request;
    response.on('finish', () => {
      this.#counts.request(knownMethod(method), routeOf(url), response.statusCode);
      this.#note(request, response.statusCode);
    });
    if (url === '/api/topology' && method === 'POST') this.#door.post(request, response);
    else if (isGremlin(request))
      this.#withGremlin(
        (door) => door.request(request, response),
        () => sendText(response, 404, 'there is no /gremlin here'),
      );
    else this.#app(request, response);
  }

  /** Questions are not written down, changes are: where, and what came of it. */
  #note(request: IncomingMessage, status: number): void {
    const { method = 'GET', url = '/' } = request;
    const identity = identityOf(request);
    if (this.#parts.audit === undefined || identity === undefined || neededFor(method, url) === 'read') return;
    const { name: who, kind, role, address } = identity;
    const outcome = status < 400 ? 'done' : 'failed';
    const noted = notedOf(request);
    const detail = noted === undefined ? String(status) : `${status} ${noted}`;
    this.#parts.audit({ who, kind, role, address, what: `${method} ${pathOf(url)}`, outcome, detail });
  }

  async #login(request: IncomingMessage, response: ServerResponse, form: URLSearchParams): Promise<void> {
    const address = request.socket.remoteAddress ?? '';
    const name = form.get('username') ?? '';
    const waitMs = this.#slowed.waitMs(address, name);
    if (waitMs > 0) {
      const { status, text, headers } = this.#admission.tooMany(waitMs);
      sendText(response, status, text, headers);
      return;
    }
    let who: Identity | undefined;
    try {
      who = await login(this.#access, request, response, form, () => this.#slowed.waitMs(address, name) === 0);
    } catch (error) {
      if (!(error instanceof PasswordsBusy)) throw error;
      const { status, text, headers } = this.#admission.tooMany(1_000);
      sendText(response, status, text, headers);
      return;
    }
    if (who === undefined) this.#slowed.failed(address, name);
    else if (who.kind !== 'local') this.#slowed.succeeded(name);
    const known = who ?? ({ name: name.slice(0, 64), kind: 'nobody', address } as const);
    const { name: shown, ...rest } = known;
    const role = 'role' in rest ? { role: rest.role } : {};
    const outcome = who === undefined ? 'refused' : 'done';
    this.#parts.audit?.({ who: shown, kind: rest.kind, ...role, address, what: 'POST /login', outcome });
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
}

/** A fixed set: what clients make up must not become labels. */
function routeOf(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  const known =
    /^\/(api\/(alert|node|edge|noderule|edgerule|capture|injectpacket|workflow|config)(?=\/|$)|api\/(alerts|check|topology|query|bundle|status|usermetadata|pcap|vocabulary|why|complete|audit|openapi\.json)$|api$|gremlin$|metrics$|login$|logout$|healthz$|readyz$)/.exec(
      path,
    );
  return known?.[0] ?? 'other';
}

function knownMethod(method: string): string {
  return /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/.test(method) ? method : 'OTHER';
}
