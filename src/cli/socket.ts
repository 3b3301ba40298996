/** One WebSocket to the server, from its opening to its end. */
import { hostname } from 'node:os';
import { type RawData, WebSocket } from 'ws';
import { exitCodes, Failure } from './failure.ts';
import { unreachable } from './http.ts';
import type { Server } from './server.ts';

export interface Listening {
  /** With what is asked in it. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What is said first. */
  readonly hello?: string;
  /** Whole messages that could be read. What it throws ends the connection. */
  readonly onMessage: (message: object) => void;
  readonly onOpen?: () => void;
  readonly signal: AbortSignal;
}

/** Resolves to why it ended; rejects when it cannot be opened, or with what `onMessage` throws. */
export async function listenTo(server: Server, listening: Listening): Promise<string> {
  const { signal, hello, onMessage } = listening;
  const ws = new WebSocket(`${server.url.replace(/^http/, 'ws')}${listening.path}`, {
    headers: {
      'X-Host-ID': `skein-watch.${hostname()}.${process.pid}`,
      'X-Client-Type': 'skein-cli',
      'X-Client-Protocol': 'json',
      ...listening.headers,
      ...(server.token !== undefined && { Authorization: `Bearer ${server.token}` }),
    },
    handshakeTimeout: server.timeoutMs,
    ...(server.ca && { ca: server.ca }),
    maxPayload: 2 ** 31 - 1,
  });
  const stop = () => ws.terminate();
  signal.addEventListener('abort', stop);
  const stopAsking = askWhetherAlive(ws);
  try {
    return await new Promise<string>((resolve, reject) => {
      ws.on('open', () => {
        listening.onOpen?.();
        if (hello !== undefined) ws.send(hello);
      });
      ws.on('message', (data) => {
        const message = messageOf(data);
        if (message === undefined) return;
        try {
          onMessage(message);
        } catch (error) {
          reject(error);
          ws.terminate();
        }
      });
      ws.on('unexpected-response', (_, response) => reject(refused(server, response.statusCode ?? 0)));
      ws.on('error', (error) => reject(unreachable(server, error)));
      ws.on('close', (code, reason) => resolve(reason.toString() || `the connection ended (${code})`));
    });
  } finally {
    signal.removeEventListener('abort', stop);
    stopAsking();
    ws.terminate();
  }
}

/** A way that is cut without a word (a cable, a firewall) is found by asking. */
const pingMs = 15_000;

function askWhetherAlive(ws: WebSocket): () => void {
  let isAnswered = true;
  ws.on('pong', () => {
    isAnswered = true;
  });
  const timer = setInterval(() => {
    if (!isAnswered) ws.terminate();
    else if (ws.readyState === WebSocket.OPEN) {
      isAnswered = false;
      ws.ping();
    }
  }, pingMs);
  return () => clearInterval(timer);
}

function messageOf(data: RawData): object | undefined {
  try {
    const value: unknown = JSON.parse(data.toString());
    return typeof value === 'object' && value !== null && 'Type' in value ? value : undefined;
  } catch {
    return undefined;
  }
}

function refused(server: Server, status: number): Failure {
  if (status === 403)
    return new Failure(exitCodes.unreachable, `${server.url} refuses: the role of this token is not enough`);
  if (status === 401) {
    const hint = 'its token: --token-file FILE, or SKEIN_TOKEN';
    return new Failure(exitCodes.unreachable, `${server.url} wants a token`, hint);
  }
  return new Failure(exitCodes.unreachable, `${server.url} does not let us watch (status ${status})`);
}
