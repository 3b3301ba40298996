/** `/gremlin`: Gremlin Server's sub-protocol on WebSockets, and its HTTP, on one path. (TinkerPop 3.8.) */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { GremlinEngine } from '../../query/gremlin/engine.ts';
import { Rate } from '../rate.ts';
import { Answering } from './answering.ts';
import { Connection } from './connection.ts';
import { GremlinCounts } from './counts.ts';
import { Evaluator } from './evaluation.ts';
import { Gate } from './gate.ts';
import { bounded, type Guesses } from './guesses.ts';
import { HttpDoor } from './http.ts';
import { defaultGremlinLimits, type GremlinLimits } from './limits.ts';
import type { GremlinParts } from './parts.ts';

export class GremlinDoor {
  readonly counts = new GremlinCounts();
  readonly #parts: GremlinParts;
  readonly #limits: GremlinLimits;
  readonly #answering: Answering;
  readonly #gate: Gate;
  readonly #http: HttpDoor;
  readonly #server: WebSocketServer;
  readonly #connections = new Set<Connection>();
  #pings: NodeJS.Timeout | undefined;

  constructor(given: GremlinParts) {
    const limits = { ...defaultGremlinLimits, ...given.limits };
    const login = bounded(given.login, given.guesses ?? ownGuesses(given, limits), this.counts);
    const parts = { ...given, login };
    this.#parts = parts;
    this.#limits = limits;
    this.#gate = new Gate(limits.runningMax, limits.waitingMax);
    const evaluator = new Evaluator(new GremlinEngine(), parts, limits);
    this.#answering = new Answering(evaluator, parts, limits, this.#gate, this.counts);
    this.#http = new HttpDoor(parts, limits, this.#answering);
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: limits.messageBytesMax,
      // Drivers may offer it; on a local network it costs more than it saves.
      perMessageDeflate: false,
      clientTracking: false,
      skipUTF8Validation: false,
    });
  }

  get sizes(): {
    readonly connections: number;
    readonly running: number;
    readonly waiting: number;
    readonly refused: number;
  } {
    const { running, waiting, refused } = this.#gate;
    return { connections: this.#connections.size, running, waiting, refused };
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#connections.size >= this.#limits.connectionsMax && !this.#madeRoom()) {
      this.counts.connectionsRefused++;
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (ws) => this.#opened(request, socket, ws));
  }

  /** Who holds a connection without having logged in goes first, the oldest: nobody can take them all without a password. */
  #madeRoom(): boolean {
    for (const connection of this.#connections) {
      if (connection.isLoggedIn) continue;
      this.counts.connectionsRefused++;
      this.#connections.delete(connection);
      connection.end();
      return true;
    }
    return false;
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    this.#http.request(request, response);
  }

  /** For what stands beside `/gremlin` and is not for everyone. */
  admit(request: IncomingMessage, response: ServerResponse, then: () => void): void {
    this.#http.admit(request, response, then);
  }

  /** Tells all of them to go; who has not gone a moment later is cut off. */
  close(): void {
    clearInterval(this.#pings);
    for (const connection of this.#connections) connection.close();
    const late = () => {
      for (const connection of this.#connections) connection.end();
    };
    setTimeout(late, this.#limits.closeMs).unref();
  }

  #opened(request: IncomingMessage, socket: Duplex, ws: WebSocket): void {
    const parts = { parts: this.#parts, limits: this.#limits, answering: this.#answering };
    const connection = new Connection(parts, request, socket, ws, () => {
      this.#connections.delete(connection);
      if (this.#connections.size > 0) return;
      clearInterval(this.#pings);
      this.#pings = undefined;
    });
    this.#connections.add(connection);
    this.counts.connections++;
    this.#pings ??= setInterval(() => {
      for (const each of this.#connections) each.check();
    }, this.#limits.pingMs).unref();
  }
}

function ownGuesses({ clock }: GremlinParts, { wrongPasswordsPerMinute: most }: GremlinLimits): Guesses {
  const rate = new Rate({ perSecond: most / 60, burst: most });
  return {
    hasLeft: (address) => rate.hasLeft(address, clock.elapsed()),
    take: (address) => rate.take(address, clock.elapsed()),
  };
}
