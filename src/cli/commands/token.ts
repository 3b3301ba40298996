/** `skein token create|list|revoke`: in the file of the server on this machine, which reads it again by itself. */

import { randomBytes } from 'node:crypto';
import { type Command, Option } from 'commander';
import { accessFileOf, changeAccess, checkName, readAccess } from '../../security/access-file.ts';
import { type Role, roles } from '../../security/role.ts';
import { digestOf, newToken } from '../../security/secret.ts';
import { parseDuration } from '../../std/duration.ts';
import { audited } from '../audited.ts';
import { examples, type Session } from '../command.ts';
import { dataFolder } from '../data-folder.ts';
import { exitCodes, Failure, usageFailure } from '../failure.ts';
import { addFormatOption } from '../output.ts';
import type { PrintOptions } from '../print.ts';
import { printRows } from '../rows.ts';

interface Options extends PrintOptions {
  readonly data?: string;
  readonly name?: string;
  readonly role?: Role;
  readonly agent?: boolean;
  readonly host?: string;
  readonly expires?: string;
}

export function define(command: Command, session: Session): void {
  command.helpCommand(false);
  const create = command
    .command('create')
    .description('make a token; it is printed once, and kept as a hash')
    .option('--name <name>', 'whom or what it is for')
    .addOption(new Option('--role <role>', 'what it may do (default read)').choices([...roles]))
    .option('--agent', 'for an agent: it opens the relay of an analyzer and nothing else')
    .option(
      '--host <name>',
      'with --agent: for the agent of this host alone, by the name that it has there (skein agent --host)',
    )
    .option('--expires <duration>', 'good for so long, like 12h or 90d (default: until it is revoked)')
    .option('-q, --quiet', 'the token alone, no notes')
    .action((_, self: Command) => createToken(session, self.optsWithGlobals()));
  const list = command
    .command('list')
    .alias('ls')
    .description('which there are; not the tokens themselves, which nobody keeps')
    .action((_, self: Command) => listTokens(session, self.optsWithGlobals()));
  addFormatOption(list, ['table', 'json', 'ndjson', 'csv', 'yaml']);
  const revoke = command
    .command('revoke')
    .description('make them worthless, at once')
    .argument('<tokens...>', 'by id or name, as list shows them')
    .action((words: string[], _, self: Command) => revokeTokens(session, words, self.optsWithGlobals()));
  for (const each of [create, list, revoke]) each.option('--data <dir>', 'data folder of the server (SKEIN_DATA)');
  examples(command, [
    'skein token create --name grafana --role read',
    'skein token create --agent --name rack1-node7',
    'skein token create --agent --name web1 --host web1',
    'skein token create --role capture --name ana --expires 12h',
    'skein token revoke grafana',
  ]);
}

async function createToken(session: Session, options: Options): Promise<void> {
  const { io } = session;
  const data = dataFolder(io.env, options.data);
  const kind = options.agent ? 'agent' : 'user';
  if (options.agent && options.role !== undefined)
    throw usageFailure('a token of an agent has no role: it opens the relay and nothing else');
  if (options.host !== undefined && !options.agent)
    throw usageFailure('--host goes with --agent: people come from anywhere');
  if (options.host !== undefined && !/^[^\p{C}]{1,256}$/u.test(options.host))
    throw usageFailure('a host has a name of 1 to 256 characters that can be seen');
  const role = options.role ?? 'read';
  const id = randomBytes(4).toString('hex');
  const name = checkName(options.name ?? `${kind}-${id}`);
  const expiresMs = options.expires === undefined ? undefined : parseDuration(options.expires);
  if (options.expires !== undefined && !(expiresMs !== undefined && expiresMs > 0))
    throw usageFailure(`"${options.expires}" is no duration`, 'like 12h or 90d');
  const token = newToken(kind);
  const createdAt = io.now();
  await changeAccess(accessFileOf(data), ({ tokens, users }) => {
    if (tokens.some((other) => other.name === name))
      throw usageFailure(`there is a token named ${name} already`, `skein token revoke ${name}`);
    const expires = expiresMs === undefined ? {} : { expiresAt: createdAt + expiresMs };
    const host = options.host === undefined ? {} : { host: options.host };
    const made = { id, kind, name, role, digest: digestOf(token), ...host, createdAt, ...expires } as const;
    return { tokens: [...tokens, made], users };
  });
  audited(
    io,
    data,
    `token create ${name} (${id}, ${kind === 'agent' ? 'agent' : role}${options.host === undefined ? '' : ` of ${options.host}`})`,
  );
  io.out.write(`${token}\n`);
  if (!options.quiet) io.err.write(`shown this once; in use at once, until: skein token revoke ${name}\n`);
}

async function listTokens(session: Session, options: Options): Promise<void> {
  const { tokens } = readAccess(accessFileOf(dataFolder(session.io.env, options.data)));
  const now = session.io.now();
  const rows = tokens.map(({ id, name, kind, role, host, createdAt, expiresAt }) => ({
    ID: id,
    NAME: name,
    ROLE: kind === 'agent' ? 'agent' : role,
    HOST: host ?? '',
    CREATED: new Date(createdAt).toISOString(),
    EXPIRES: expiresAt === undefined ? 'never' : expiresAt <= now ? 'expired' : new Date(expiresAt).toISOString(),
  }));
  await printRows(session, 'tokens', rows, options);
}

async function revokeTokens(session: Session, words: readonly string[], options: Options): Promise<void> {
  const { io } = session;
  const data = dataFolder(io.env, options.data);
  await changeAccess(accessFileOf(data), ({ tokens, users }) => {
    for (const word of words)
      if (!tokens.some(({ id, name }) => id === word || name === word))
        throw new Failure(exitCodes.usage, `there is no token "${word.slice(0, 80)}"`, 'skein token list shows them');
    return { tokens: tokens.filter(({ id, name }) => !words.includes(id) && !words.includes(name)), users };
  });
  for (const word of words) audited(io, data, `token revoke ${word}`);
}
