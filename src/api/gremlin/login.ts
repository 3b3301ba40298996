/** Who a driver is, at the API's own door: who the request showed to be, or who its name and password say. */
import type { Access } from '../access.ts';
import { type Identity, identityOf } from '../identity.ts';
import type { GremlinLogin, GremlinUser } from './parts.ts';

export function gremlinLogin(access: Access): GremlinLogin {
  return {
    known(request) {
      const identity = identityOf(request);
      return identity && userOf(identity);
    },
    async check(name, password, request) {
      const identity = await access.password(name, password, request);
      return identity && userOf(identity);
    },
  };
}

function userOf(identity: Identity): GremlinUser {
  return { name: identity.name, identity };
}
