/** A WebSocket that keeps what it hears and can be waited for. */
import { WebSocket } from 'ws';

export interface Heard {
  readonly Namespace: string;
  readonly Type: string;
  readonly UUID: string;
  readonly Status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into messages of every shape
  readonly Obj: any;
  readonly LogRevision?: number;
}

export class TestClient implements AsyncDisposable {
  readonly ws: WebSocket;
  readonly heard: Heard[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  #changed: () => void = () => {};

  private constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on('message', (data) => {
      this.heard.push(JSON.parse(data.toString()));
      this.#changed();
    });
    ws.on('error', () => {});
    ws.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.#changed();
    });
  }

  static open(server: { port: number }, path: string, headers: Record<string, string> = {}): Promise<TestClient> {
    const ws = new WebSocket(`ws://127.0.0.1:${server.port}/ws/${path}`, { headers });
    const client = new TestClient(ws);
    return new Promise((resolve, reject) => {
      ws.once('open', () => resolve(client));
      ws.once('error', reject);
    });
  }

  send(message: object): void {
    this.ws.send(JSON.stringify(message));
  }

  sync(obj: object = {}, uuid = 'sync'): Promise<Heard> {
    this.send({ Namespace: 'Graph', Type: 'SyncRequest', UUID: uuid, Status: 200, Obj: obj });
    return this.until((message) => message.Type === 'SyncReply' && message.UUID === uuid);
  }

  /** The first message that passes, heard already or to come. */
  async until(passes: (message: Heard) => boolean): Promise<Heard> {
    for (;;) {
      const found = this.heard.find(passes);
      if (found) return found;
      await this.#more();
    }
  }

  async untilCount(count: number): Promise<readonly Heard[]> {
    while (this.heard.length < count) await this.#more();
    return this.heard;
  }

  async untilClosed(): Promise<{ readonly code: number; readonly reason: string }> {
    while (!this.closed) await this.#more();
    return this.closed;
  }

  types(): string[] {
    return this.heard.map(({ Type, Obj }) => `${Type} ${Obj?.ID ?? ''}`.trim());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ws.terminate();
    await this.untilClosed();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }
}
