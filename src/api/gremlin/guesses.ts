/**
 * Wrong passwords of one address: a number of them at once, then one now and then, over all of its connections and by
 * HTTP too. Whoever has none left is refused before the password is looked at, be it right or wrong.
 */
import { BadRequest, status } from './failure.ts';
import type { GremlinLogin } from './parts.ts';

export interface Guesses {
  hasLeft(address: string, name: string): boolean;
  /** One was wrong. */
  take(address: string, name: string): void;
}

export interface GuessCounts {
  passwordsWrong: number;
  guessesRefused: number;
}

/** `check` rejects with a BadRequest (429) when too many were wrong before. */
export function bounded(login: GremlinLogin, guesses: Guesses, counts: GuessCounts): GremlinLogin {
  return {
    known: (request) => login.known(request),
    async check(name, password, request) {
      const address = request.socket.remoteAddress ?? '';
      if (!guesses.hasLeft(address, name)) {
        counts.guessesRefused++;
        throw new BadRequest(status.tooManyRequests, 'too many wrong passwords from this address; wait a minute');
      }
      const user = await login.check(name, password, request);
      if (user === undefined) {
        counts.passwordsWrong++;
        guesses.take(address, name);
      }
      return user;
    },
  };
}
