/** `skein __complete -- WORDS`: what could stand in place of the last word, for the shells' scripts. */
import type { Command } from 'commander';
import type { Session } from '../command.ts';
import { completions } from '../completions.ts';

export function define(command: Command, session: Session): void {
  command
    .argument('[words...]')
    .allowUnknownOption()
    .action(async (words: string[], _, self: Command) => {
      const root = self.parent;
      if (!root) throw new Error('completion stands below the root');
      for (const { text, doc } of await completions(session, root, words)) {
        session.io.out.write(doc === undefined ? `${text}\n` : `${text}\t${doc}\n`);
      }
    });
}
