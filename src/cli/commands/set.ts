/** `skein set NODE KEY=VALUE…`: say something of one node; it stays with the thing, also when it is made anew. */
import type { Command } from 'commander';
import { examples, type Session } from '../command.ts';
import { pairsOf } from '../pairs.ts';
import { addServerOptions } from '../server-options.ts';
import { sayOf } from '../user-metadata.ts';

export function define(command: Command, session: Session): void {
  command
    .argument('<node>', 'by name, OWNER/NAME, TYPE:NAME, id or TID')
    .argument('<pairs...>', 'KEY=VALUE; a value that is JSON is what it says')
    .action((word: string, words: string[], _, self: Command) =>
      sayOf(session, word, { set: pairsOf(words), unset: [] }, self.optsWithGlobals()),
    );
  addServerOptions(command);
  examples(command, ['skein set eth0 Owner=web Rack=7', 'skein set blue/eth0 PeerIntfMAC=02:00:00:00:00:01']);
}
