/** What a user says of one node: a patch of its metadata, which the server keeps for as long as the thing is known. */
import type { Session } from './command.ts';
import { request } from './http.ts';
import { nodeNamed } from './node-named.ts';
import type { PrintOptions } from './print.ts';
import { nameOf } from './render/element.ts';
import { cellText } from './render/grid.ts';
import { serverOf } from './server.ts';

export interface Said {
  readonly set: Readonly<Record<string, unknown>>;
  readonly unset: readonly string[];
}

export async function sayOf(
  session: Session,
  word: string,
  { set, unset }: Said,
  options: PrintOptions,
): Promise<void> {
  const { io } = session;
  const node = await nodeNamed(session, options, 'G', word);
  const server = await serverOf(options, io);
  const path = (key: string) => `/Metadata/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const body = [
    ...Object.entries(set).map(([key, value]) => ({ op: 'add', path: path(key), value })),
    ...unset.filter((key) => Object.hasOwn(node.Metadata, key)).map((key) => ({ op: 'remove', path: path(key) })),
  ];
  if (body.length > 0)
    await request(server, {
      method: 'PATCH',
      path: `/api/node/${encodeURIComponent(node.ID)}`,
      body,
      signal: io.interrupted,
    });
  if (options.quiet) return;
  const done = [...Object.keys(set).map((key) => `${key} is set`), ...unset.map((key) => `${key} is not set any more`)];
  io.err.write(`${cellText(`${nameOf(node)}: ${done.join(', ')}`)}\n`);
}
