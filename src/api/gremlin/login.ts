/** Who a driver is, at the API's own door: who the request showed to be, or who its name and password say. */
import { PasswordsBusy } from '../../security/access-book.ts';
import type { Access } from '../access.ts';
import { type Identity, identityOf } from '../identity.ts';
import { BadRequest, status } from './failure.ts';
import type { GremlinLogin, GremlinUser } from './parts.ts';

/** `mayGuess`: of an address and a name, once more when their turn has come. */
export function gremlinLogin(
  access: Access,
  mayGuess: (address: string, name: string) => boolean = () => true,
): GremlinLogin {
  return {
    known(request) {
      const identity = identityOf(request);
      return identity && userOf(identity);
    },
    async check(name, password, request) {
      const address = request.socket.remoteAddress ?? '';
      try {
        const identity = await access.password(name, password, request, () => mayGuess(address, name));
        return identity && userOf(identity);
      } catch (error) {
        if (!(error instanceof PasswordsBusy)) throw error;
        throw new BadRequest(status.tooManyRequests, 'too many passwords are looked at, or were wrong; wait a second');
      }
    },
  };
}

function userOf(identity: Identity): GremlinUser {
  return { name: identity.name, identity };
}
