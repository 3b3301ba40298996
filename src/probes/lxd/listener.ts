/** Hears events of LXD over a WebSocket on its own socket (RFC 6455). */
import { WebSocket } from 'ws';

export interface ListenerParts {
  readonly path: string;
  readonly answerMs: number;
  readonly heard: (message: string) => void;
}

/** An event is a line of JSON; the configuration of its instance is not in it. */
const EVENT_BYTES_MAX = 1 << 20;
/** A daemon that is silent for so long is asked whether it is there. */
const SILENT_MS = 15_000;

export class Listener {
  /** Resolves with the reason when it is over. */
  readonly ended: Promise<Error>;
  readonly #socket: WebSocket;

  /** Rejects when nobody answers. */
  static async open({ path, answerMs, heard }: ListenerParts, signal: AbortSignal): Promise<Listener> {
    const socket = new WebSocket(`ws+unix:${path}:/1.0/events?type=lifecycle&all-projects=true`, {
      ...{ handshakeTimeout: answerMs, maxPayload: EVENT_BYTES_MAX, perMessageDeflate: false },
    });
    const listener = new Listener(socket, heard, signal);
    const opened = Promise.withResolvers<undefined>();
    socket.once('open', () => opened.resolve(undefined));
    const error = await Promise.race([opened.promise, listener.ended]);
    if (error) throw error;
    return listener;
  }

  private constructor(socket: WebSocket, heard: (message: string) => void, signal: AbortSignal) {
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.ended = promise;
    let reason = new Error('the daemon has ended the connection');
    let isHeard = true;
    const close = () => socket.terminate();
    const silence = setInterval(() => {
      if (!isHeard) {
        reason = new Error('the daemon is silent');
        close();
      } else if (socket.readyState === WebSocket.OPEN) socket.ping();
      isHeard = false;
    }, SILENT_MS).unref();
    signal.addEventListener('abort', close, { once: true });
    if (signal.aborted) close();
    socket.on('pong', () => {
      isHeard = true;
    });
    socket.on('message', (data, isBinary) => {
      isHeard = true;
      if (!isBinary) heard(String(data));
    });
    socket.on('error', (error) => {
      reason = error;
    });
    socket.on('close', () => {
      clearInterval(silence);
      signal.removeEventListener('abort', close);
      resolve(reason);
    });
  }

  close(): void {
    this.#socket.terminate();
  }
}
