/** Short answers: text as Skydive gives it, JSON, and the headers that every answer has. */
import type { ServerResponse } from 'node:http';
import { schemaVersion } from '../contract/element.ts';
import type { Refusal } from '../contract/fault.ts';
import { Mistake } from '../std/mistake.ts';
import { Unavailable } from '../std/unavailable.ts';
import { deniedCode } from './identity.ts';
import { mistakeText } from './mistake-text.ts';

/** No page may frame, sniff, cache or load from an answer. */
export const guardHeaders: readonly string[] = [
  'X-Content-Type-Options',
  'nosniff',
  'Cache-Control',
  'no-store',
  'Content-Security-Policy',
  "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy',
  'same-origin',
];

export const jsonHeaders: readonly string[] = ['Content-Type', 'application/json; charset=utf-8', ...guardHeaders];
const textHeaders: readonly string[] = ['Content-Type', 'text/plain; charset=utf-8', ...guardHeaders];

export function sendText(response: ServerResponse, status: number, text: string, more: readonly string[] = []): void {
  const body = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  send(response, status, [...textHeaders, ...more], body);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, jsonHeaders, `${JSON.stringify(value)}\n`);
}

export function sendNothing(response: ServerResponse, status: 204 | 304): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, guardHeaders as string[]);
  response.end();
}

export function send(response: ServerResponse, status: number, headers: readonly string[], body: string): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.writeHead(status, [...headers, 'Content-Length', String(Buffer.byteLength(body))]);
  response.end(body);
}

/** What went wrong, as status and text. `undefined` as text: our bug, whose details are for the log alone. */
export function statusOf(error: unknown): { readonly status: number; readonly text: string | undefined } {
  if (error instanceof Mistake) return { status: mistakeStatus(error), text: mistakeText(error) };
  if (error instanceof Unavailable) return { status: 503, text: error.message };
  return { status: 500, text: undefined };
}

export function refusalOf(error: unknown): Refusal {
  const text = statusOf(error).text ?? 'internal error; the log of the server has more';
  const faults = error instanceof Mistake ? [...error.faults] : [];
  const code = faults[0]?.code ?? (error instanceof Unavailable ? 'unavailable' : 'internal');
  return { schema: schemaVersion, code, message: text.split('\n', 1)[0] ?? '', text, faults };
}

function mistakeStatus({ faults }: Mistake): number {
  const code = faults[0]?.code ?? '';
  if (code === 'query.limit') return faults[0]?.message.includes('limit timeMs') ? 504 : 400;
  if (code === 'query.cancelled') return 503;
  if (code === 'query.busy') return 429;
  if (code === deniedCode) return 403;
  return 400;
}
