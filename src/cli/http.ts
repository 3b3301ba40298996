/** One request to the server. Over node:http rather than fetch: it is loaded in half the time. */
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Refusal } from '../contract/fault.ts';
import { connectionReasons } from '../std/connection-reasons.ts';
import { Mistake } from '../std/mistake.ts';
import { exitCodes, Failure } from './failure.ts';
import type { Server } from './server.ts';

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as they come, instead of a body. */
  readonly pieces?: AsyncIterable<Uint8Array>;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Told the headers of a good answer before its first piece. */
  readonly heard?: (headers: IncomingMessage['headers']) => void;
  /** Answers that refuse are given too, instead of thrown. */
  readonly isAnyStatus?: boolean;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The server's clock at the time of answering, epoch ms, to the second. */
  readonly date: number | undefined;
  readonly headers: IncomingMessage['headers'];
}

/** The answer when it is a good one; otherwise throws a Mistake or a Failure. */
export async function request(server: Server, asked: Request): Promise<Answer> {
  const { bytes, ...answer } = await requestBytes(server, asked);
  return { ...answer, text: bytes.toString('utf8') };
}

/** The same, of an answer that is no text. */
export async function requestBytes(server: Server, asked: Request): Promise<AnswerBytes> {
  const late = AbortSignal.timeout(server.timeoutMs);
  try {
    const message = await send(server, asked, [late, asked.signal]);
    const bytes = await bytesOf(message);
    return { status: message.statusCode ?? 0, bytes, date: dateOf(message), headers: message.headers };
  } catch (error) {
    throw understood(error, server, asked, late);
  }
}

/** The same, piece by piece for as long as they come; only the first has to come in time. */
export async function* requestPieces(server: Server, asked: Request): AsyncGenerator<Uint8Array> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), server.timeoutMs);
  try {
    const message = await send(server, asked, [late.signal, asked.signal]);
    clearTimeout(timer);
    asked.heard?.(message.headers);
    for await (const piece of message) yield piece as Buffer;
  } catch (error) {
    throw understood(error, server, asked, late.signal);
  } finally {
    clearTimeout(timer);
  }
}

export interface AnswerBytes extends Omit<Answer, 'text'> {
  readonly bytes: Buffer;
}

function understood(error: unknown, server: Server, { signal }: Request, late: AbortSignal): unknown {
  if (error instanceof Failure || error instanceof Mistake) return error;
  if (signal.aborted) return new Failure(exitCodes.interrupted, '');
  if (late.aborted) return tooLate(server);
  // What the system refuses has a code; anything else is a bug, and shown as one.
  if ((error as NodeJS.ErrnoException).code === undefined) return error;
  return unreachable(server, error as NodeJS.ErrnoException);
}

function dateOf(message: IncomingMessage): number | undefined {
  const date = Date.parse(message.headers.date ?? '');
  return Number.isNaN(date) ? undefined : date;
}

/** Whatever is wrong with the way to the server, in one sentence with what would do. */
export function unreachable(server: Server, error: NodeJS.ErrnoException): Failure {
  const reason = connectionReasons[error.code ?? ''] ?? (error.message || error.code || 'no answer');
  const hint = hints[error.code ?? ''];
  return new Failure(exitCodes.unreachable, `cannot reach ${server.url}: ${reason}`, hint);
}

const ownAuthority = 'name the authority that made it: --ca FILE (skein cert init wrote ca.crt)';
const hints: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'start it with: skein up\nor say where it is: --server URL',
  DEPTH_ZERO_SELF_SIGNED_CERT: ownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: ownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ownAuthority,
  CERT_SIGNATURE_FAILURE: ownAuthority,
  CERT_HAS_EXPIRED: 'on the server: skein cert init makes a new one',
  ERR_TLS_CERT_ALTNAME_INVALID: 'ask it by a name it has, or on the server: skein cert init --name NAME',
};

/** Resolves to an answer that is a good one. */
async function send(server: Server, asked: Request, signals: AbortSignal[]): Promise<IncomingMessage> {
  const { request: open } = server.url.startsWith('https:') ? await import('node:https') : await import('node:http');
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const body = asked.body === undefined ? undefined : JSON.stringify(asked.body);
  const out = open(server.url + asked.path, {
    method: asked.method ?? 'GET',
    headers: headersOf(server, asked, body),
    signal: AbortSignal.any(signals),
    agent: false,
    ...(server.ca && { ca: server.ca }),
  });
  out.on('error', reject);
  out.on('response', resolve);
  if (asked.pieces === undefined) out.end(body);
  // A server that refuses answers before it has read all; what it says counts, not that it hung up.
  else pipeline(asked.pieces, out).catch((error) => setTimeout(() => reject(error), HEARD_LATER_MS));
  const message = await promise;
  const status = message.statusCode ?? 0;
  if ((status >= 200 && status < 300) || asked.isAnyStatus) return message;
  throw refused(server, status, (await bytesOf(message)).toString('utf8'));
}

/** An answer that is on its way may come so long after the connection broke. */
const HEARD_LATER_MS = 200;

function headersOf(
  server: Server,
  { accept = 'application/json', headers: more = {}, pieces }: Request,
  body: string | undefined,
): Record<string, string> {
  const headers: Record<string, string> = { accept, 'user-agent': 'skein-cli', ...more };
  if (server.token !== undefined) headers.authorization = `Bearer ${server.token}`;
  if (body !== undefined) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = String(Buffer.byteLength(body));
  }
  if (pieces !== undefined) headers['content-type'] = 'application/octet-stream';
  return headers;
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function tooLate(server: Server): Failure {
  return new Failure(
    exitCodes.timeout,
    `${server.url} did not answer within ${server.timeoutMs / 1000} s`,
    'give it longer with --timeout, or ask for less',
  );
}

/** 400 is a mistake of the question; everything else is the server's refusal. */
export function refused(server: Server, status: number, text: string): Failure {
  const refusal = refusalOf(text);
  const said = (refusal?.text ?? text).trim() || `status ${status}`;
  if (status === 403) return new Failure(exitCodes.unreachable, `${server.url} refuses: ${said}`);
  if (status === 401) {
    const hint = 'its token: --token-file FILE, or SKEIN_TOKEN; the server printed it on its first run';
    return new Failure(exitCodes.unreachable, `${server.url} wants a token: ${said}`, hint);
  }
  if (status === 408 || status === 504) return new Failure(exitCodes.timeout, said);
  if (status >= 400 && status < 500 && status !== 404 && status !== 429) return new Failure(exitCodes.usage, said);
  return new Failure(exitCodes.unreachable, `${server.url}: ${said}`);
}

function refusalOf(text: string): Refusal | undefined {
  try {
    const value = JSON.parse(text) as Partial<Refusal> | null;
    return typeof value?.text === 'string' ? (value as Refusal) : undefined;
  } catch {
    return undefined;
  }
}
