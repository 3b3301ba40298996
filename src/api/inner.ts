/**
 * Requests that never leave the process, in the name of somebody we know: what a workflow asks is answered as it would
 * be for whoever called it, by the same code and with the same refusals.
 */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import type { Identity } from './identity.ts';

export interface InnerRequest {
  readonly method: string;
  readonly path: string;
  /** JSON text. */
  readonly body?: string;
}

export interface InnerAnswer {
  readonly status: number;
  readonly text: string;
}

/** Of one answer: nobody inside is helped by more. */
const answerBytesMax = 32 * 1024 * 1024;

export class Inner {
  readonly #identities = new WeakMap<Duplex, Identity>();
  readonly #server: ReturnType<typeof createServer>;

  constructor(answer: (request: IncomingMessage, response: ServerResponse, identity: Identity) => void) {
    // It listens nowhere: connections are handed to it.
    this.#server = createServer((request, response) => {
      const identity = this.#identities.get(request.socket);
      if (identity === undefined) response.destroy();
      else answer(request, response, identity);
    });
  }

  ask(identity: Identity, { method, path, body }: InnerRequest, signal: AbortSignal): Promise<InnerAnswer> {
    const [ours, theirs] = duplexPair();
    this.#identities.set(theirs, identity);
    // What a socket has, and a stream has not: who asks from inside takes what it is given, or ends.
    Object.assign(theirs, { setTimeout: () => theirs });
    this.#server.emit('connection', theirs);
    const { promise, resolve, reject } = Promise.withResolvers<InnerAnswer>();
    const headers = {
      host: 'localhost',
      connection: 'close',
      ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    const asked = httpRequest({ method, path, headers, signal, createConnection: () => ours }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > answerBytesMax) asked.destroy(new Error(`an answer larger than ${answerBytesMax} bytes`));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 500, text: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
    return promise.finally(() => {
      ours.destroy();
      theirs.destroy();
    });
  }
}
