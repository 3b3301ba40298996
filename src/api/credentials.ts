/** What a request shows to come in: tokens in any of the places where one may be, or a name with a password. */
import type { IncomingMessage } from 'node:http';

export interface Shown {
  readonly tokens: readonly string[];
  /** Of HTTP Basic (RFC 7617); the password may be a token. */
  readonly password: { readonly name: string; readonly password: string } | undefined;
  /** Of the cookie: what has ended there is as if it were not. */
  readonly session: string | undefined;
}

export function shownBy({ headers, url }: IncomingMessage): Shown {
  const tokens: string[] = [];
  let password: Shown['password'];
  const authorization = /^(bearer|basic) +(.+)$/i.exec(headers.authorization ?? '');
  if (authorization?.[1]?.toLowerCase() === 'bearer') tokens.push(authorization[2] as string);
  else if (authorization) {
    const pair = Buffer.from(authorization[2] as string, 'base64').toString();
    const colon = pair.indexOf(':');
    password = { name: pair.slice(0, Math.max(colon, 0)), password: pair.slice(colon + 1) };
  }
  const header = headers['x-auth-token'];
  if (typeof header === 'string') tokens.push(header);
  const query = queryToken(url);
  if (query !== undefined) tokens.push(query);
  return { tokens, password, session: sessionOf(headers.cookie) };
}

export function sessionOf(cookie: string | undefined): string | undefined {
  return /(?:^|; *)authtoken=([^;]*)/.exec(cookie ?? '')?.[1];
}

/** Browsers cannot set headers on a WebSocket. Only there a token in the address is looked at. */
function queryToken(url: string | undefined): string | undefined {
  if (!url?.startsWith('/ws/')) return undefined;
  const parameters = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  return parameters.get('x-auth-token') ?? parameters.get('X-Auth-Token') ?? undefined;
}
