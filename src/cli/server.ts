/** Which server to ask and with which token: from flags, the environment, and what `skein up` left on this machine. */
import { readFileSync } from 'node:fs';
import { parseDuration } from '../std/duration.ts';
import { usageFailure } from './failure.ts';
import type { Io } from './io.ts';
import { unreadable } from './unreadable.ts';

export interface Server {
  /** `http://127.0.0.1:8082`, without a slash at the end. */
  readonly url: string;
  readonly token: string | undefined;
  /** PEM of the authorities that are trusted instead of the usual ones. */
  readonly ca?: Buffer;
  readonly timeoutMs: number;
}

export interface ServerOptions {
  readonly server?: string;
  readonly analyzer?: string;
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly timeout?: string;
  readonly color?: 'auto' | 'always' | 'never';
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

const defaultServer = 'http://127.0.0.1:8082';
const defaultTimeoutMs = 60_000;

export async function serverOf(options: ServerOptions, io: Io): Promise<Server> {
  const { env } = io;
  const url = urlOf(options.server ?? options.analyzer ?? env.SKEIN_SERVER ?? env.SKYDIVE_ANALYZER ?? defaultServer);
  const ca = caOf(options.ca ?? env.SKEIN_CA);
  return { url, token: await tokenOf(url, options, io), timeoutMs: timeoutOf(options.timeout), ...(ca && { ca }) };
}

/** `host:port` is enough, as Skydive has it, and so is `host`; `:8082` is this machine. */
export function urlOf(text: string): string {
  const trimmed = text.trim().replace(/\/+$/, '');
  const hasScheme = /^[a-z]+:\/\//i.test(trimmed);
  const here = trimmed.replace(/^(?=:)/, '127.0.0.1');
  const whole = hasScheme ? trimmed : `http://${here}${/:\d+$/.test(here) ? '' : ':8082'}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
  throw usageFailure(`"${text}" is no address of a server`, 'like http://127.0.0.1:8082, or 127.0.0.1:8082');
}

function caOf(file: string | undefined): Buffer | undefined {
  if (!file) return undefined;
  try {
    return readFileSync(file);
  } catch (error) {
    throw unreadable(`the authority in ${file}`, error);
  }
}

function timeoutOf(text: string | undefined): number {
  if (text === undefined) return defaultTimeoutMs;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (ms === undefined || ms <= 0) throw usageFailure(`"${text}" is no duration`, 'like 10s, 500ms or 2m');
  return ms;
}

async function tokenOf(url: string, options: ServerOptions, io: Io): Promise<string | undefined> {
  if (options.tokenFile !== undefined) {
    try {
      return readFileSync(options.tokenFile, 'utf8').trim();
    } catch (error) {
      throw unreadable(`the token in ${options.tokenFile}`, error);
    }
  }
  const given = io.env.SKEIN_TOKEN?.trim();
  if (given || isLoopback(url)) return given || undefined;
  return (await import('./own-token.ts')).ownToken(url, io.env);
}

/** There no token is asked for. */
function isLoopback(url: string): boolean {
  return /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])([:/]|$)/i.test(url);
}
