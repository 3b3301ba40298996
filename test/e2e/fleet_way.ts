/** A way between two ends over TCP that can be cut, go silent, lie and be full; on loopback, of any namespace. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

export type WayState = 'open' | 'away' | 'silent' | 'full';

/** Hears what passes, before anything happens to it: a listener for each direction, made for each connection. */
export type Listening = () => { readonly up: (bytes: Buffer) => void; readonly down: (bytes: Buffer) => void };

export class Way implements AsyncDisposable {
  /** Where it begins, on 127.0.0.1 of its namespace. */
  readonly port: number;
  /** Where it leads, on 127.0.0.1 here. */
  to: number;
  readonly #server: Server;
  readonly #listening: Listening | undefined;
  readonly #open = new Set<Socket>();
  readonly #busy = createHttpServer((request, response) => {
    request.resume();
    const error = { type: 'es_rejected_execution_exception', reason: 'rejected execution: queue capacity = 0' };
    response.writeHead(429, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
    response.end(JSON.stringify({ error, status: 429 }));
  });
  #state: WayState = 'open';
  #wrongEvery = 0;
  #untilWrong = 0;
  /** Bytes that came out as others than they went in. */
  wrong = 0;

  private constructor(server: Server, to: number, listening: Listening | undefined) {
    this.#server = server;
    this.to = to;
    this.#listening = listening;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket: Socket) => this.#taken(socket));
  }

  static async open(to: number, { netns, listening }: { netns?: string; listening?: Listening } = {}): Promise<Way> {
    return new Way(netns === undefined ? await listeningHere() : await listeningIn(netns), to, listening);
  }

  get state(): WayState {
    return this.#state;
  }

  /** Away: who knocks is turned away. Silent: nothing passes, and nobody is told. Full: HTTP is answered with 429. */
  set(state: WayState): void {
    const before = this.#state;
    this.#state = state;
    if (state === 'silent') for (const socket of this.#open) socket.pause();
    else if (before === 'silent') for (const socket of this.#open) socket.resume();
    if (state === 'away' || state === 'full' || before === 'full') this.cut();
  }

  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }

  /** About one byte of so many comes out as another; 0: none. */
  distort(every: number): void {
    this.#wrongEvery = every;
    this.#untilWrong = every;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#busy.close();
    this.#busy.closeAllConnections();
    this.cut();
  }

  #taken(from: Socket): void {
    if (this.#state === 'away') {
      from.destroy();
      return;
    }
    if (this.#state === 'full') {
      this.#busy.emit('connection', from);
      this.#keep(from);
      return;
    }
    const to = connect(this.to, '127.0.0.1');
    const hears = this.#listening?.();
    this.#pass(from, to, hears?.up);
    this.#pass(to, from, hears?.down);
  }

  #pass(from: Socket, to: Socket, hear: ((bytes: Buffer) => void) | undefined): void {
    this.#keep(from);
    from.setNoDelay(true);
    from.on('data', (bytes: Buffer) => {
      hear?.(bytes);
      if (!to.write(this.#distorted(bytes))) from.pause();
    });
    to.on('drain', () => {
      if (this.#state !== 'silent') from.resume();
    });
    from.on('close', () => to.destroy());
    if (this.#state === 'silent') from.pause();
  }

  #keep(socket: Socket): void {
    this.#open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#open.delete(socket));
  }

  #distorted(bytes: Buffer): Buffer {
    if (this.#wrongEvery === 0) return bytes;
    this.#untilWrong -= bytes.length;
    if (this.#untilWrong > 0) return bytes;
    const at = Math.max(0, bytes.length - 1 + this.#untilWrong);
    this.#untilWrong = this.#wrongEvery;
    const other = Buffer.from(bytes);
    other[at] = (other[at] as number) ^ 0x10;
    this.wrong++;
    return other;
  }
}

/** Ends TLS before `to`: what was distorted on its way is found out here. */
export async function tlsEnd(to: number, pair: { readonly key: string; readonly cert: string }, listening?: Listening) {
  const open = new Set<Socket>();
  const server = createTlsServer({ ...pair }, (from) => {
    const next = connect(to, '127.0.0.1');
    const hears = listening?.();
    for (const [one, other, hear] of [
      [from, next, hears?.up],
      [next, from, hears?.down],
    ] as const) {
      open.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.on('data', (bytes: Buffer) => {
        hear?.(bytes);
        if (!other.write(bytes)) one.pause();
      });
      other.on('drain', () => one.resume());
    }
  });
  // Whoever breaks off in the middle of a handshake.
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

async function listeningHere(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** A socket stays in the namespace in which it was made, whoever has it afterwards. */
async function listeningIn(netns: string): Promise<Server> {
  const made = `const server = require('net').createServer().listen(0, '127.0.0.1', () =>
    process.send('made', server, () => process.exit()))`;
  const child = spawn('ip', ['netns', 'exec', netns, process.execPath, '-e', made], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const [, server] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`nobody can listen in ${netns}`))),
  ])) as [string, Server];
  return server;
}
