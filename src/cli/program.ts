/** The tree of commands. A command's own part of it grows when the command is called. */
import { Command } from 'commander';
import type { ListedCommand, Session } from './command.ts';
import { commands } from './index.ts';
import { addServerOptions } from './server-options.ts';
import { version } from './version.ts';

export function program(session: Session): Command {
  const root = new Command('skein')
    .description('A network topology analyzer with a memory: ask what the network is, and what it was.')
    .version(`skein ${version()}`, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'help on a command: skein COMMAND --help')
    .helpCommand(false)
    .enablePositionalOptions()
    .showHelpAfterError('  skein --help lists what there is')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => session.io.out.write(text),
      writeErr: (text) => session.io.err.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'skein: ')),
      getOutHelpWidth: () => session.io.out.columns ?? 100,
      getErrHelpWidth: () => session.io.err.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  addServerOptions(root);
  for (const listed of commands) addListed(root, listed, session);
  root.addHelpText(
    'after',
    `
Examples:
  $ skein up                                        # watch this host (as root it sees everything)
  $ skein query "G.V().Has('Type','veth').Count()"  # ask
  $ skein get interfaces --at -10m                  # what was there ten minutes ago
  $ skein diff --from -1h                           # what changed since
  $ skein capture start --on eth0                   # look at packets, and make flows of them
  $ skein flows -f                                  # who speaks with whom

Exit codes: 0 done, 1 nothing found (--fail-empty), nothing of that name, different (--exit-code), a check failed (check,
doctor), a workflow failed, or a trace was cut off (pcap), 2 wrong usage or a mistake in the query, 3 the server cannot be
reached or refuses, 4 it took too long, 130 Ctrl-C.`,
  );
  return root;
}

function addListed(root: Command, listed: ListedCommand, session: Session): void {
  const command = root.command(listed.name, { hidden: listed.hidden ?? false }).description(listed.doc);
  command.showHelpAfterError(`  skein ${listed.name} --help says what it takes`);
  for (const alias of listed.aliases ?? []) command.alias(alias);
  root.hook('preSubcommand', async (_, called) => {
    if (called === command) await session.grow(command);
  });
}
