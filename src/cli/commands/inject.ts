/** `skein inject FROM TO`: packets of your own, and what came of them; `list`, `show`, `delete`. */
import type { Command } from 'commander';
import { examples, type Session } from '../command.ts';
import { usageFailure } from '../failure.ts';
import { addInjectOptions, askedOf, conclude, type InjectOptions, sent, show, waited } from '../inject-send.ts';
import { traced } from '../inject-trace.ts';
import { deleteInjection, injectionNamed, injectionRow, listInjections } from '../injections.ts';
import { addFormatOption, addListOptions, type FormatName } from '../output.ts';
import type { PrintOptions } from '../print.ts';
import { printRows } from '../rows.ts';
import { addServerOptions } from '../server-options.ts';

const listFormats: readonly FormatName[] = ['table', 'wide', 'json', 'ndjson', 'csv', 'yaml', 'columns', 'skydive'];
const oneFormats: readonly FormatName[] = ['table', 'json', 'yaml', 'name', 'skydive'];

export function define(command: Command, session: Session): void {
  command.helpCommand(false);
  command
    .argument('<from>', 'name, OWNER/NAME, id, address, container:NAME, netns:NAME, pid:N, process:NAME, or a query')
    .argument('[to]', 'the same, or any address')
    .action((from: string, to: string | undefined, _, self: Command) =>
      inject(session, from, to, self.optsWithGlobals() as InjectOptions),
    );
  addInjectOptions(command);
  addFormatOption(command, oneFormats);
  addServerOptions(command);
  const list = command
    .command('list')
    .alias('ls')
    .description('which there are, and what came of them')
    .action((_, self: Command) => printInjections(session, self.optsWithGlobals()));
  addFormatOption(list, listFormats);
  addListOptions(list);
  addServerOptions(list);
  const one = command
    .command('show')
    .alias('get')
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
  examples(command, [
    'skein inject blue/eth0 10.0.0.2',
    'skein inject netns:blue netns:green --tcp 443 -c 3',
    'skein inject container:web container:db --tcp 5432 --trace',
    'skein inject blue/eth0 --pcap request.pcapng',
    'skein inject list',
  ]);
}

async function inject(session: Session, from: string, to: string | undefined, options: InjectOptions): Promise<void> {
  const asked = await askedOf(from, to, options);
  if (options.trace === true) return traced(session, asked, options);
  const made = await sent(session, asked, options);
  if (options.detach === true) return show(session, made, options);
  const over = await waited(session, made, options);
  await show(session, over, options);
  conclude(session, over, options);
}

async function printInjections(session: Session, options: PrintOptions): Promise<void> {
  const injections = await listInjections(session, options);
  if (options.output?.kind === 'skydive') {
    const byId = Object.fromEntries(injections.map((injection) => [injection.UUID, injection]));
    session.io.out.write(`${JSON.stringify(byId, null, '\t')}\n`);
    return;
  }
  await printRows(session, 'injections', injections.map(injectionRow), options);
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
  for (const { UUID } of new Set(chosen)) {
    await deleteInjection(session, options, UUID);
    session.io.out.write(`${UUID}\n`);
  }
}
