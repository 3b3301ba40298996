/** A database that says what a test wants, and remembers what it was asked. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JsonFrames } from '../../src/ovsdb/frames.ts';

export interface Asked {
  readonly id: unknown;
  readonly method?: string;
  readonly params?: readonly unknown[];
  readonly result?: unknown;
}

export class ScriptedDatabase implements AsyncDisposable {
  readonly asked: Asked[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), 'skein-ovsdb-'));
  /** By method: the result of a question; a method that is absent is not known. */
  answers: Record<string, (params: readonly unknown[]) => unknown> = {};
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();

  get path(): string {
    return join(this.folder, 'db.sock');
  }

  async listen(): Promise<void> {
    this.#server = createServer((socket) => this.#serve(socket));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.listen(this.path, resolve);
    await promise;
  }

  tell(method: string, params: readonly unknown[], id: unknown = null): void {
    for (const socket of this.#sockets) socket.write(JSON.stringify({ id, method, params }));
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #serve(socket: Socket): void {
    const frames = new JsonFrames({ bytesMax: 1_000_000 });
    this.#sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
    socket.on('data', (data) => {
      for (const text of frames.push(data)) {
        const asked: Asked = JSON.parse(text);
        this.asked.push(asked);
        if (asked.method === undefined) continue;
        const answer = this.answers[asked.method];
        const outcome = answer
          ? { result: answer(asked.params ?? []), error: null }
          : { result: null, error: { error: 'unknown method' } };
        socket.write(JSON.stringify({ id: asked.id, ...outcome }));
      }
    });
  }
}
