/** The server's sockets: plain, or TLS with a sentence for who speaks plain HTTP to it. */
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TlsKeeper } from '../security/tls.ts';
import type { ApiLog } from './parts.ts';

export function serverFor(
  options: ServerOptions,
  listener: RequestListener,
  { tls, log }: { readonly tls: TlsKeeper | undefined; readonly log: ApiLog },
): Server {
  if (tls === undefined) return createServer(options, listener);
  const server = createSecureServer({ ...options, ...tls.settings, handshakeTimeout: handshakeMs }, listener);
  // What comes first tells: 22 begins a handshake (RFC 8446 §5.1), a letter begins a method.
  const [handshake] = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const late = setTimeout(() => socket.destroy(), handshakeMs);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => clearTimeout(late));
    socket.once('data', (first: Buffer) => {
      clearTimeout(late);
      if (first[0] !== HANDSHAKE) {
        refusePlain(socket);
        return;
      }
      socket.pause();
      socket.unshift(first);
      handshake?.call(server, socket);
    });
  });
  server.on('tlsClientError', (_, socket) => socket.destroy());
  const timer = setInterval(() => {
    try {
      if (tls.refresh()) {
        server.setSecureContext(tls.settings);
        log.info('tls: the certificate was read anew');
      }
    } catch (error) {
      log.warn(`tls: the certificate of before goes on: ${(error as Error).message}`);
    }
  }, refreshMs).unref();
  server.on('close', () => clearInterval(timer));
  return server as unknown as Server;
}

const HANDSHAKE = 22;
const handshakeMs = 10_000;
const refreshMs = 2_000;

function refusePlain(socket: Socket): void {
  const text = 'this port speaks TLS: ask it with https:// (or wss://)\n';
  socket.end(
    'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n' +
      `Content-Length: ${text.length}\r\n\r\n${text}`,
  );
}
