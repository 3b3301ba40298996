/** Who a driver is, at the API's own door: loopback comes in as it is, others show a token, as header or as password. */
import { type Access, isLoopback } from '../access.ts';
import type { GremlinLogin } from './parts.ts';

export function gremlinLogin(access: Access): GremlinLogin {
  return {
    known(request) {
      const { remoteAddress, localAddress } = request.socket;
      if (isLoopback(remoteAddress) && isLoopback(localAddress)) return { name: 'local' };
      return access.accepts(request) ? { name: 'token' } : undefined;
    },
    check: async (name, password) => (access.isToken(password) ? { name } : undefined),
  };
}
