/** `skein capture start|stop|list|tail`: where packets are looked at, and what passes there. */
import type { Command } from 'commander';
import { addStartOptions, startCapture } from '../capture-start.ts';
import { addTailOptions, tailCapture } from '../capture-tail.ts';
import { capturedAt, captureNamed, captureRows, listCaptures } from '../captures.ts';
import { examples, type Session } from '../command.ts';
import { usageFailure } from '../failure.ts';
import { addFormatOption, addListOptions, addUtcOption, type FormatName } from '../output.ts';
import type { PrintOptions } from '../print.ts';
import { printAll, printOne } from '../resource-print.ts';
import { removeAll } from '../resources.ts';
import { addServerOptions } from '../server-options.ts';

const listFormats: readonly FormatName[] = ['table', 'wide', 'json', 'ndjson', 'csv', 'yaml', 'columns', 'skydive'];

export function define(command: Command, session: Session): void {
  command.helpCommand(false);
  defineStart(command, session);
  const stop = command
    .command('stop')
    .aliases(['delete', 'rm'])
    .description('end captures')
    .argument('[captures...]', 'by id, the beginning of one, or name')
    .option('--all', 'all of them')
    .action((words: string[], _, self: Command) => stopCaptures(session, words, self.optsWithGlobals()));
  addServerOptions(stop);
  examples(stop, ['skein capture stop web', 'skein capture stop --all']);
  const list = command
    .command('list')
    .alias('ls')
    .description('what is captured, and what came of it')
    .action((_, self: Command) => printCaptures(session, self.optsWithGlobals()));
  addFormatOption(list, listFormats);
  addListOptions(list);
  addServerOptions(list);
  examples(list, ['skein capture list', 'skein capture list -o wide']);
  const get = command
    .command('get')
    .alias('show')
    .description('one capture, with all that is known of it')
    .argument('<capture>', 'by id, the beginning of one, or name')
    .action((word: string, _, self: Command) => showCapture(session, word, self.optsWithGlobals()));
  addFormatOption(get, ['json', 'yaml', 'skydive']);
  addServerOptions(get);
  examples(get, ['skein capture get web']);
  const tail = command
    .command('tail')
    .description('packets as they pass: a line for each, or pcapng for tshark and Wireshark')
    .argument('[capture]', 'by id, the beginning of one, or name: where it is, with its filter');
  tail.action((word: string | undefined, _, self: Command) => tailCapture(session, word, self.optsWithGlobals()));
  addTailOptions(tail);
  addUtcOption(tail);
  addServerOptions(tail);
  examples(tail, [
    "skein capture tail --on eth0 --bpf 'port 53' -c 10",
    'skein capture tail --on blue/eth0 -w - | tshark -r -',
    'skein capture tail web --for 30s -w web.pcapng',
  ]);
  examples(command, [
    'skein capture start --on eth0 --name web',
    "skein capture start --gremlin \"G.V().Has('Type','veth')\" --bpf 'tcp port 443' --for 5m",
    'skein capture list',
    'skein flows -f',
    'skein capture stop web',
  ]);
}

function defineStart(command: Command, session: Session): void {
  const start = command
    .command('start')
    .alias('create')
    .description('look at the packets of some nodes; what they say to each other becomes flows')
    .action((_, self: Command) => startCapture(session, self.optsWithGlobals()));
  addStartOptions(start);
  addFormatOption(start, ['name', 'json', 'skydive']);
  addServerOptions(start);
  examples(start, [
    'skein capture start --on eth0',
    'skein capture start --on blue/eth0 --to br0 --name way',
    "skein capture start --gremlin \"G.V().Has('Type','bridge')\" --bpf 'udp port 53' --extra-layer dns --for 10m",
    'skein capture start --on eth0 --type afpacket --raw-packets 5 --header-size 1500',
  ]);
}

async function printCaptures(session: Session, options: PrintOptions): Promise<void> {
  const all = await listCaptures(session, options);
  await printAll(session, { all, kind: 'captures', rows: (some) => captureRows(session, options, some) }, options);
}

async function showCapture(session: Session, word: string, options: PrintOptions): Promise<void> {
  const capture = captureNamed(await listCaptures(session, options), word);
  const kind = options.output?.kind ?? 'json';
  const places = kind === 'skydive' ? [] : await capturedAt(session, options);
  const nodes = places
    .filter(({ id }) => id === capture.UUID)
    .map(({ node, id: _, ...place }) => ({ name: node.Metadata.Name, host: node.Host, ...place }));
  await printOne(session, { resource: capture, kind: 'capture', said: { capture, nodes } }, kind);
}

async function stopCaptures(
  session: Session,
  words: readonly string[],
  options: PrintOptions & { readonly all?: boolean },
): Promise<void> {
  if ((words.length === 0) === (options.all !== true))
    throw usageFailure('say which captures, or --all', 'skein capture list shows them');
  const captures = await listCaptures(session, options);
  const chosen = options.all ? captures : words.map((word) => captureNamed(captures, word));
  await removeAll(session, options, { kind: 'capture', chosen, done: 'stopped' });
  if (chosen.length === 0 && !options.quiet) session.io.err.write('nothing is captured\n');
}
