/** One driver on a WebSocket: its frames in, its answers out, its login. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { stackOf } from '../../std/stack-of.ts';
import { drained } from '../drained.ts';
import { type Answering, answerTo, type Outlet } from './answering.ts';
import { type Failure, failureOf, status } from './failure.ts';
import type { GremlinLimits } from './limits.ts';
import { type Request, type Response, readFrame } from './message.ts';
import { noElements } from './no-elements.ts';
import type { GremlinParts, GremlinUser } from './parts.ts';
import { readPlain } from './sasl.ts';
import type { Serializer } from './serializer.ts';
import { serializerFor } from './serializers.ts';
import type { WireElements } from './wire-elements.ts';

export interface ConnectionParts {
  readonly parts: GremlinParts;
  readonly limits: GremlinLimits;
  readonly answering: Answering;
}

export class Connection {
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #request: IncomingMessage;
  readonly #parts: GremlinParts;
  readonly #limits: GremlinLimits;
  readonly #answering: Answering;
  readonly #gone = new AbortController();
  #user: GremlinUser | undefined;
  /** The request that was asked for a password, and those that came meanwhile. */
  #login:
    | {
        readonly original: Work;
        readonly behind: Work[];
        bytes: number;
        readonly timer: NodeJS.Timeout;
        isChecking: boolean;
      }
    | undefined;
  #pending = 0;
  /** Requests that wait for others of this connection. */
  readonly #queue: Work[] = [];
  #draining: Promise<void> | undefined;
  #silentPings = 0;
  #isPaused = false;
  #isGathering = false;

  constructor(
    { parts, limits, answering }: ConnectionParts,
    request: IncomingMessage,
    socket: Duplex,
    ws: WebSocket,
    closed: () => void,
  ) {
    this.#ws = ws;
    this.#socket = socket;
    this.#request = request;
    this.#parts = parts;
    this.#limits = limits;
    this.#answering = answering;
    this.#user = parts.login.known(request);
    ws.on('message', (data, isBinary) => this.#received(data as Buffer, isBinary));
    ws.on('pong', () => {
      this.#silentPings = 0;
    });
    ws.on('error', (error) => parts.log.info(`gremlin: ${error.message}`));
    ws.on('close', () => {
      clearTimeout(this.#login?.timer);
      this.#queue.length = 0;
      this.#gone.abort();
      closed();
    });
  }

  /** Or nobody has to. */
  get isLoggedIn(): boolean {
    return this.#user !== undefined;
  }

  /** Called now and then: who does not answer pings is gone. */
  check(): void {
    if (this.#user?.identity?.isStillGood() === false) {
      this.#ws.close(1008, 'the token or the user is no longer good');
      return;
    }
    if (this.#silentPings >= this.#limits.silentPingsMax) {
      this.#ws.terminate();
      return;
    }
    this.#silentPings++;
    this.#ws.ping();
  }

  close(): void {
    this.#ws.close(1001, 'stopping');
  }

  /** At once, whatever the other side says. */
  end(): void {
    this.#ws.terminate();
  }

  #received(data: Buffer, isBinary: boolean): void {
    this.#silentPings = 0;
    let serializer = serializerFor(isBinary ? '' : 'application/json');
    let payload = data;
    let request: Request;
    try {
      if (isBinary) {
        const frame = readFrame(data);
        serializer = serializerFor(frame.mime);
        payload = frame.payload;
      }
      request = serializer.readRequest(payload);
    } catch (error) {
      const failure = failureOf(error, status.malformed);
      this.#say({ serializer, isBinary }, unreadable(failure, serializer.requestIdOf(payload)));
      return;
    }
    this.#work({ request, serializer, isBinary }, data.length);
  }

  #work(work: Work, bytes: number): void {
    if (this.#user === undefined) {
      this.#beforeLogin(work, bytes);
      return;
    }
    this.#answer(work, this.#user);
  }

  /** A driver that asks for much at once takes turns with itself, so that the others get theirs. */
  #answer(work: Work, user: GremlinUser): void {
    if (this.#pending >= this.#limits.runningPerConnectionMax) {
      this.#queue.push(work);
      if (this.#pending + this.#queue.length < this.#limits.perConnectionMax || this.#isPaused) return;
      this.#isPaused = true;
      this.#ws.pause();
      return;
    }
    const outlet: Outlet = {
      signal: this.#gone.signal,
      send: (response, elements) => this.#send(work, response, elements),
    };
    const rest = this.#answering.answer(work.request, user, outlet);
    if (rest === undefined) return;
    this.#pending++;
    rest
      .catch((error) => this.#parts.log.warn(`gremlin: ${stackOf(error)}`))
      .finally(() => {
        this.#pending--;
        while (this.#queue.length > 0 && this.#pending < this.#limits.runningPerConnectionMax)
          this.#answer(this.#queue.shift() as Work, user);
        if (!this.#isPaused || this.#pending + this.#queue.length >= this.#limits.perConnectionMax) return;
        this.#isPaused = false;
        this.#ws.resume();
      });
  }

  /** The first request is answered with a challenge; it runs when the password is right. */
  #beforeLogin(work: Work, bytes: number): void {
    const login = this.#login;
    if (login === undefined) {
      if (work.request.op === 'authentication') {
        this.#refuse(work, 'nobody asked for a password yet');
        return;
      }
      const timer = setTimeout(() => this.#loginFailed('no password came in time'), this.#limits.loginMs);
      this.#login = { original: work, behind: [], bytes: 0, timer, isChecking: false };
      // Drivers without a password show this.
      const message = 'a name and a password are needed (SASL PLAIN)';
      this.#say(work, { ...answerTo(work.request, status.authenticate, null), message });
      return;
    }
    if (work.request.op !== 'authentication') {
      login.bytes += bytes;
      if (login.behind.length >= this.#limits.perConnectionMax || login.bytes > this.#limits.loginBytesMax)
        this.#refuse(work, 'too many requests wait for the login');
      else login.behind.push(work);
      return;
    }
    if (login.isChecking) return;
    const credentials = readPlain(work.request.args.get('sasl'));
    if (credentials === undefined) {
      this.#loginFailed('SASL PLAIN is understood: a name and a password');
      return;
    }
    login.isChecking = true;
    this.#parts.login.check(credentials.name, credentials.password, this.#request).then(
      (user) => {
        if (user === undefined) this.#loginFailed('the name or the password is wrong');
        else this.#loggedIn(user);
      },
      (error) => this.#loginFailed(error instanceof Error ? error.message : String(error)),
    );
  }

  #loggedIn(user: GremlinUser): void {
    const login = this.#login;
    if (login === undefined) return;
    clearTimeout(login.timer);
    this.#login = undefined;
    this.#user = user;
    this.#answer(login.original, user);
    for (const work of login.behind) this.#answer(work, user);
  }

  #loginFailed(why: string): void {
    const login = this.#login;
    if (login === undefined) return;
    clearTimeout(login.timer);
    this.#login = undefined;
    for (const work of [login.original, ...login.behind]) this.#refuse(work, why);
  }

  #refuse(work: Work, why: string): void {
    this.#say(work, { ...answerTo(work.request, status.unauthorized, null), message: why });
  }

  /** A frame is answered with one of its kind. */
  #say({ serializer, isBinary }: Frames, response: Response, elements?: WireElements): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    this.#gather();
    this.#ws.send(serializer.writeResponse(response, elements ?? noElements), { binary: isBinary });
  }

  /** Answers to requests that came together leave together, in one call of the system. */
  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#isGathering = false;
      this.#socket.uncork();
    });
  }

  #send(frames: Frames, response: Response, elements: WireElements | undefined): Promise<void> | undefined {
    this.#say(frames, response, elements);
    if (this.#socket.writableLength <= this.#limits.socketBytesMax) return undefined;
    const late = { ms: this.#limits.stalledMs, giveUp: () => this.#ws.terminate() };
    this.#draining ??= drained(this.#socket, late).finally(() => {
      this.#draining = undefined;
    });
    return this.#draining;
  }
}

interface Frames {
  readonly serializer: Serializer;
  readonly isBinary: boolean;
}

interface Work extends Frames {
  readonly request: Request;
}

/** Under the name of the request, as far as it could be read. */
function unreadable({ code, message, attributes }: Failure, requestId: string | undefined): Response {
  return { requestId, code, message, attributes, data: null, meta: new Map() };
}
