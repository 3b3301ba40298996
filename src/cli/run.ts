/** One run of `skein`: words in, exit code out. Errors become sentences here and nowhere else. */
import { CommanderError } from 'commander';
import { Mistake } from '../std/mistake.ts';
import { Unavailable } from '../std/unavailable.ts';
import type { Session } from './command.ts';
import { exitCodes, Failure } from './failure.ts';
import { grow } from './grow.ts';
import { program } from './program.ts';
import { drawMistake } from './render/mistake.ts';
import { fromSkydive } from './skydive.ts';

/** What lies outside of the command line's own layer. */
export type Setup = Pick<Session, 'io' | 'run' | 'graphs' | 'archive' | 'open' | 'tryAddon'>;

export async function runCli(words: readonly string[], setup: Setup): Promise<number> {
  const session: Session = { ...setup, grow: (command) => grow(command, session), exitCode: exitCodes.found };
  const { err } = session.io;
  try {
    await parse(helpLast(fromSkydive(words)), session);
    return session.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.found : exitCodes.usage;
    if (error instanceof Mistake) {
      err.write(drawMistake(error));
      return exitCodes.usage;
    }
    if (error instanceof Failure) {
      if (error.message) err.write(`skein: ${error.message}\n`);
      if (error.hint !== undefined) err.write(`${error.hint.replace(/^/gm, '  ')}\n`);
      return error.exitCode;
    }
    if (error instanceof Unavailable) {
      err.write(`skein: ${error.message}\n`);
      return exitCodes.unreachable;
    }
    throw error;
  }
}

async function parse(words: readonly string[], session: Session): Promise<void> {
  const root = program(session);
  if (words.length === 0) {
    session.io.out.write(root.helpInformation());
    return;
  }
  await root.parseAsync([...words], { from: 'user' });
}

/** `skein help get` is `skein get --help`. */
function helpLast(words: readonly string[]): readonly string[] {
  return words[0] === 'help' ? [...words.slice(1), '--help'] : words;
}
