/** `skein capture start|stop|list|tail`: where packets are looked at, and what passes there. */
import type { Command } from 'commander';
import type { WireCapture } from '../../contract/capture.ts';
import { addStartOptions, startCapture } from '../capture-start.ts';
import { addTailOptions, tailCapture } from '../capture-tail.ts';
import { capturedAt, captureNamed, captureRows, listCaptures } from '../captures.ts';
import { examples, type Session } from '../command.ts';
import { usageFailure } from '../failure.ts';
import { request } from '../http.ts';
import { addFormatOption, addListOptions, addUtcOption, type FormatName } from '../output.ts';
import type { PrintOptions } from '../print.ts';
import { cellText } from '../render/grid.ts';
import { printRows } from '../rows.ts';
import { serverOf } from '../server.ts';
import { addServerOptions } from '../server-options.ts';

const listFormats: readonly FormatName[] = ['table', 'wide', 'json', 'ndjson', 'csv', 'yaml', 'columns', 'skydive'];

export function define(command: Command, session: Session): void {
  command.helpCommand(false);
  defineStart(command, session);
  const stop = command
    .command('stop')
    .alias('delete')
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
  if (options.output?.kind === 'skydive') {
    const captures = await listCaptures(session, options);
    const byId = Object.fromEntries(captures.map((capture) => [capture.UUID, capture]));
    session.io.out.write(`${JSON.stringify(byId, null, '\t')}\n`);
    return;
  }
  await printRows(session, 'captures', await captureRows(session, options), options);
}

async function showCapture(session: Session, word: string, options: PrintOptions): Promise<void> {
  const capture = captureNamed(await listCaptures(session, options), word);
  const { out } = session.io;
  const kind = options.output?.kind;
  if (kind === 'skydive') return out.write(`${JSON.stringify(capture, null, '\t')}\n`);
  const places = (await capturedAt(session, options)).filter(({ id }) => id === capture.UUID);
  const shown = {
    schema: 'skein/v1',
    kind: 'capture',
    capture,
    nodes: places.map(({ node, id: _, ...place }) => ({ name: node.Metadata.Name, host: node.Host, ...place })),
  };
  out.write(kind === 'yaml' ? (await import('yaml')).stringify(shown) : `${JSON.stringify(shown, null, 2)}\n`);
}

async function stopCaptures(
  session: Session,
  words: readonly string[],
  options: PrintOptions & { readonly all?: boolean },
): Promise<void> {
  if ((words.length === 0) === (options.all !== true))
    throw usageFailure('say which captures, or --all', 'skein capture list shows them');
  const { io } = session;
  const captures = await listCaptures(session, options);
  const chosen = options.all ? captures : words.map((word) => captureNamed(captures, word));
  const server = await serverOf(options, io);
  for (const { UUID, Name } of new Set<WireCapture>(chosen)) {
    await request(server, {
      method: 'DELETE',
      path: `/api/capture/${encodeURIComponent(UUID)}`,
      signal: io.interrupted,
    });
    io.out.write(`${UUID}\n`);
    if (!options.quiet) io.err.write(`stopped ${cellText(Name ?? UUID)}\n`);
  }
  if (chosen.length === 0 && !options.quiet) io.err.write('nothing is captured\n');
}
