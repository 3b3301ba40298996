/** Gremlin over HTTP, as Gremlin Server 3.x has it: `GET ?gremlin=…`, `POST {"gremlin": …}`, and a driver's own messages. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GValue } from '../../query/gremlin/value/value.ts';
import { stackOf } from '../../std/stack-of.ts';
import { readBytes } from '../body.ts';
import { guardHeaders } from '../reply.ts';
import type { Answering, Outlet } from './answering.ts';
import { writtenMax } from './codec-limits.ts';
import { BadRequest, failureOf, status } from './failure.ts';
import { parseJson } from './graphson/parse-json.ts';
import { graphson } from './graphson/serializer.ts';
import { requestOfBody, requestOfQuery } from './http-request.ts';
import type { GremlinLimits } from './limits.ts';
import type { Request, Response } from './message.ts';
import { noElements } from './no-elements.ts';
import type { GremlinParts, GremlinUser } from './parts.ts';
import { readBasic } from './sasl.ts';
import type { PieceSerializer, Serializer } from './serializer.ts';
import { serializerFor } from './serializers.ts';
import { textPlain } from './text-plain.ts';
import { tooLarge } from './too-large.ts';
import type { WireElements } from './wire-elements.ts';

export class HttpDoor {
  readonly #parts: GremlinParts;
  readonly #limits: GremlinLimits;
  readonly #answering: Answering;

  constructor(parts: GremlinParts, limits: GremlinLimits, answering: Answering) {
    this.#parts = parts;
    this.#limits = limits;
    this.#answering = answering;
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    this.admit(request, response, (user) => this.#read(request, response, user));
  }

  /** Others are answered here: a name and a password are needed, or there were too many wrong ones. */
  admit(request: IncomingMessage, response: ServerResponse, then: (user: GremlinUser) => void): void {
    this.#user(request).then(
      (user) => {
        if (user === undefined)
          refuse(response, 401, 'a name and a password are needed (HTTP Basic)', [
            'WWW-Authenticate',
            'Basic realm="gremlin"',
          ]);
        else then(user);
      },
      (error) => {
        if (error instanceof BadRequest) refuse(response, httpStatus(error.code), error.message);
        else this.#broken(response, error);
      },
    );
  }

  async #user(request: IncomingMessage): Promise<GremlinUser | undefined> {
    const known = this.#parts.login.known(request);
    if (known !== undefined) return known;
    const credentials = readBasic(request.headers.authorization);
    return credentials && this.#parts.login.check(credentials.name, credentials.password, request);
  }

  #read(request: IncomingMessage, response: ServerResponse, user: GremlinUser): void {
    const { method = 'GET', url = '/' } = request;
    if (method === 'GET') {
      const asked = () => requestOfQuery(new URL(url, 'http://localhost').searchParams);
      this.#answer(asked, request, response, { ...user, readsOnly: true });
      return;
    }
    if (method !== 'POST') {
      refuse(response, 405, 'GET and POST are understood', ['Allow', 'GET, POST']);
      request.resume();
      return;
    }
    readBytes(request, this.#limits.messageBytesMax, (fault, bytes) => {
      if (fault !== undefined) {
        const limit = fault.status === 413 ? ' (limit messageBytesMax)' : '';
        refuse(response, fault.status, `${fault.text}${limit}`);
        request.resume();
        return;
      }
      const type = (request.headers['content-type'] ?? 'application/json').toLowerCase();
      if (type.includes('graphbinary')) {
        const serializer = serializerFor(type);
        this.#answer(() => serializer.readRequest(bytes), request, response, user, serializer);
        return;
      }
      this.#answer(() => requestOfJson(bytes), request, response, user);
    });
  }

  #answer(
    read: () => Request,
    request: IncomingMessage,
    response: ServerResponse,
    user: GremlinUser,
    serializer?: Serializer,
  ): void {
    let asked: Request;
    try {
      asked = read();
    } catch (error) {
      const { message } = failureOf(error, status.invalidArguments);
      refuse(response, 400, message);
      return;
    }
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const accept = (request.headers.accept ?? '').toLowerCase();
    const outlet: Outlet = new HttpOutlet(response, serializer, accept, gone.signal);
    this.#answering.answer(asked, user, outlet)?.catch((error) => this.#broken(response, error));
  }

  #broken(response: ServerResponse, error: unknown): void {
    this.#parts.log.warn(`gremlin: ${stackOf(error)}`);
    refuse(response, 500, 'internal error; the log of the server has more');
  }
}

/** One answer holds everything: what each batch gives is written when it comes, and sent at the end. */
class HttpOutlet implements Outlet {
  readonly signal: AbortSignal;
  readonly #response: ServerResponse;
  readonly #serializer: Serializer | undefined;
  readonly #accept: string;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;
  /** For a driver's own format, which is written in one piece. */
  readonly #data: GValue[] = [];
  readonly #bulks: number[] = [];

  constructor(response: ServerResponse, serializer: Serializer | undefined, accept: string, signal: AbortSignal) {
    this.#response = response;
    this.#serializer = serializer ?? (accept.includes('graphbinary') ? serializerFor(accept) : undefined);
    this.#accept = accept;
    this.signal = signal;
  }

  send(part: Response, elements: WireElements = noElements): Promise<void> | undefined {
    if (part.data !== null && this.#serializer !== undefined) {
      for (const value of part.data) this.#data.push(value);
      for (const bulk of part.bulks ?? []) this.#bulks.push(bulk);
    } else if (part.data !== null && part.data.length > 0) this.#piece(part, elements);
    if (part.code !== status.partial) this.#finish(part, elements);
    return undefined;
  }

  #piece(part: Response, elements: WireElements): void {
    const text = this.#isText ? textPlain(part.data ?? [], elements) : this.#json.writeItems(part, elements);
    const piece = Buffer.from(this.#pieces.length === 0 ? text : (this.#isText ? '\n' : ',') + text);
    this.#bytes += piece.length;
    if (this.#bytes > writtenMax) throw tooLarge();
    this.#pieces.push(piece);
  }

  #finish(last: Response, elements: WireElements): void {
    const response = this.#response;
    const serializer = this.#serializer;
    // Nothing is an empty list here, and the end of a long answer may hold nothing.
    const code = last.code === status.noContent ? status.success : last.code;
    if (serializer !== undefined) {
      const data = code >= 400 ? last.data : this.#data;
      const whole = { ...last, code, data, ...(this.#bulks.length > 0 && { bulks: this.#bulks }) };
      write(response, 200, serializer.mime, [serializer.writeResponse(whole, elements)]);
    } else if (code >= 400) {
      write(response, httpStatus(code), 'application/json', [Buffer.from(errorBody(last))]);
    } else if (this.#isText) write(response, 200, 'text/plain; charset=utf-8', this.#pieces);
    else {
      const { before, after } = this.#json.writeAround({ ...last, code });
      write(response, 200, this.#json.mime, [Buffer.from(before), ...this.#pieces, Buffer.from(after)]);
    }
  }

  get #isText(): boolean {
    return this.#accept.startsWith('text/plain');
  }

  get #json(): PieceSerializer {
    return this.#accept.includes('types=false') ? graphson.untyped : graphson.typed;
  }
}

function requestOfJson(bytes: Buffer): Request {
  const value = parseJson(bytes.toString('utf8'));
  // A driver's own message, sent by HTTP.
  if (typeof value === 'object' && value !== null && 'op' in value)
    return serializerFor('application/json').readRequest(bytes);
  return requestOfBody(value);
}

function httpStatus(code: number): number {
  if (code === status.malformed || code === status.invalidArguments) return 400;
  if (code === status.unauthorized || code === status.forbidden) return code;
  return code === status.tooManyRequests ? 429 : 500;
}

function errorBody({ requestId, message, attributes }: Response): string {
  const exceptions = attributes.get('exceptions') ?? [];
  const [name] = exceptions as readonly string[];
  return JSON.stringify({
    message,
    'Exception-Class': name,
    exceptions,
    stackTrace: attributes.get('stackTrace'),
    requestId,
  });
}

function refuse(response: ServerResponse, code: number, message: string, more: readonly string[] = []): void {
  write(response, code, 'application/json', [Buffer.from(JSON.stringify({ message }))], more);
}

function write(
  response: ServerResponse,
  code: number,
  type: string,
  pieces: readonly Buffer[],
  more: readonly string[] = [],
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  response.writeHead(code, [...guardHeaders, 'Content-Type', type, 'Content-Length', String(length), ...more]);
  for (const piece of pieces) response.write(piece);
  response.end();
}
