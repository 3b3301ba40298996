/** Who a driver is, at the API's own door: loopback comes in as it is, others show a token, as header or as password. */
import type { IncomingMessage } from 'node:http';
import { type Access, isLoopback } from '../access.ts';
import type { GremlinLogin } from './parts.ts';

/** `refused`: a wrong password came from this address. */
export function gremlinLogin(access: Access, refused: (address: string) => void): GremlinLogin {
  return {
    known(request) {
      const { remoteAddress, localAddress } = request.socket;
      const readsOnly = isPlainGet(request);
      if (isLoopback(remoteAddress) && isLoopback(localAddress)) return { name: 'local', readsOnly };
      return access.accepts(request) ? { name: 'token', readsOnly } : undefined;
    },
    async check(name, password, request) {
      if (access.isToken(password)) return { name, readsOnly: isPlainGet(request) };
      refused(request.socket.remoteAddress ?? '');
      return undefined;
    },
  };
}

/** A WebSocket begins with a GET too, and says where the page is from. */
function isPlainGet({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade === undefined;
}
