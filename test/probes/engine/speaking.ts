/** An engine over a real socket that answers what it is told to, well or badly. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Answer = unknown | ((response: ServerResponse, request: IncomingMessage) => void);

export class SpokenEngine implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'skein-engine-'));
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #listeners = new Set<ServerResponse>();
  readonly containers = new Map<string, object>();
  networks: readonly object[] = [];
  version: object = { ApiVersion: '1.41', MinAPIVersion: '1.12' };
  /** Answers by path, without the version; they come before all others. */
  readonly answers = new Map<string, Answer>();
  /** Paths that were asked for, with their version. */
  readonly asked: string[] = [];

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  get path(): string {
    return join(this.#folder, 'docker.sock');
  }
  get url(): string {
    return `unix://${this.path}`;
  }
  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(this.path, resolve));
  }

  async listenOnTcp(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  add(id: string, more: object = {}): void {
    this.containers.set(id, { Id: id, Name: `/${id.slice(0, 8)}`, State: { Status: 'running', Pid: 0 }, ...more });
  }

  event(action: string, id: string, more: object = {}): void {
    this.say(
      `${JSON.stringify({ Type: 'container', Action: action, Actor: { ID: id }, time: 1_700_000_000, ...more })}\n`,
    );
  }

  say(text: string): void {
    for (const response of this.#listeners) response.write(text);
  }

  /** Ends all connections, as an engine does that is killed. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#listeners.clear();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '';
    this.asked.push(url);
    const path = url.replace(/^\/v[\d.]+/, '');
    const given = this.answers.get(path.split('?')[0] as string);
    if (typeof given === 'function') given(response, request);
    else if (given !== undefined) json(response, given);
    else if (path === '/version') json(response, this.version);
    else if (path.startsWith('/events')) this.#listen(response);
    else if (path === '/networks') json(response, this.networks);
    else if (path.startsWith('/containers/json')) json(response, [...this.containers.values()]);
    else {
      const found = this.containers.get(/^\/containers\/([^/]+)\/json$/.exec(path)?.[1] ?? '');
      if (found) json(response, found);
      else json(response, { message: 'no such container' }, 404);
    }
  }

  #listen(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.flushHeaders();
    this.#listeners.add(response);
    response.on('close', () => this.#listeners.delete(response));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export function json(response: ServerResponse, answer: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
}
