/**
 * What is free in its form goes as JSON: the runtime's own writer and reader take less than a third of the time of a
 * protobuf message of values, and their bytes are fewer too (bench/relay-codec.ts).
 */
import { VALUE_DEPTH_MAX } from './bounds.ts';
import { WireFault } from './fault.ts';
import type { Writer } from './writer.ts';

export function toJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** The same, as a field. */
export function writeJson(to: Writer, field: number, value: unknown): void {
  to.text(field, JSON.stringify(value));
}

/** Nothing at all is undefined. */
export function fromJson(bytes: Uint8Array, at: number): unknown {
  if (bytes.length === 0) return undefined;
  if (isDeep(bytes))
    throw new WireFault(`JSON with more than ${VALUE_DEPTH_MAX} lists and objects inside each other`, at);
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
  } catch (error) {
    throw new WireFault(`no JSON: ${error instanceof Error ? error.message : error}`, at);
  }
}

export function objectFromJson(bytes: Uint8Array, at: number): object {
  const value = fromJson(bytes, at) ?? {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new WireFault('JSON of no object', at);
  return value;
}

function isDeep(bytes: Uint8Array): boolean {
  // Each needs two brackets.
  if (bytes.length <= VALUE_DEPTH_MAX * 2) return false;
  let depth = 0;
  let isText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (isText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > VALUE_DEPTH_MAX) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
