/**
 * Who may come in, and as whom. Loopback needs no token (unless it is told otherwise), any other address does. Two tricks
 * of web pages are refused: a name that was made to point at loopback (DNS rebinding: the Host header), and a request from
 * another page (the Origin header).
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { type AccessBook, PasswordsBusy } from '../security/access-book.ts';
import { digestOf, isOurs, isSameDigest, prefixes } from '../security/secret.ts';
import { Sessions } from '../security/sessions.ts';
import { type Shown, shownBy } from './credentials.ts';
import type { Identity } from './identity.ts';
import type { AccessRules } from './parts.ts';

export interface AccessRefusal {
  readonly status: 401 | 403 | 421 | 429;
  readonly reason: 'token' | 'host' | 'origin' | 'agent' | 'busy';
  readonly text: string;
  /** Something was shown, and it was wrong. */
  readonly isGuess?: true;
}

export interface AgentToken {
  readonly name: string;
  /** The only one that may come in by it; undefined: any. */
  readonly host: string | undefined;
  readonly isStillGood: () => boolean;
}

export type Found = { readonly identity: Identity } | { readonly refusal: AccessRefusal };

export class Access {
  readonly #digests: readonly string[];
  readonly #names: ReadonlySet<string>;
  readonly #book: AccessBook | undefined;
  readonly #loopback: NonNullable<AccessRules['loopback']>;
  readonly #sessions: Sessions<Omit<Identity, 'address'>>;

  constructor({ tokens, hostNames, book, loopback = 'admin' }: AccessRules, elapsed: () => number) {
    this.#digests = tokens.map(digestOf);
    this.#names = new Set(['localhost', ...hostNames.map((name) => name.toLowerCase())]);
    this.#book = book;
    this.#loopback = loopback;
    this.#sessions = new Sessions(elapsed);
  }

  get hasTokens(): boolean {
    return this.#digests.length > 0 || this.#book?.isEmpty === false;
  }

  /** A promise when a password has to be computed; `mayGuess` is asked when its turn has come. */
  find(request: IncomingMessage, mayGuess?: () => boolean): Found | Promise<Found> {
    const shown = shownBy(request);
    const who = this.#byTokens(shown, request);
    if (who !== undefined || shown.password === undefined || this.#book === undefined)
      return this.#found(who, shown, request);
    const { name, password } = shown.password;
    return this.password(name, password, request, mayGuess).then(
      (user) => this.#found(user, shown, request),
      (error: unknown) => {
        if (error instanceof PasswordsBusy) return { refusal: busyPasswords };
        throw error;
      },
    );
  }

  /** The tricks of web pages alone: for doors that ask for a password themselves. */
  pageRefusal({ headers, socket }: IncomingMessage): AccessRefusal | undefined {
    if (isLocal(socket) && !this.#isOurName(headers.host)) return foreignHost;
    if (headers.origin !== undefined && !isSameOrigin(headers.origin, headers.host)) return foreignOrigin;
    return undefined;
  }

  /**
   * A user's password, or a token in its place. The same `undefined` for a user who is not there and a wrong password.
   * Rejects with PasswordsBusy.
   */
  async password(
    name: string,
    password: string,
    { socket }: IncomingMessage,
    mayGuess?: () => boolean,
  ): Promise<Identity | undefined> {
    const address = socket.remoteAddress ?? '';
    const byToken = this.#byToken(password, address);
    if (byToken !== undefined) return byToken;
    const book = this.#book;
    const user = await book?.user(name, password, mayGuess);
    if (book === undefined || user === undefined) return undefined;
    const isStillGood = () => book.userNamed(name) === user;
    return { name, kind: 'user', role: user.role, address, isStillGood };
  }

  /** Starts a session; its id opens what the user may open, as cookie or as token, until it ends. */
  open({ name, kind, role, isStillGood }: Identity): string {
    return this.#sessions.open({ name, kind, role, isStillGood });
  }

  closeSessionsOf(request: IncomingMessage): void {
    const { tokens, session } = shownBy(request);
    for (const id of session === undefined ? tokens : [...tokens, session]) this.#sessions.close(id);
  }

  /** A token of an agent: for the relay alone. */
  agent(request: IncomingMessage): AgentToken | undefined {
    const book = this.#book;
    for (const text of shownBy(request).tokens) {
      const kept = text.startsWith(prefixes.agent) ? book?.token(text) : undefined;
      if (kept?.kind === 'agent')
        return {
          name: kept.name,
          host: kept.host,
          isStillGood: () => book?.tokenById(kept.id)?.digest === kept.digest,
        };
    }
    return undefined;
  }

  #found(who: Identity | undefined, { tokens, password, session }: Shown, request: IncomingMessage): Found {
    const { headers, socket } = request;
    const isHere = isLocal(socket) && this.#loopback !== 'token';
    if (who === undefined) {
      if (tokens.some((text) => text.startsWith(prefixes.agent))) return { refusal: agentToken };
      const isGuess = tokens.length > 0 || password !== undefined;
      // What was made here and is no longer good was meant for us, also where none is needed.
      if (tokens.some(isOurs)) return { refusal: wrongToken };
      if (!isHere && isGuess) return { refusal: wrongToken };
      if (!isHere) return { refusal: session === undefined ? noToken : endedSession };
      if (!this.#isOurName(headers.host)) return { refusal: foreignHost };
    }
    if (headers.origin !== undefined && !isSameOrigin(headers.origin, headers.host)) return { refusal: foreignOrigin };
    return { identity: who ?? this.#local(socket.remoteAddress ?? '') };
  }

  #local(address: string): Identity {
    const role = this.#loopback === 'read' ? 'read' : 'admin';
    return { name: 'local', kind: 'local', role, address, isStillGood: () => true };
  }

  #byTokens({ tokens, password, session }: Shown, { socket }: IncomingMessage): Identity | undefined {
    const address = socket.remoteAddress ?? '';
    for (const text of [...tokens, password?.password, session]) {
      const who = text === undefined ? undefined : this.#byToken(text, address);
      if (who !== undefined) return who;
    }
    return undefined;
  }

  #byToken(text: string, address: string): Identity | undefined {
    if (this.#isGiven(text)) return { name: 'token', kind: 'token', role: 'admin', address, isStillGood: () => true };
    if (text.startsWith(prefixes.session)) {
      const who = this.#sessions.find(text);
      return who?.isStillGood() ? { ...who, address } : undefined;
    }
    const book = this.#book;
    const kept = text.startsWith(prefixes.user) ? book?.token(text) : undefined;
    if (book === undefined || kept?.kind !== 'user') return undefined;
    const isStillGood = () => book.tokenById(kept.id)?.digest === kept.digest;
    return { name: kept.name, kind: 'token', role: kept.role, address, isStillGood };
  }

  #isGiven(text: string): boolean {
    const its = digestOf(text);
    // All of them are compared, so that the time tells nothing.
    let found = false;
    for (const ours of this.#digests) found = isSameDigest(ours, its) || found;
    return found;
  }

  #isOurName(host: string | undefined): boolean {
    const name = hostName(host);
    // A rebound name is a name: whoever types an address means this machine.
    return name !== undefined && (this.#names.has(name) || isIP(name) !== 0);
  }
}

export function isLoopback(address: string | undefined): boolean {
  return (
    address !== undefined && (address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.'))
  );
}

export function isLocal({ remoteAddress, localAddress }: IncomingMessage['socket']): boolean {
  return isLoopback(remoteAddress) && isLoopback(localAddress);
}

const noToken: AccessRefusal = {
  status: 401,
  reason: 'token',
  text: 'a token is needed here: Authorization: Bearer TOKEN, X-Auth-Token: TOKEN, or Basic with a name and a password (or the token as password)',
};
const endedSession: AccessRefusal = { ...noToken, text: 'the session has ended: log in again' };
const wrongToken: AccessRefusal = {
  status: 401,
  reason: 'token',
  text: 'the token, or the name with the password, is wrong, has expired or was revoked',
  isGuess: true,
};
const busyPasswords: AccessRefusal = {
  status: 429,
  reason: 'busy',
  text: 'too many passwords are looked at, or were wrong; this one was not looked at',
};
const agentToken: AccessRefusal = {
  status: 403,
  reason: 'agent',
  text: 'the token of an agent opens the relay and nothing else; make one for people: skein token create',
};
const foreignHost: AccessRefusal = {
  status: 421,
  reason: 'host',
  text: 'this server is not known by the name in the Host header; localhost and addresses always work',
};
const foreignOrigin: AccessRefusal = {
  status: 403,
  reason: 'origin',
  text: 'requests from pages of another origin are refused',
};

function isSameOrigin(origin: string, host: string | undefined): boolean {
  const colon = origin.indexOf('://');
  return host !== undefined && colon > 0 && origin.slice(colon + 3).toLowerCase() === host.toLowerCase();
}

function hostName(host: string | undefined): string | undefined {
  if (host === undefined) return undefined;
  const address = /^\[([^\]]*)\](:\d+)?$/.exec(host);
  if (address) return address[1];
  return /^([^:]*)(:\d+)?$/.exec(host)?.[1]?.toLowerCase().replace(/\.$/, '');
}
