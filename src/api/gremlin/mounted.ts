/** The Gremlin door as a part of the API: its logins are the API's, and `G…` asks the API's queries. */
import type { Access } from '../access.ts';
import type { ApiClock, ApiLog } from '../parts.ts';
import type { Queries } from '../queries.ts';
import type { Rate } from '../rate.ts';
import { GremlinDoor } from './door.ts';
import { gremlinLogin } from './login.ts';
import type { GremlinParts } from './parts.ts';
import { skydiveAsker } from './skydive.ts';

export interface MountParts {
  readonly access: Access;
  readonly queries: Queries;
  /** Wrong tokens, by address. */
  readonly refusals: Rate;
  readonly clock: ApiClock;
  readonly log: ApiLog;
}

export function mounted(
  gremlin: Pick<GremlinParts, 'sources' | 'random' | 'limits' | 'traversalLimits'>,
  { access, queries, refusals, clock, log }: MountParts,
): GremlinDoor {
  return new GremlinDoor({
    ...gremlin,
    login: gremlinLogin(access),
    guesses: {
      hasLeft: (address) => refusals.hasLeft(address, clock.elapsed()),
      take: (address) => refusals.take(address, clock.elapsed()),
    },
    askSkydive: skydiveAsker(queries),
    clock,
    log,
  });
}
