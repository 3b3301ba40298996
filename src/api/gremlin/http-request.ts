/** What HTTP asks, as the message that a driver would have sent. */
import { randomUUID } from 'node:crypto';
import type { Argument } from '../../query/gremlin/bytecode.ts';
import { GMap } from '../../query/gremlin/value/collections.ts';
import { BadRequest, status } from './failure.ts';
import { readPlainJson } from './graphson/plain-json.ts';
import { type Request, uuidOf } from './message.ts';

/** `?gremlin=g.V(x)&bindings.x=1&aliases.g=gmodern`. Values of bindings are texts. */
export function requestOfQuery(parameters: URLSearchParams): Request {
  const bindings = new GMap();
  const aliases = new GMap();
  const args = new Map<string, Argument>();
  for (const [name, value] of parameters) {
    if (name.startsWith('bindings.')) bindings.set(name.slice('bindings.'.length), value);
    else if (name.startsWith('aliases.')) aliases.set(name.slice('aliases.'.length), value);
    else args.set(name, value);
  }
  return evalRequest(args, bindings, aliases);
}

/** `{"gremlin": …, "bindings": {…}, "aliases": {…}, "requestId": …}`. */
export function requestOfBody(body: unknown): Request {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new BadRequest(status.invalidArguments, 'the body is an object: {"gremlin": "g.V().count()"}');
  const args = new Map<string, Argument>();
  for (const [name, value] of Object.entries(body)) args.set(name, readPlainJson(value));
  return evalRequest(args, args.get('bindings'), args.get('aliases'));
}

function evalRequest(
  args: Map<string, Argument>,
  bindings: Argument | undefined,
  aliases: Argument | undefined,
): Request {
  if (typeof args.get('gremlin') !== 'string')
    throw new BadRequest(status.invalidArguments, 'gremlin is missing: the text of a query');
  args.set('bindings', bindings ?? null);
  args.set('aliases', aliases ?? null);
  const given = args.get('requestId');
  const requestId = (typeof given === 'string' ? uuidOf(given) : undefined) ?? randomUUID();
  return { requestId, op: 'eval', processor: '', args };
}
