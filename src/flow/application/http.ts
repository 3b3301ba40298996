/** HTTP/1 (RFC 9112): the first request of the client and the first status of the server, and of fields those that name something. */
import type { Layer } from '../flow.ts';
import type { Application, Conversation } from './application.ts';
import { streamOf } from './stream.ts';
import { printable } from './text.ts';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);
export const httpPathMax = 256;
/** Fields of one message that are looked at. */
const fieldsMax = 64;

/**
 * The name stays TCP: LayersPath and Application of HTTP are those of what carries it, and its facts have a key of
 * their own.
 */
export function decodeHttp({ payloads, startedByHi }: Conversation): Application | undefined {
  const asked = request(linesOf(streamOf(payloads, startedByHi)));
  const answered = response(linesOf(streamOf(payloads, !startedByHi)));
  if (!asked && !answered) return undefined;
  return { name: 'TCP', layers: { HTTP: { ...asked, ...answered } } };
}

function request([first, ...fields]: readonly string[]): Layer | undefined {
  const match = first && /^([A-Z]+) (\S+) HTTP\/(1\.[01])$/.exec(first);
  if (!match || !methods.has(match[1] as string)) return undefined;
  const host = field(fields, 'host');
  const agent = field(fields, 'user-agent');
  return {
    method: match[1] as string,
    path: (match[2] as string).slice(0, httpPathMax),
    version: match[3] as string,
    ...(host !== undefined && { host }),
    ...(agent !== undefined && { user_agent: agent }),
  };
}

function response([first, ...fields]: readonly string[]): Layer | undefined {
  const match = first && /^HTTP\/(1\.[01]) ([1-5]\d\d)(?: |$)/.exec(first);
  if (!match) return undefined;
  const server = field(fields, 'server');
  return { status: Number(match[2]), ...(server !== undefined && { server }) };
}

/** Lines that are whole, up to the empty one after the fields. */
function linesOf(stream: Uint8Array): string[] {
  const lines: string[] = [];
  let from = 0;
  while (lines.length <= fieldsMax) {
    const end = stream.indexOf(0x0a, from);
    if (end < 0 || end === from) break;
    const line = stream.subarray(from, stream[end - 1] === 0x0d ? end - 1 : end);
    if (line.length === 0) break;
    lines.push(printable(line, Number.POSITIVE_INFINITY));
    from = end + 1;
  }
  return lines;
}

function field(fields: readonly string[], name: string): string | undefined {
  const found = fields.find((line) => line.slice(0, name.length + 1).toLowerCase() === `${name}:`);
  return found
    ?.slice(name.length + 1)
    .trim()
    .slice(0, 256);
}
