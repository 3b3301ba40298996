/** A Gremlin server with toy graphs on a free port, and a client that sees its messages one by one. */
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { graphBinaryClient } from '../../../src/api/gremlin/graphbinary/serializer.ts';
import { graphsonClient } from '../../../src/api/gremlin/graphson/serializer.ts';
import type { GremlinLimits } from '../../../src/api/gremlin/limits.ts';
import { type Request, type Response, writeFrame } from '../../../src/api/gremlin/message.ts';
import type { GremlinLogin } from '../../../src/api/gremlin/parts.ts';
import { createGremlinServer } from '../../../src/api/gremlin/server.ts';
import type { TraversalSource } from '../../../src/query/gremlin/source.ts';
import { GMap } from '../../../src/query/gremlin/value/collections.ts';
import type { GValue } from '../../../src/query/gremlin/value/value.ts';
import { sourceOf } from '../../query/gremlin/asked.ts';
import { empty, grateful, modern, type Toy } from '../../query/gremlin/toys.ts';

export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly httpUrl: string;
  readonly port: number;
  readonly warnings: readonly string[];
}

export async function serve(
  more: {
    limits?: Partial<GremlinLimits>;
    login?: GremlinLogin;
    graphs?: Readonly<Record<string, Toy | TraversalSource>>;
  } = {},
): Promise<Served> {
  const graphs = more.graphs ?? { g: empty(), gmodern: modern(), ggrateful: grateful() };
  const sources = new Map(Object.entries(graphs).map(([name, graph]) => [name, sourceOf(graph)]));
  const warnings: string[] = [];
  const server = createGremlinServer({
    sources: () => sources,
    login: more.login ?? anyone,
    clock: { now: () => Date.now(), elapsed: () => performance.now() },
    random: Math.random,
    log: { info: () => undefined, warn: (text) => warnings.push(text) },
    hasPassword: more.login !== undefined,
    hostNames: [],
    ...(more.limits && { limits: more.limits }),
  });
  const { port } = await server.listen('127.0.0.1', 0);
  return {
    url: `ws://127.0.0.1:${port}/gremlin`,
    httpUrl: `http://127.0.0.1:${port}/gremlin`,
    port,
    warnings,
    [Symbol.asyncDispose]: () => server.close(),
  };
}

const anyone: GremlinLogin = { known: () => ({ name: 'anyone' }), check: async (name) => ({ name }) };

export const formats = { graphbinary: graphBinaryClient, graphson: graphsonClient } as const;
export type Format = keyof typeof formats;

/** One WebSocket. Messages are kept by request, in the order in which they came. */
export class Driver implements AsyncDisposable {
  readonly ws: WebSocket;
  readonly #format: Format;
  readonly #waiting = new Map<string, (response: Response) => void>();

  private constructor(ws: WebSocket, format: Format) {
    this.ws = ws;
    this.#format = format;
    ws.on('message', (data: Buffer) => {
      const response = formats[format].readResponse(data);
      this.#waiting.get(response.requestId ?? '')?.(response);
    });
  }

  static async open(
    url: string,
    format: Format = 'graphbinary',
    options: { headers?: Record<string, string> } = {},
  ): Promise<Driver> {
    const ws = new WebSocket(url, { perMessageDeflate: false, ...options });
    await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject));
    return new Driver(ws, format);
  }

  /** All messages that answer a script. */
  script(gremlin: string, more: Readonly<Record<string, GValue>> = {}, alias = 'gmodern'): Promise<Response[]> {
    const args = { gremlin, aliases: new GMap([['g', alias]]), ...more };
    return this.send({ requestId: randomUUID(), op: 'eval', processor: '', args: new Map(Object.entries(args)) });
  }

  send(request: Request): Promise<Response[]> {
    const all: Response[] = [];
    const answered = new Promise<Response[]>((resolve) => {
      this.#waiting.set(request.requestId, (response) => {
        all.push(response);
        if (response.code !== 206 && response.code !== 407) resolve(all);
      });
    });
    const format = formats[this.#format];
    this.ws.send(writeFrame({ mime: format.mime, payload: format.writeRequest(request) }));
    return answered;
  }

  /** Messages that answer no request that could be read. */
  unasked(): Promise<Response> {
    return new Promise((resolve) => this.#waiting.set('', resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.ws.readyState === WebSocket.CLOSED) return;
    await new Promise((resolve) => {
      this.ws.once('close', resolve);
      this.ws.close();
    });
  }
}
