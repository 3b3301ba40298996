/** The Gremlin door as a part of the API: its logins are the API's, and `G…` asks the API's queries. */

import type { Slowed } from '../../security/slowed.ts';
import type { Access } from '../access.ts';
import type { Audit } from '../guard.ts';
import type { ApiClock, ApiLog } from '../parts.ts';
import type { Queries } from '../queries.ts';
import { GremlinDoor } from './door.ts';
import { gremlinLogin } from './login.ts';
import type { GremlinParts } from './parts.ts';
import { skydiveAsker } from './skydive.ts';

export interface MountParts {
  readonly access: Access;
  readonly queries: Queries;
  /** Wrong tokens and passwords. */
  readonly slowed: Slowed;
  readonly audit: Audit | undefined;
  readonly clock: ApiClock;
  readonly log: ApiLog;
}

export function mounted(
  gremlin: Pick<GremlinParts, 'sources' | 'random' | 'limits' | 'traversalLimits'>,
  { access, queries, slowed, audit, clock, log }: MountParts,
): GremlinDoor {
  return new GremlinDoor({
    ...gremlin,
    login: gremlinLogin(access, (address, name) => slowed.waitMs(address, name) === 0),
    guesses: {
      hasLeft: (address, name) => slowed.waitMs(address, name) === 0,
      take: (address, name) => slowed.failed(address, name),
    },
    askSkydive: skydiveAsker(queries, audit),
    audit,
    clock,
    log,
  });
}
