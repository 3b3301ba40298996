/** `skein unset NODE KEY…`: take back what `skein set` said. */
import type { Command } from 'commander';
import { examples, type Session } from '../command.ts';
import { addServerOptions } from '../server-options.ts';
import { sayOf } from '../user-metadata.ts';

export function define(command: Command, session: Session): void {
  command
    .argument('<node>', 'by name, OWNER/NAME, TYPE:NAME, id or TID')
    .argument('<keys...>', 'what to take back')
    .action((word: string, keys: string[], _, self: Command) =>
      sayOf(session, word, { set: {}, unset: keys }, self.optsWithGlobals()),
    );
  addServerOptions(command);
  examples(command, ['skein unset eth0 Owner']);
}
