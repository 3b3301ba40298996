/** `skein user add|list|remove`: people who log in with a name and a password. */
import { type Command, Option } from 'commander';
import { accessFileOf, changeAccess, checkName, readAccess } from '../../security/access-file.ts';
import { type Role, roles } from '../../security/role.ts';
import { hashPassword } from '../../security/secret.ts';
import { audited } from '../audited.ts';
import { examples, type Session } from '../command.ts';
import { dataFolder } from '../data-folder.ts';
import { usageFailure } from '../failure.ts';
import { addFormatOption } from '../output.ts';
import type { PrintOptions } from '../print.ts';
import { printRows } from '../rows.ts';

interface Options extends PrintOptions {
  readonly data?: string;
  readonly role?: Role;
}

const lengthMin = 8;
const lengthMax = 1024;

export function define(command: Command, session: Session): void {
  command.helpCommand(false);
  const add = command
    .command('add')
    .description('let somebody in, or give a new password or role; the password is the first line of standard input')
    .argument('<name>')
    .addOption(new Option('--role <role>', 'what they may do (default read)').choices([...roles]))
    .action((name: string, _, self: Command) => addUser(session, name, self.optsWithGlobals()));
  const list = command
    .command('list')
    .alias('ls')
    .description('who there is')
    .action((_, self: Command) => listUsers(session, self.optsWithGlobals()));
  addFormatOption(list, ['table', 'json', 'ndjson', 'csv', 'yaml']);
  const remove = command
    .command('remove')
    .alias('rm')
    .description('let them in no more, at once')
    .argument('<names...>')
    .action((names: string[], _, self: Command) => removeUsers(session, names, self.optsWithGlobals()));
  for (const each of [add, list, remove]) each.option('--data <dir>', 'data folder of the server (SKEIN_DATA)');
  examples(command, ['skein user add ana --role capture < password.txt', 'skein user list', 'skein user remove ana']);
}

async function addUser(session: Session, given: string, options: Options): Promise<void> {
  const { io } = session;
  const data = dataFolder(io.env, options.data);
  const name = checkName(given);
  const [password = ''] = (await io.readInput()).split(/\r?\n/, 1);
  if (password.length < lengthMin || password.length > lengthMax)
    throw usageFailure(
      `a password has ${lengthMin} to ${lengthMax} characters`,
      `it is read from standard input: skein user add ${name} < FILE`,
    );
  const role = options.role ?? 'read';
  const user = { name, role, password: await hashPassword(password), createdAt: io.now() };
  await changeAccess(accessFileOf(data), ({ tokens, users }) => ({
    tokens,
    users: [...users.filter((other) => other.name !== name), user],
  }));
  audited(io, data, `user add ${name} (${role})`);
}

async function listUsers(session: Session, options: Options): Promise<void> {
  const { users } = readAccess(accessFileOf(dataFolder(session.io.env, options.data)));
  const rows = users.map(({ name, role, createdAt }) => ({
    NAME: name,
    ROLE: role,
    CREATED: new Date(createdAt).toISOString(),
  }));
  await printRows(session, 'users', rows, options);
}

async function removeUsers(session: Session, names: readonly string[], options: Options): Promise<void> {
  const { io } = session;
  const data = dataFolder(io.env, options.data);
  await changeAccess(accessFileOf(data), ({ tokens, users }) => {
    for (const name of names)
      if (!users.some((user) => user.name === name))
        throw usageFailure(`there is no user "${name.slice(0, 80)}"`, 'skein user list shows them');
    return { tokens, users: users.filter(({ name }) => !names.includes(name)) };
  });
  for (const name of names) audited(io, data, `user remove ${name}`);
}
