/** What servers say when they cannot listen, and to upgrades that they do not take. */
import type { Duplex } from 'node:stream';
import { type Mistake, mistake } from '../std/mistake.ts';
import { Unavailable } from '../std/unavailable.ts';

export function cannotListen(host: string, port: number, error: NodeJS.ErrnoException): Unavailable {
  const what = `listening on ${host}:${port} (${error.code ?? error.message})`;
  if (error.code === 'EADDRINUSE') return new Unavailable(what, 'a port that nobody else uses', { cause: error });
  if (error.code === 'EACCES')
    return new Unavailable(what, 'CAP_NET_BIND_SERVICE, or a port above 1023', { cause: error });
  return new Unavailable(what, 'an address of this machine', { cause: error });
}

/** `headers`: name, value, name, value… */
export function needsTls(host: string): Mistake {
  return mistake(
    'api.no-tls',
    `listening on ${host} needs TLS: a token sent in the open is everybody's`,
    'skein cert init makes a certificate, or say --insecure where something before it ends TLS',
  );
}

export function refuseUpgrade(socket: Duplex, status: number, text: string, headers: readonly string[] = []): void {
  const body = `${text}\n`;
  const more = headers.map((word, at) => (at % 2 === 0 ? `${word}: ` : `${word}\r\n`)).join('');
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`,
  );
}
