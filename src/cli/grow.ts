/** Loads the part of the tree below one command, once. */
import type { Command } from 'commander';
import type { Session } from './command.ts';
import { commands } from './index.ts';

export async function grow(command: Command, session: Session): Promise<void> {
  const listed = commands.find((each) => each.name === command.name());
  if (!listed || grown.has(command)) return;
  grown.add(command);
  const { define } = await listed.load();
  define(command, session);
}

const grown = new WeakSet<Command>();
