/** Requests and responses in GraphBinary 1.0. */
import type { Argument } from '../../../query/gremlin/bytecode.ts';
import type { GMap } from '../../../query/gremlin/value/collections.ts';
import type { GValue } from '../../../query/gremlin/value/value.ts';
import type { Request, Response } from '../message.ts';
import { noElements } from '../no-elements.ts';
import type { ClientSerializer, Serializer } from '../serializer.ts';
import type { BytesIn } from './bytes-in.ts';
import { BytesOut } from './bytes-out.ts';
import { readMap, readTimes } from './read-collection.ts';
import { uuidText, valuesIn } from './read-value.ts';
import { type Target, writeEntries, writeUuid } from './target.ts';
import { flag, type, version } from './type-codes.ts';
import { targetOn } from './write-value.ts';

const out = new BytesOut();

export const graphBinary: Serializer = {
  mime: 'application/vnd.graphbinary-v1.0',
  readRequest,
  requestIdOf,
  writeResponse: (response, elements) => writeResponse(response, targetOn(out, elements)),
};

/** The other side. */
export const graphBinaryClient: ClientSerializer = { ...graphBinary, writeRequest, readResponse };

function readRequest(payload: Buffer): Request {
  const from = valuesIn(payload);
  readVersion(from);
  const requestId = uuidText(from.raw(16));
  const op = from.text();
  const processor = from.text();
  const request = { requestId, op, processor, args: readArguments(from) };
  readEnd(from);
  return request;
}

function requestIdOf(payload: Buffer): string | undefined {
  return payload.length > 16 && payload[0] === version ? uuidText(payload.subarray(1, 17)) : undefined;
}

function writeRequest({ requestId, op, processor, args }: Request): Buffer {
  out.start();
  out.byte(version);
  writeUuid(requestId, out);
  out.text(op);
  out.text(processor);
  writeEntries(args, args.size, targetOn(out, noElements));
  return out.finish();
}

function writeResponse({ requestId, code, message, attributes, data, bulks, meta }: Response, to: Target): Buffer {
  const { out } = to;
  out.start();
  out.byte(version);
  if (requestId === undefined) out.byte(flag.null);
  else {
    out.byte(flag.none);
    writeUuid(requestId, out);
  }
  out.int32(code);
  out.byte(flag.none);
  out.text(message);
  writeEntries(attributes, attributes.size, to);
  writeEntries(meta, meta.size, to);
  if (data === null) out.pair(type.null, flag.null);
  else writeData(data, bulks, to);
  return out.finish();
}

function writeData(data: readonly GValue[], bulks: readonly number[] | undefined, to: Target): void {
  const { out } = to;
  out.pair(type.list, flag.none);
  out.int32(data.length);
  for (const [i, value] of data.entries()) {
    if (bulks !== undefined) {
      out.pair(type.traverser, flag.none);
      out.int64(bulks[i] ?? 1);
    }
    to.value(value);
  }
}

function readResponse(payload: Buffer): Response {
  const from = valuesIn(payload);
  readVersion(from);
  const requestId = from.byte() === flag.null ? undefined : uuidText(from.raw(16));
  const code = from.int32();
  const message = from.byte() === flag.null ? '' : from.text();
  const attributes = readArguments(from) as Map<string, GValue>;
  const meta = readArguments(from) as Map<string, GValue>;
  const response = { requestId, code, message, attributes, meta, ...readData(from) };
  readEnd(from);
  return response;
}

function readData(from: BytesIn): Pick<Response, 'data' | 'bulks'> {
  const { at } = from;
  const code = from.byte();
  const flags = from.byte();
  if (code === type.null || flags === flag.null) return { data: null };
  if (code !== type.list) throw from.bad('the result of a response is a list', at);
  const count = from.count(2, 'a list');
  const data: GValue[] = [];
  const bulks: number[] = [];
  for (let i = 0; i < count; i++) {
    const bulk = from.peek() === type.traverser ? readBulk(from) : undefined;
    if (bulk !== undefined) bulks.push(bulk);
    data.push(from.gvalue());
    if (flags === flag.bulked) bulks.push(readTimes(from));
  }
  if (bulks.length > 0 && bulks.length !== data.length) throw from.bad('traversers and bare values in one list', at);
  return bulks.length > 0 ? { data, bulks } : { data };
}

function readBulk(from: BytesIn): number {
  from.byte();
  from.byte();
  return readTimes(from);
}

/** A map without type and flag, of names. */
function readArguments(from: BytesIn): Map<string, Argument> {
  const { at } = from;
  return named(readMap(from), from, at);
}

function named(map: GMap, from: BytesIn, at: number): Map<string, Argument> {
  const entries = new Map<string, Argument>();
  for (const [key, value] of map) {
    if (typeof key !== 'string') throw from.bad('a name that is no text', at);
    entries.set(key, value);
  }
  return entries;
}

function readVersion(from: BytesIn): void {
  const found = from.byte();
  if (found !== version)
    throw from.bad(`a message of GraphBinary 1.0 begins with 0x81, not with 0x${found.toString(16)}`, 0);
}

function readEnd(from: BytesIn): void {
  if (from.left > 0) throw from.bad(`bytes follow the message: ${from.left}`);
}
