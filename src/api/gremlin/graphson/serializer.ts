/** Requests and responses in GraphSON 3. */
import type { Argument } from '../../../query/gremlin/bytecode.ts';
import { GMap } from '../../../query/gremlin/value/collections.ts';
import { isNumber, toNumber } from '../../../query/gremlin/value/num.ts';
import { type GValue, Uuid } from '../../../query/gremlin/value/value.ts';
import { writtenMax } from '../codec-limits.ts';
import { type Request, type Response, uuidOf } from '../message.ts';
import { noElements } from '../no-elements.ts';
import type { ClientSerializer, PieceSerializer } from '../serializer.ts';
import { tooLarge } from '../too-large.ts';
import type { GraphsonIn } from './graphson-in.ts';
import { quote } from './json-text.ts';
import { parseJson } from './parse-json.ts';
import { valuesOf } from './read-value.ts';
import { fields, list, text } from './shapes.ts';
import type { Target } from './target.ts';
import { targetOf } from './write-value.ts';

export const graphson: { readonly typed: PieceSerializer; readonly untyped: PieceSerializer } = {
  typed: serializer('application/vnd.gremlin-v3.0+json', true),
  untyped: serializer('application/vnd.gremlin-v3.0+json;types=false', false),
};

function serializer(mime: string, isTyped: boolean): PieceSerializer {
  return {
    mime,
    readRequest,
    requestIdOf,
    writeResponse: (response, elements) => Buffer.from(responseText(response, targetOf(elements, isTyped))),
    writeItems: ({ data, bulks }, elements) => itemsText(data ?? [], bulks, targetOf(elements, isTyped)),
    writeAround(response) {
      const to = targetOf(noElements, isTyped);
      const { before, after } = around(response, to);
      const [open, close] = listMarks(to);
      return { before: before + open, after: close + after };
    },
  };
}

/** The other side. */
export const graphsonClient: ClientSerializer = { ...graphson.typed, writeRequest, readResponse };

/** Of all dialects: an id with or without its type, arguments as an object or as a `g:Map`. */
function readRequest(payload: Buffer): Request {
  const from = valuesOf();
  const { requestId, op, processor, args } = fields(parseJson(payload.toString('utf8')), from);
  return {
    requestId: from.within('requestId', () => readId(requestId, from)),
    op: from.within('op', () => text(op, from)),
    processor: from.within('processor', () => text(processor ?? '', from)),
    args: from.within('args', () => readNamed(args, from)),
  };
}

function readId(json: unknown, from: GraphsonIn): string {
  const value = from.gvalue(json ?? null);
  const id = value instanceof Uuid ? value.value : typeof value === 'string' ? uuidOf(value) : undefined;
  if (id === undefined) throw from.bad('a UUID should stand here');
  return id;
}

function requestIdOf(payload: Buffer): string | undefined {
  // What cannot be read may be the rest of the message, or no JSON at all.
  const found = /"requestId"\s*:\s*(?:\{\s*"@type"\s*:\s*"g:UUID"\s*,\s*"@value"\s*:\s*)?"([0-9a-fA-F-]{36})"/.exec(
    payload.toString('latin1', 0, searchedMax),
  );
  return found?.[1] === undefined ? undefined : uuidOf(found[1]);
}

const searchedMax = 4096;

/** Missing and null are as good as empty. */
function readNamed(json: unknown, from: GraphsonIn): Map<string, Argument> {
  const value = json === undefined || json === null ? new GMap() : from.gvalue(json);
  if (!(value instanceof GMap)) throw from.bad('a map of names should stand here');
  const named = new Map<string, Argument>();
  for (const [key, each] of value) {
    if (typeof key !== 'string') throw from.bad('names are texts');
    named.set(key, each);
  }
  return named;
}

function responseText(response: Response, to: Target): string {
  const { data, bulks } = response;
  const { before, after } = around(response, to);
  const [open, close] = data === null ? ['null', ''] : listMarks(to);
  return `${before}${open}${data === null ? '' : itemsText(data, bulks, to)}${close}${after}`;
}

/** Around a list of items, or null. */
function around({ requestId, code, message, attributes, meta }: Omit<Response, 'data' | 'bulks'>, to: Target) {
  const id = requestId === undefined ? 'null' : quote(requestId);
  const status = `{"message":${quote(message)},"code":${code},"attributes":${writeNamed(attributes, to)}}`;
  return {
    before: `{"requestId":${id},"status":${status},"result":{"data":`,
    after: `,"meta":${writeNamed(meta, to)}}}`,
  };
}

function listMarks({ isTyped }: Target): readonly [open: string, close: string] {
  return isTyped ? ['{"@type":"g:List","@value":[', ']}'] : ['[', ']'];
}

function itemsText(data: readonly GValue[], bulks: Response['bulks'], to: Target): string {
  let all = '';
  let comma = '';
  for (const [i, value] of data.entries()) {
    all += comma + (bulks === undefined ? to.value(value) : traverserText(value, bulks[i] ?? 1, to));
    if (all.length > writtenMax) throw tooLarge();
    comma = ',';
  }
  return all;
}

function traverserText(value: GValue, bulk: number, to: Target): string {
  return to.isTyped
    ? `{"@type":"g:Traverser","@value":{"bulk":{"@type":"g:Int64","@value":${bulk}},"value":${to.value(value)}}}`
    : `{"bulk":${bulk},"value":${to.value(value)}}`;
}

function writeNamed(named: ReadonlyMap<string, Argument>, to: Target): string {
  const entries = Array.from(named, ([key, value]) => [quote(key), to.value(value)] as const);
  if (!to.isTyped) return `{${entries.map(([key, value]) => `${key}:${value}`).join()}}`;
  return `{"@type":"g:Map","@value":[${entries.flat().join()}]}`;
}

function writeRequest({ requestId, op, processor, args }: Request): Buffer {
  const to = targetOf(noElements, true);
  const given = Array.from(args, ([key, value]) => `${quote(key)}:${to.value(value)}`);
  const id = `{"@type":"g:UUID","@value":${quote(requestId)}}`;
  return Buffer.from(`{"requestId":${id},"op":${quote(op)},"processor":${quote(processor)},"args":{${given.join()}}}`);
}

function readResponse(payload: Buffer): Response {
  const from = valuesOf();
  const { requestId, status, result } = fields(parseJson(payload.toString('utf8')), from);
  const { code, message, attributes } = from.within('status', () => fields(status, from));
  const { data, meta } = from.within('result', () => fields(result, from));
  const number = from.gvalue(code ?? null);
  if (!isNumber(number)) throw from.bad('a response has a code');
  return {
    requestId: requestId === undefined || requestId === null ? undefined : readId(requestId, from),
    code: toNumber(number),
    message: text(message ?? '', from),
    attributes: readNamed(attributes, from) as Map<string, GValue>,
    meta: readNamed(meta, from) as Map<string, GValue>,
    ...from.within('data', () => readData(data, from)),
  };
}

function readData(json: unknown, from: GraphsonIn): Pick<Response, 'data' | 'bulks'> {
  if (json === undefined || json === null) return { data: null };
  const items = Array.isArray(json) ? json : list(fields(json, from)['@value'], from);
  const traversers = items.map(traverserOf);
  const isBulked = traversers.length > 0 && traversers.every((each) => each !== undefined);
  const data = items.map((item, i) => from.child(i, item));
  return isBulked ? { data, bulks: traversers.map((each) => bulkOf(each.bulk, from)) } : { data };
}

function traverserOf(json: unknown): { readonly bulk?: unknown } | undefined {
  if (typeof json !== 'object' || json === null || !('@type' in json) || json['@type'] !== 'g:Traverser')
    return undefined;
  const { '@value': value } = json as { '@value'?: unknown };
  return typeof value === 'object' && value !== null ? value : {};
}

function bulkOf(json: unknown, from: GraphsonIn): number {
  const bulk = from.gvalue(json ?? 1);
  if (!isNumber(bulk)) throw from.bad('a bulk is a number');
  return toNumber(bulk);
}
