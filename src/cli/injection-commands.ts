/** `list`, `show` and `delete` of injections: of `skein inject`, and of `skein injection` as Skydive has it. */
import type { Command } from 'commander';
import type { Session } from './command.ts';
import { usageFailure } from './failure.ts';
import { show } from './inject-send.ts';
import { INJECTIONS, injectionNamed, injectionRow, listInjections } from './injections.ts';
import { addFormatOption, addListOptions, type FormatName } from './output.ts';
import type { PrintOptions } from './print.ts';
import { printAll } from './resource-print.ts';
import { removeAll } from './resources.ts';
import { addServerOptions } from './server-options.ts';

const listFormats: readonly FormatName[] = ['table', 'wide', 'json', 'ndjson', 'csv', 'yaml', 'columns', 'skydive'];
export const oneFormats: readonly FormatName[] = ['table', 'json', 'yaml', 'name', 'skydive'];

export function defineInjections(command: Command, session: Session): void {
  const list = command
    .command('list')
    .alias('ls')
    .description('which there are, and what came of them')
    .action((_, self: Command) => printInjections(session, self.optsWithGlobals()));
  addFormatOption(list, listFormats);
  addListOptions(list);
  addServerOptions(list);
  const one = command
    .command('get')
    .alias('show')
    .description('one of them, with all that is known of it')
    .argument('<injection>', 'by id, or the beginning of one')
    .action(async (word: string, _, self: Command) => {
      const options: PrintOptions = self.optsWithGlobals();
      await show(session, injectionNamed(await listInjections(session, options), word), options);
    });
  addFormatOption(one, oneFormats);
  addServerOptions(one);
  const remove = command
    .command('delete')
    .aliases(['rm', 'stop'])
    .description('stop them, and forget what came of them')
    .argument('[injections...]', 'by id, or the beginning of one')
    .option('--all', 'all of them')
    .action((words: string[], _, self: Command) => deleteInjections(session, words, self.optsWithGlobals()));
  addServerOptions(remove);
}

async function printInjections(session: Session, options: PrintOptions): Promise<void> {
  const all = await listInjections(session, options);
  await printAll(session, { all, kind: 'injections', rows: (some) => some.map(injectionRow) }, options);
}

async function deleteInjections(
  session: Session,
  words: readonly string[],
  options: PrintOptions & { readonly all?: boolean },
): Promise<void> {
  if ((words.length === 0) === (options.all !== true))
    throw usageFailure('say which injections, or --all', 'skein inject list shows them');
  const injections = await listInjections(session, options);
  const chosen = options.all ? injections : words.map((word) => injectionNamed(injections, word));
  await removeAll(session, options, { kind: INJECTIONS, chosen, done: 'deleted' });
}
