/** Kinds of values that options take. Each reads what YAML gives and the text that flags and variables give. */

import * as z from 'zod';
import { parseDuration } from '../std/duration.ts';
import { plainText } from './plain-text.ts';

const sizeBytes: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** `30s`, `1h30m`, `7d`; out comes ms. */
export function duration(bounds: { min: string; max: string }) {
  const [min, max] = [readDuration(bounds.min) as number, readDuration(bounds.max) as number];
  return read('a duration, like 30s, 5m, 12h or 7d', readDuration).refine((ms) => ms >= min && ms <= max, {
    error: `has to be between ${bounds.min} and ${bounds.max}`,
  });
}

/** As `duration`, of options that Skydive has under the same name: there a number alone is seconds. */
export function durationOrSeconds(bounds: { min: string; max: string }) {
  return z.preprocess(
    (raw) => (/^\d+(\.\d+)?$/.test(plainText(raw)) && Number(raw) > 0 ? `${raw}s` : raw),
    duration(bounds),
  );
}

/** Durations by name, in a variable or a flag as JSON; out come ms. */
export function durationMap(bounds: { min: string; max: string }) {
  return z.preprocess(
    (raw) => (typeof raw === 'string' ? readJson(raw) : raw),
    z.record(z.string(), durationOrSeconds(bounds), { error: 'has to be a map of durations, like { DNS: 10s }' }),
  );
}

/** `512MiB`, `1GB`, or a number of bytes; out come bytes. */
export function size(bounds: { min: string; max: string }) {
  const [min, max] = [readSize(bounds.min) as number, readSize(bounds.max) as number];
  return read('a size, like 512MiB or 1GiB', readSize).refine((bytes) => bytes >= min && bytes <= max, {
    error: `has to be between ${bounds.min} and ${bounds.max}`,
  });
}

export function count(bounds: { min: number; max: number }) {
  return read('a whole number', readCount).refine((value) => value >= bounds.min && value <= bounds.max, {
    error: `has to be between ${bounds.min} and ${bounds.max}`,
  });
}

/** A flag alone says yes; a variable or the file says `true`, `yes` or `1`. */
export function toggle() {
  return z.preprocess(
    (raw) => ({ true: true, yes: true, '1': true, false: false, no: false, '0': false })[plainText(raw)] ?? raw,
    z.boolean({ error: 'has to be true or false' }),
  );
}

/** A list, or a text with commas or spaces between. */
export function texts() {
  return z.preprocess(
    (raw) => (typeof raw === 'string' ? raw.split(/[\s,]+/).filter(Boolean) : raw),
    z.array(z.string({ error: 'has to be a list of texts' }).min(1), { error: 'has to be a list of texts' }).max(1000),
  );
}

export function text() {
  return z.preprocess(
    (raw) => (typeof raw === 'number' ? String(raw) : raw),
    z
      .string({ error: 'has to be a text' })
      .min(1, { error: 'may not be empty' })
      .max(4096, { error: 'is longer than 4096 characters' }),
  );
}

/** `127.0.0.1:8082`, `[::1]:8082`, `:8082` (every address), `8082` (loopback). */
export function listenAddress() {
  return read('an address, like 127.0.0.1:8082, [::1]:8082 or :8082', readListen);
}

/** A map of values, in a variable or a flag as JSON. */
export function valueMap() {
  return z.preprocess(
    (raw) => (typeof raw === 'string' ? readJson(raw) : raw),
    z.record(z.string(), z.json(), { error: 'has to be a map, like { site: lab }' }),
  );
}

/** A list of maps, in a variable or a flag as JSON. What each has to hold is checked by who uses them. */
export function valueMaps() {
  return z.preprocess(
    (raw) => (typeof raw === 'string' ? readJson(raw) : raw),
    z
      .array(z.record(z.string(), z.json(), { error: 'has to be a list of maps' }), {
        error: 'has to be a list of maps',
      })
      .max(100),
  );
}

/** Texts with spaces and commas in them; in a variable or a flag as JSON, or one in each line. */
export function lines() {
  return z.preprocess(
    (raw) => {
      if (typeof raw !== 'string') return raw;
      const json = readJson(raw);
      return typeof json === 'string' ? json.split('\n').filter((line) => line.trim() !== '') : json;
    },
    z.array(z.string({ error: 'has to be a list of texts' }), { error: 'has to be a list of texts' }).max(10_000),
  );
}

export interface Listen {
  readonly host: string;
  readonly port: number;
}

function read<T>(what: string, reader: (raw: unknown) => T | undefined) {
  return z.unknown().transform((raw, context): T => {
    const value = reader(raw);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `${JSON.stringify(raw)} is not ${what}` });
    return z.NEVER;
  });
}

function readDuration(raw: unknown): number | undefined {
  if (raw === 0 || raw === '0') return 0;
  return typeof raw === 'string' ? parseDuration(raw) : undefined;
}

function readSize(raw: unknown): number | undefined {
  if (typeof raw === 'number') return Number.isSafeInteger(raw) && raw >= 0 ? raw : undefined;
  const [, amount, unit = 'B'] = /^(\d+(?:\.\d+)?) ?([kKMGT]i?B|B)?$/.exec(typeof raw === 'string' ? raw : '') ?? [];
  const factor = sizeBytes[unit];
  return amount === undefined || factor === undefined ? undefined : Math.round(Number(amount) * factor);
}

function readCount(raw: unknown): number | undefined {
  const value = typeof raw === 'string' && /^\d+$/.test(raw) ? Number(raw) : raw;
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

function readListen(raw: unknown): Listen | undefined {
  const text = typeof raw === 'number' ? String(raw) : raw;
  if (typeof text !== 'string') return undefined;
  if (/^\d+$/.test(text)) return withPort('127.0.0.1', text);
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/\s]*)):(\d+)$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || port === undefined) return undefined;
  return withPort(host === '' ? '::' : host, port);
}

function withPort(host: string, port: string): Listen | undefined {
  return Number(port) <= 65_535 ? { host, port: Number(port) } : undefined;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
