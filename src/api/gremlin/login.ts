/** Who a driver is, at the API's own door: loopback comes in as it is, others show a token, as header or as password. */
import { type Access, isLoopback } from '../access.ts';
import type { GremlinLogin } from './parts.ts';

/** `refused`: a wrong password came from this address. */
export function gremlinLogin(access: Access, refused: (address: string) => void): GremlinLogin {
  return {
    known(request) {
      const { remoteAddress, localAddress } = request.socket;
      if (isLoopback(remoteAddress) && isLoopback(localAddress)) return { name: 'local' };
      return access.accepts(request) ? { name: 'token' } : undefined;
    },
    async check(name, password, request) {
      if (access.isToken(password)) return { name };
      refused(request.socket.remoteAddress ?? '');
      return undefined;
    },
  };
}
