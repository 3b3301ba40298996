/** Asks an engine of containers (Docker Engine API, which Podman speaks too) over HTTP. */
import { Agent, type IncomingMessage, request } from 'node:http';
import type { EngineAddress } from './address.ts';
import { chooseVersion } from './version.ts';

/** An answer that is none: refused, too long, or not what was asked for. The engine is there, and others may be well. */
export class BadAnswer extends Error {
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.name = 'BadAnswer';
    this.status = status;
  }
}

export interface EngineLimits {
  /** How long an answer may take, whole. */
  readonly answerMs: number;
}

/** How many questions are asked at once. */
export const AT_ONCE = 8;
/** One thing is described in less. */
export const ANSWER_BYTES_MAX = 4 << 20;
/** All things are listed in less. */
export const LIST_BYTES_MAX = 64 << 20;

export class EngineClient {
  readonly #address: EngineAddress;
  readonly #limits: EngineLimits;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  #prefix = '';

  constructor(address: EngineAddress, limits: EngineLimits) {
    this.#address = address;
    this.#limits = limits;
  }

  /** Learns which version of the API is spoken. Any engine will do. */
  async greet(signal: AbortSignal): Promise<void> {
    this.#prefix = '';
    const version = chooseVersion(await this.get('/version', signal));
    this.#prefix = version === undefined ? '' : `/v${version}`;
  }

  /** Throws BadAnswer, or whatever ended the connection. */
  async get(path: string, signal: AbortSignal, bytesMax = ANSWER_BYTES_MAX): Promise<unknown> {
    const limit = AbortSignal.timeout(this.#limits.answerMs);
    const response = await this.#ask(path, AbortSignal.any([signal, limit]), limit, this.#agent);
    const text = await readBody(response, bytesMax, limit);
    if (response.statusCode !== 200) throw new BadAnswer(`status ${response.statusCode}`, response.statusCode);
    try {
      return JSON.parse(text);
    } catch {
      throw new BadAnswer('not JSON');
    }
  }

  /** What goes on until someone ends it. Only its head has to come in time. */
  async stream(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.#limits.answerMs).unref();
    try {
      // A connection of its own: it is not given back.
      const response = await this.#ask(path, AbortSignal.any([signal, late.signal]), late.signal, false);
      if (response.statusCode === 200) return response;
      response.destroy();
      throw new BadAnswer(`status ${response.statusCode}`, response.statusCode);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #ask(path: string, signal: AbortSignal, limit: AbortSignal, agent: Agent | false): Promise<IncomingMessage> {
    const where = 'path' in this.#address ? { socketPath: this.#address.path } : this.#address;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const asked = request(
      {
        ...where,
        agent,
        path: `${this.#prefix}${path}`,
        headers: { Host: 'engine', Accept: 'application/json' },
        signal,
      },
      resolve,
    );
    asked.on('error', (error) => reject(limit.aborted ? new Error('no answer in time') : error));
    asked.end();
    return promise;
  }
}

async function readBody(response: IncomingMessage, bytesMax: number, limit: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // Leaving the loop destroys the connection.
      if (bytes > bytesMax) throw new BadAnswer(`longer than ${bytesMax} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw limit.aborted ? new Error('no answer in time') : error;
  }
  return Buffer.concat(chunks).toString('utf8');
}
