/** What `skein doctor` reads of this machine and asks the server. Whatever cannot be read is part of the finding. */
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { release } from 'node:os';
import { dirname } from 'node:path';
import type { Status } from '../contract/status.ts';
import { effectiveIn } from '../std/capabilities.ts';
import { Unavailable } from '../std/unavailable.ts';
import { parsed } from './ask.ts';
import type { Readings } from './checks.ts';
import type { Session } from './command.ts';
import { Failure } from './failure.ts';
import { request } from './http.ts';
import type { Server } from './server.ts';
import { version } from './version.ts';

export async function readingsOf(session: Session, server: Server): Promise<Readings> {
  const { status, clockOffMs } = await statusOf(session, server);
  const place = 'error' in status ? undefined : (status.Relay?.Spool.Place ?? status.Archive?.Place);
  return {
    nodeVersion: process.version,
    addonError: await addonError(session),
    capabilities: capabilities(),
    kernel: release(),
    version: version(),
    serverUrl: server.url,
    server: status,
    clockOffMs,
    disk: place === undefined || !isHere(server.url) ? undefined : await diskOf(place),
  };
}

async function statusOf(
  { io }: Session,
  server: Server,
): Promise<{ status: Readings['server']; clockOffMs: number | undefined }> {
  try {
    const { text, date } = await request(server, { path: '/api/status', signal: io.interrupted });
    const clockOffMs = date === undefined ? undefined : date - io.now();
    return { status: parsed(text, server.url) as Status, clockOffMs };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { status: { error: error.message, hint: error.hint }, clockOffMs: undefined };
  }
}

async function addonError({ tryAddon }: Session): Promise<string | undefined> {
  try {
    await tryAddon();
    return undefined;
  } catch (error) {
    if (error instanceof Unavailable) return error.what;
    throw error;
  }
}

function capabilities(): bigint | undefined {
  try {
    return effectiveIn(readFileSync('/proc/self/status', 'utf8'));
  } catch {
    return undefined;
  }
}

async function diskOf(place: string): Promise<Readings['disk']> {
  try {
    const { bavail, bsize } = await statfs(dirname(place));
    return { path: dirname(place), freeBytes: bavail * bsize };
  } catch {
    return undefined;
  }
}

function isHere(url: string): boolean {
  return /^https?:\/\/(localhost|127\.|\[::1\])/.test(url);
}
