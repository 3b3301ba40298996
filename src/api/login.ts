/** `POST /login` and `POST /logout`, for pages: a form in, a cookie out that scripts cannot read and that tells nothing. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { may, type Permission, type Role } from '../security/role.ts';
import { sessionMs } from '../security/sessions.ts';
import type { Access } from './access.ts';
import { type Identity, identityOf } from './identity.ts';
import { jsonHeaders, send, sendNothing, sendText } from './reply.ts';

/** Who is in now; undefined: the form was wrong. */
export async function login(
  access: Access,
  request: IncomingMessage,
  response: ServerResponse,
  form: URLSearchParams,
  mayGuess: () => boolean,
): Promise<Identity | undefined> {
  const who = await access.password(form.get('username') ?? '', form.get('password') ?? '', request, mayGuess);
  if (who === undefined) {
    // Skydive's pages log in also where nobody has to.
    const local = identityOf(request);
    if (local === undefined) sendText(response, 401, 'the user name or the password is wrong');
    else reply(response, '', local.role, jsonHeaders);
    return local;
  }
  const id = access.open(who);
  reply(response, id, who.role, [...jsonHeaders, 'Set-Cookie', cookie(id, sessionMs / 1000, request)]);
  return who;
}

export function logout(access: Access, request: IncomingMessage, response: ServerResponse): void {
  access.closeSessionsOf(request);
  response.setHeader('Set-Cookie', cookie('', 0, request));
  sendNothing(response, 204);
}

function reply(response: ServerResponse, token: string, role: Role, headers: readonly string[]): void {
  send(response, 200, headers, `${JSON.stringify({ Token: token, Permissions: permissionsOf(role) })}\n`);
}

function cookie(value: string, seconds: number, { socket }: IncomingMessage): string {
  const secure = (socket as Partial<TLSSocket>).encrypted === true ? '; Secure' : '';
  return `authtoken=${value}; Max-Age=${seconds}; HttpOnly; SameSite=Strict; Path=/${secure}`;
}

/** Skydive's objects and actions, and what each needs here. */
const objects: readonly (readonly [string, Readonly<Record<string, Permission>>])[] = [
  ['topology', { read: 'read', write: 'write' }],
  ['node', { read: 'read', write: 'write' }],
  ['edge', { read: 'read', write: 'write' }],
  ['noderule', { read: 'read', write: 'write' }],
  ['edgerule', { read: 'read', write: 'write' }],
  ['status', { read: 'read', write: 'write' }],
  ['config', { read: 'manage', write: 'manage' }],
  ['websocket', { read: 'read', write: 'write' }],
  ['capture', { read: 'read', write: 'capture', rawpackets: 'packets' }],
  ['injectpacket', { read: 'inject', write: 'inject' }],
  ['pcap', { write: 'inject' }],
];

function permissionsOf(role: Role): readonly object[] {
  return objects.flatMap(([Object_, actions]) =>
    Object.entries(actions).map(([Action, needed]) => ({ Object: Object_, Action, Allowed: may(role, needed) })),
  );
}
