/** Before anything of a request is looked at: not too often, not too many wrong guesses, somebody we know, who may do it. */
import type { IncomingMessage } from 'node:http';
import { roleFor } from '../security/role.ts';
import type { Slowed } from '../security/slowed.ts';
import { type Access, type Found, isLoopback } from './access.ts';
import type { Counts } from './counts.ts';
import { shownBy } from './credentials.ts';
import type { Audit } from './guard.ts';
import { type Identity, identify, may } from './identity.ts';
import type { ApiLimits } from './limits.ts';
import { neededFor, pathOf } from './needs.ts';
import type { ApiClock } from './parts.ts';
import { Rate } from './rate.ts';

export interface Refused {
  readonly status: number;
  readonly text: string;
  /** Name, value, name, value… */
  readonly headers: readonly string[];
}

export interface AdmissionParts {
  readonly access: Access;
  readonly slowed: Slowed;
  readonly counts: Counts;
  readonly limits: ApiLimits;
  readonly clock: ApiClock;
  readonly audit: Audit | undefined;
  readonly hasGremlin: boolean;
}

export class Admission {
  readonly #parts: AdmissionParts;
  readonly #rate: Rate;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
    this.#rate = new Rate({ perSecond: parts.limits.requestsPerSecond });
  }

  /** Undefined: come in; who it is, is known from here on. */
  decide(request: IncomingMessage): Refused | undefined | Promise<Refused | undefined> {
    const { access, slowed, counts, limits, clock } = this.#parts;
    const { remoteAddress: address = '' } = request.socket;
    if (!isLoopback(address) && !this.#rate.take(address, clock.elapsed())) {
      counts.refusal('rate');
      const text = `more than ${limits.requestsPerSecond} requests a second from one address`;
      return { status: 429, text, headers: ['Retry-After', '1'] };
    }
    // Health is for whoever runs us, and tells nothing.
    if (request.url === '/healthz' || request.url === '/readyz') return undefined;
    const { tokens, password } = shownBy(request);
    if (tokens.length > 0 || password !== undefined) {
      const waitMs = slowed.waitMs(address, password?.name);
      if (waitMs > 0) return this.tooMany(waitMs);
    }
    const found = access.find(request, () => slowed.waitMs(address, password?.name) === 0);
    return found instanceof Promise
      ? found.then((later) => this.#decided(request, later))
      : this.#decided(request, found);
  }

  tooMany(waitMs: number): Refused {
    this.#parts.counts.refusal('rate');
    const seconds = Math.ceil(waitMs / 1000);
    const text = `too many wrong tokens or passwords; wait ${seconds} s`;
    return { status: 429, text, headers: ['Retry-After', String(seconds)] };
  }

  #decided(request: IncomingMessage, found: Found): Refused | undefined {
    if ('refusal' in found) return this.#refused(request, found.refusal);
    const { identity } = found;
    const refused = this.admits(request, identity);
    if (refused) return refused;
    const name = shownBy(request).password?.name;
    if (identity.kind === 'user') this.#parts.slowed.succeeded(name);
    identify(request, identity);
    return undefined;
  }

  /** Whether who it is may do it. */
  admits(request: IncomingMessage, identity: Identity): Refused | undefined {
    const { method = 'GET', url = '/' } = request;
    const needed = neededFor(method, url);
    if (!may(identity, needed)) {
      const what = `${method} ${pathOf(url).slice(0, 100)}`;
      this.#note(identity, what);
      this.#parts.counts.refusal('role');
      const text = `${what} needs the role ${roleFor(needed)}; ${identity.name} has the role ${identity.role}`;
      return { status: 403, text, headers: [] };
    }
    return undefined;
  }

  #refused(request: IncomingMessage, refusal: Extract<Found, { refusal: unknown }>['refusal']): Refused | undefined {
    const { access, slowed, counts, hasGremlin } = this.#parts;
    const isDriver = hasGremlin && isGremlin(request);
    if (refusal.reason === 'token') {
      // Who comes to fetch a cookie has no token to show yet; drivers log in with their first message.
      const comesToLogIn = isDriver || (pathOf(request.url ?? '') === '/login' && !refusal.isGuess);
      if (comesToLogIn && access.pageRefusal(request) === undefined) return undefined;
    }
    counts.refusal(refusal.reason === 'busy' ? 'rate' : refusal.reason);
    if (refusal.isGuess) {
      const name = shownBy(request).password?.name;
      slowed.failed(request.socket.remoteAddress ?? '', name);
      this.#note({ name: name ?? 'a token', kind: 'nobody', address: request.socket.remoteAddress ?? '' }, 'come in');
    }
    const { status, text } = refusal;
    if (status === 429) return { status, text, headers: ['Retry-After', '1'] };
    return { status, text, headers: status === 401 ? ['WWW-Authenticate', 'Bearer, Basic realm="skein"'] : [] };
  }

  #note(who: Pick<Identity, 'name' | 'address'> & { kind: Identity['kind'] | 'nobody'; role?: string }, what: string) {
    const { name, kind, role, address } = who;
    this.#parts.audit?.({ who: name, kind, ...(role !== undefined && { role }), address, what, outcome: 'refused' });
  }
}

export function isGremlin({ url = '' }: IncomingMessage): boolean {
  return url === '/gremlin' || url.startsWith('/gremlin?');
}
