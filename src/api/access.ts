/**
 * Who may come in. Loopback needs no token, any other address does. Two tricks of web pages are refused: a name that
 * was made to point at loopback (DNS rebinding: the Host header), and a request from another page (the Origin header).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { AccessRules } from './parts.ts';

export interface AccessRefusal {
  readonly status: 401 | 403 | 421;
  readonly reason: 'token' | 'host' | 'origin';
  readonly text: string;
}

export class Access {
  readonly #digests: readonly Buffer[];
  readonly #names: ReadonlySet<string>;

  constructor(rules: AccessRules) {
    this.#digests = rules.tokens.map(digest);
    this.#names = new Set(['localhost', ...rules.hostNames.map((name) => name.toLowerCase())]);
  }

  get hasTokens(): boolean {
    return this.#digests.length > 0;
  }

  /** undefined: come in. */
  refusal(request: IncomingMessage): AccessRefusal | undefined {
    const { headers, socket } = request;
    const given = headers.authorization ?? headers['x-auth-token'] ?? headers.cookie ?? queryToken(request.url);
    const isLocal = isLoopback(socket.remoteAddress) && isLoopback(socket.localAddress);
    if (!isLocal) {
      if (given === undefined || !this.accepts(request)) return noToken;
    } else if (!this.#isOurName(headers.host) && !(given !== undefined && this.accepts(request))) {
      return foreignHost;
    }
    if (headers.origin !== undefined && !isSameOrigin(headers.origin, headers.host)) return foreignOrigin;
    return undefined;
  }

  /** The tricks of web pages alone: for doors that ask for a password themselves. */
  pageRefusal({ headers, socket }: IncomingMessage): AccessRefusal | undefined {
    const isLocal = isLoopback(socket.remoteAddress) && isLoopback(socket.localAddress);
    if (isLocal && !this.#isOurName(headers.host)) return foreignHost;
    if (headers.origin !== undefined && !isSameOrigin(headers.origin, headers.host)) return foreignOrigin;
    return undefined;
  }

  /** A right token in any of the places where one may be. */
  accepts(request: IncomingMessage): boolean {
    return tokensOf(request).some((token) => this.isToken(token));
  }

  isToken(token: string): boolean {
    const its = digest(token);
    // All of them are compared, so that the time tells nothing.
    let found = false;
    for (const ours of this.#digests) found = timingSafeEqual(ours, its) || found;
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

const noToken: AccessRefusal = {
  status: 401,
  reason: 'token',
  text: 'a token is needed from this address: Authorization: Bearer TOKEN, X-Auth-Token: TOKEN, or Basic with the token as password',
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

function tokensOf({ headers, url }: IncomingMessage): string[] {
  const found: string[] = [];
  const authorization = /^(bearer|basic) +(.+)$/i.exec(headers.authorization ?? '');
  if (authorization?.[1]?.toLowerCase() === 'bearer') found.push(authorization[2] as string);
  else if (authorization) {
    const pair = Buffer.from(authorization[2] as string, 'base64').toString();
    found.push(pair.slice(pair.indexOf(':') + 1));
  }
  const header = headers['x-auth-token'];
  if (typeof header === 'string') found.push(header);
  const cookie = /(?:^|; *)authtoken=([^;]*)/.exec(headers.cookie ?? '');
  if (cookie) found.push(decoded(cookie[1] as string));
  const query = queryToken(url);
  if (query !== undefined) found.push(query);
  return found;
}

/** Browsers cannot set headers on a WebSocket. Only there a token in the address is looked at. */
function queryToken(url: string | undefined): string | undefined {
  if (!url?.startsWith('/ws/')) return undefined;
  const parameters = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  return parameters.get('x-auth-token') ?? parameters.get('X-Auth-Token') ?? undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

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

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
