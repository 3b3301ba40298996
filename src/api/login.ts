/** `POST /login`, for pages: a form in, a cookie out that scripts cannot read. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Access, isLoopback } from './access.ts';
import { jsonHeaders, send, sendText } from './reply.ts';

/** True when the form was right, or nothing needs to be. */
export function login(
  access: Access,
  request: IncomingMessage,
  response: ServerResponse,
  form: URLSearchParams,
): boolean {
  const token = form.get('password') ?? '';
  const isLocal = isLoopback(request.socket.remoteAddress);
  if (!access.isToken(token)) {
    if (isLocal) send(response, 200, jsonHeaders, `${JSON.stringify({ Token: '', Permissions: everything })}\n`);
    else sendText(response, 401, 'wrong user name or token');
    return isLocal;
  }
  const cookie = `authtoken=${encodeURIComponent(token)}; HttpOnly; SameSite=Strict; Path=/`;
  const headers = [...jsonHeaders, 'Set-Cookie', cookie];
  send(response, 200, headers, `${JSON.stringify({ Token: token, Permissions: everything })}\n`);
  return true;
}

/** Whoever comes in may do all there is. */
const everything = ['topology', 'node', 'edge', 'status', 'config', 'websocket'].flatMap((subject) =>
  ['read', 'write'].map((Action) => ({ Object: subject, Action, Allowed: true })),
);
