/**
 * The messages of Gremlin Server's sub-protocol, whatever they are written in, and the header of a binary frame.
 * (TinkerPop, "Developer documentation", graph driver provider requirements.)
 */
import type { Argument } from '../../query/gremlin/bytecode.ts';
import type { GValue } from '../../query/gremlin/value/value.ts';
import { badFrame } from './bad-frame.ts';

export interface Request {
  /** A UUID in lower case. */
  readonly requestId: string;
  readonly op: string;
  readonly processor: string;
  readonly args: ReadonlyMap<string, Argument>;
}

export interface Response {
  /** Undefined when the request could not be read so far. */
  readonly requestId: string | undefined;
  readonly code: number;
  readonly message: string;
  readonly attributes: ReadonlyMap<string, GValue>;
  /** Null where there is no result: 204, 407 and all errors. */
  readonly data: readonly GValue[] | null;
  /** How often each of `data` came, as bytecode is answered with; undefined for bare values, as scripts are. */
  readonly bulks?: readonly number[] | undefined;
  readonly meta: ReadonlyMap<string, GValue>;
}

export interface Frame {
  readonly mime: string;
  readonly payload: Buffer;
}

/**
 * A binary frame: one byte with the length of a mime type, the type, the payload. (A text frame is JSON and has no header.)
 * The type comes in lower case, without blanks; it is for the server to say which it takes when it does not know one.
 */
export function readFrame(frame: Buffer): Frame {
  const length = frame[0];
  if (length === undefined) throw badFrame('the frame is empty', 0);
  if (length > frame.length - 1) throw badFrame(`the frame ends within its mime type of ${length} bytes`, frame.length);
  const mime = frame
    .toString('latin1', 1, 1 + length)
    .toLowerCase()
    .replaceAll(' ', '');
  return { mime, payload: frame.subarray(1 + length) };
}

export function writeFrame({ mime, payload }: Frame): Buffer {
  return Buffer.concat([Buffer.from([mime.length]), Buffer.from(mime, 'latin1'), payload]);
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Lower case; undefined for what is no UUID. */
export function uuidOf(text: string): string | undefined {
  const lower = text.toLowerCase();
  return uuid.test(lower) ? lower : undefined;
}
