/** An HTTP client that does next to nothing: one kept connection, requests as ready bytes, answers only measured. */
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly bytes: number;
}

export class KeepAlive {
  readonly #socket: Socket;
  #chunks = 0;
  #left = -1;
  #isChunked = false;
  #status = 0;
  #bytes = 0;
  #tail = '';
  #done: (answer: Answer) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  static open(port: number): Promise<KeepAlive> {
    const socket = connect(port, '127.0.0.1');
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(new KeepAlive(socket)));
      socket.once('error', reject);
    });
  }

  ask(request: Buffer): Promise<Answer> {
    this.#chunks = 0;
    this.#bytes = 0;
    return new Promise((resolve) => {
      this.#done = resolve;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    let body = chunk.length;
    if (this.#chunks++ === 0) {
      const head = chunk.toString('latin1', 0, Math.min(chunk.length, 1024));
      const end = head.indexOf('\r\n\r\n') + 4;
      const length = head.indexOf('Content-Length: ');
      this.#status = Number(head.slice(9, 12));
      this.#isChunked = length < 0 || length > end;
      this.#left = this.#isChunked ? 0 : Number.parseInt(head.slice(length + 16), 10);
      body -= end;
      this.#tail = '';
    }
    this.#bytes += body;
    if (this.#isChunked) {
      this.#tail = (this.#tail + chunk.toString('latin1', Math.max(0, chunk.length - 7))).slice(-7);
      if (this.#tail.endsWith('\r\n0\r\n\r\n')) this.#done({ status: this.#status, bytes: this.#bytes });
    } else if (this.#bytes >= this.#left) this.#done({ status: this.#status, bytes: this.#bytes });
  }
}

export function topologyRequest(query: string): Buffer {
  const body = JSON.stringify({ GremlinQuery: query });
  return Buffer.from(
    `POST /api/topology HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
