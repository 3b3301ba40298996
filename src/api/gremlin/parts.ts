/** What the Gremlin door needs of the rest: everything comes in as an argument. */
import type { IncomingMessage } from 'node:http';
import type { TraversalSource } from '../../query/gremlin/source.ts';
import type { GValue } from '../../query/gremlin/value/value.ts';
import type { Limits } from '../../query/limits.ts';
import type { Audit } from '../guard.ts';
import type { Identity } from '../identity.ts';
import type { Guesses } from './guesses.ts';
import type { GremlinLimits } from './limits.ts';

export interface GremlinParts {
  /** By the names that requests may alias, for this user; 'g' is the one when they name none. */
  readonly sources: (user: GremlinUser) => ReadonlyMap<string, TraversalSource>;
  readonly login: GremlinLogin;
  /** Left out: the door counts wrong passwords itself. */
  readonly guesses?: Guesses;
  /** Who did what. */
  readonly audit?: Audit | undefined;
  readonly clock: { now(): number; elapsed(): number };
  /** [0, 1) */
  readonly random: () => number;
  readonly log: { info(message: string): void; warn(message: string): void };
  /** What a query in Skydive's spelling (`G.V()…`) gives; absent where there is no network. */
  readonly askSkydive?: (text: string, signal: AbortSignal, user: GremlinUser) => Promise<readonly GValue[]>;
  readonly limits?: Partial<GremlinLimits>;
  /** Of one traversal, besides its time. */
  readonly traversalLimits?: Partial<Omit<Limits, 'timeMs'>>;
}

export interface GremlinUser {
  readonly name: string;
  /** Whose role bounds what it may; absent: everything, where there are no roles. */
  readonly identity?: Identity;
  /** May read alone, whoever it is: by a plain GET, which a page of anyone can make a browser send. */
  readonly readsOnly?: boolean;
}

export interface GremlinLogin {
  /** Who this is by what came with the upgrade or the request; undefined: a name and a password are needed. */
  known(request: IncomingMessage): GremlinUser | undefined;
  /** Undefined: wrong. May take its time. */
  check(name: string, password: string, request: IncomingMessage): Promise<GremlinUser | undefined>;
}
