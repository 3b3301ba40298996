/** `skein open FILE`: what is in a bundle, asked like a server; or one command, asked of it. */
import type { Command } from 'commander';
import { examples, type Session } from '../command.ts';
import { usageFailure } from '../failure.ts';

export function define(command: Command, session: Session): void {
  command
    .argument('<file>', 'a bundle, as `skein bundle` writes it')
    .argument('[command...]', 'a command of skein that is asked of it, and ends; without one it answers until Ctrl-C')
    .option('--listen <host:port>', 'where to answer; loopback alone, as there are no users', '127.0.0.1:0')
    .passThroughOptions()
    .action(async (file: string, given: readonly string[], { listen }: { listen: string }) => {
      // What is passed through keeps its `--`, behind which the command's own options would be none.
      const words = given[0] === '--' ? given.slice(1) : given;
      session.exitCode = await session.open({ file, words, listen: addressOf(listen) }, session.io);
    });
  command.addHelpText(
    'after',
    `
Nothing is watched and nothing can be changed; now is the end of the bundle. No root is needed.`,
  );
  examples(command, [
    'skein open incident.tar.zst --listen 127.0.0.1:8082',
    "skein open incident.tar.zst query \"G.V().Has('State','DOWN')\"",
    'skein open incident.tar.zst -- flows --since -5m',
    'skein open incident.tar.zst diff --from -10m',
  ]);
}

function addressOf(text: string): { host: string; port: number } {
  const [, host, port] = /^(\[::1\]|localhost|127(?:\.\d{1,3}){3})?:?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535)
    throw usageFailure(
      `--listen ${text}: a bundle is answered on loopback only`,
      'like 127.0.0.1:8082; from elsewhere: ssh -L 8082:127.0.0.1:8082 HOST',
    );
  return { host: (host ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port: Number(port) };
}
