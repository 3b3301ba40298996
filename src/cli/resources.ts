/** What the server keeps of one kind, at `/api/KIND`: all of them, making and deleting, and which one a word means. */
import { didYouMean } from '../std/nearest.ts';
import type { Session } from './command.ts';
import { exitCodes, Failure, usageFailure } from './failure.ts';
import { request } from './http.ts';
import { cellText } from './render/grid.ts';
import { type ServerOptions, serverOf } from './server.ts';

export interface Resource {
  readonly UUID: string;
  readonly Name?: string | undefined;
}

export async function listOf<T>(session: Session, options: ServerOptions, kind: string): Promise<T[]> {
  const server = await serverOf(options, session.io);
  const { text } = await request(server, { path: `/api/${kind}`, signal: session.io.interrupted });
  return Object.values(JSON.parse(text) as Record<string, T>);
}

export interface NewResource {
  readonly kind: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** To be said where the server has one that is just like it. */
  readonly duplicate: Failure;
}

/** As the server has it then. */
export async function make<T>(
  session: Session,
  options: ServerOptions,
  { kind, body, headers = {}, duplicate }: NewResource,
): Promise<T> {
  const server = await serverOf(options, session.io);
  const asked = { method: 'POST', path: `/api/${kind}`, body, headers, signal: session.io.interrupted } as const;
  const { text } = await request(server, asked).catch((error: unknown) => {
    throw error instanceof Failure && error.message === DUPLICATE ? duplicate : error;
  });
  return JSON.parse(text) as T;
}

/** What the server says, as Skydive's does. */
const DUPLICATE = 'duplicated resource';

/** `signal`: Ctrl-C, unless it is what was interrupted that is cleaned up. */
export async function remove(
  session: Session,
  options: ServerOptions,
  { kind, uuid, signal = session.io.interrupted }: { kind: string; uuid: string; signal?: AbortSignal },
): Promise<void> {
  const server = await serverOf(options, session.io);
  await request(server, { method: 'DELETE', path: `/api/${kind}/${encodeURIComponent(uuid)}`, signal });
}

/** Each once, and told of on a line of its own. `done`: `deleted`, `stopped`. */
export async function removeAll(
  session: Session,
  options: ServerOptions,
  { kind, chosen, done }: { kind: string; chosen: readonly Resource[]; done: string },
): Promise<void> {
  for (const { UUID, Name } of new Set(chosen)) {
    await remove(session, options, { kind, uuid: UUID });
    session.io.out.write(`${UUID}\n`);
    if (!options.quiet) session.io.err.write(`${done} ${cellText(Name ?? UUID)}\n`);
  }
}

export interface Words<T> {
  /** `capture`, `node rule`. */
  readonly noun: string;
  /** The command that makes one. */
  readonly make: string;
  /** What it is called beside its id; default: its name. */
  readonly called?: (one: T) => string;
  /** When there is none of that name; default: 1. */
  readonly exitCode?: number;
}

/** By id, by the beginning of one, or by name. Throws a Failure that says what there is. */
export function meant<T extends Resource>(
  all: readonly T[],
  word: string,
  { noun, make: making, called = ({ Name }) => Name ?? '', exitCode = exitCodes.empty }: Words<T>,
): T {
  const found = allMeant(all, word);
  const [first] = found;
  if (first && found.length === 1) return first;
  const known = (some: readonly T[]) => some.map((one) => `${one.UUID}  ${called(one)}`.trim()).join('\n');
  if (first) {
    const how = first.UUID === word || first.Name === word ? 'are called' : 'begin with';
    throw usageFailure(`${found.length} ${noun}s ${how} "${word}"; say which:`, known(found));
  }
  const names = all.flatMap(({ Name }) => Name ?? []);
  const hint = all.length > 0 ? (didYouMean(word, names) ?? `there are\n${known(all)}`) : `there is none: ${making}`;
  throw new Failure(exitCode, `there is no ${noun} "${word}"`, hint);
}

/** Whom the whole word names, or whose ids it begins. */
function allMeant<T extends Resource>(all: readonly T[], word: string): readonly T[] {
  const whole = all.filter(({ UUID, Name }) => UUID === word || Name === word);
  return whole.length > 0 ? whole : all.filter(({ UUID }) => UUID.startsWith(word.toLowerCase()));
}
