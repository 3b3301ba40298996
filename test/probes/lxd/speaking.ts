/** A daemon of LXD over a real socket that answers what it is told to, well or badly. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';

export type Answer = (response: ServerResponse) => void;

export class SpokenLxd implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'skein-lxd-'));
  readonly #server = createServer((request, response) => this.#answer(request.url ?? '', response));
  readonly #listeners = new WebSocketServer({ noServer: true });
  readonly #sockets = new Set<Socket>();
  readonly instances = new Map<string, object>();
  readonly states = new Map<string, object>();
  /** Answers by path, without what is asked for; they come before all others. */
  readonly answers = new Map<string, Answer>();
  /** What is done with who wants to hear events, instead of letting it. */
  refuse: ((socket: Socket) => void) | undefined;

  constructor() {
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('upgrade', (request, socket, head) => {
      if (this.refuse) this.refuse(socket as Socket);
      else this.#listeners.handleUpgrade(request, socket, head, (client) => client.on('error', () => undefined));
    });
  }

  get path(): string {
    return join(this.#folder, 'unix.socket');
  }
  get listeners(): number {
    return this.#listeners.clients.size;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(this.path, resolve));
  }

  add(name: string, more: object = {}): void {
    const usual = { name, status: 'Stopped', type: 'container', project: 'default', ephemeral: false, stateful: false };
    this.instances.set(name, { ...usual, ...more });
  }

  say(message: string | Buffer): void {
    for (const client of this.#listeners.clients) client.send(message);
  }

  event(action: string, name: string, more: object = {}): void {
    const metadata = { action: `instance-${action}`, source: `/1.0/instances/${name}`, ...more };
    this.say(JSON.stringify({ type: 'lifecycle', timestamp: '2026-01-01T00:00:00Z', project: 'default', metadata }));
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#listeners.close();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #answer(url: string, response: ServerResponse): void {
    const path = url.split('?')[0] ?? '';
    const answer = this.answers.get(path);
    if (answer) {
      answer(response);
      return;
    }
    const [, name, state] = /^\/1\.0\/(?:instances|containers)\/([^/]+)(\/state)?$/.exec(path) ?? [];
    if (name === undefined) json(response, { metadata: [...this.instances.values()] });
    else {
      const known = state === undefined ? this.instances : this.states;
      const found = known.get(decodeURIComponent(name));
      json(response, found ? { metadata: found } : { error: 'not found' }, found ? 200 : 404);
    }
  }
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
