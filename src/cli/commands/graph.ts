/** `skein graph serve|import|export`: graphs of one's own, without a network. */
import { type Command, Option } from 'commander';
import { parseDuration } from '../../std/duration.ts';
import { examples, type Session } from '../command.ts';
import { usageFailure } from '../failure.ts';
import type { GraphFileFormat, ServedGraph, ServeTask } from '../graph-task.ts';

export function define(command: Command, session: Session): void {
  command.helpCommand(false);
  defineServe(command, session);
  defineImport(command, session);
  defineExport(command, session);
  examples(command, [
    'skein graph serve --graph modern=tinkerpop-modern.json',
    'skein graph serve --graph net --data /srv/graphs --io /srv/files',
    'skein graph import network.graphml --graph net --data /srv/graphs',
    'skein graph export yesterday.json --graph net --data /srv/graphs --at -1d',
  ]);
}

function defineServe(command: Command, session: Session): void {
  const serve = command
    .command('serve')
    .description('answer standard Gremlin drivers, at /gremlin, over WebSocket and HTTP')
    .addOption(
      repeated('--graph <name[=file]>', 'a graph under its name, and with its file at first; the first is also g'),
    )
    .addOption(
      repeated('--index <keys>', 'keys of vertices that get an index at once (others get one when asked for often)'),
    )
    .addOption(
      repeated(
        '--cardinality <name=kind>',
        'of properties of a graph when nobody names one: single, list or set',
      ).default([], 'single'),
    )
    .option(
      '--data <folder>',
      'keep the graphs there, with their past; a file is read into a graph only once (default: in memory)',
    )
    .option('--io <folder>', "the files that g.io('name') may read and write")
    .option('--listen <host:port>', 'where to answer; anything but loopback needs a --user', '127.0.0.1:8182')
    .addOption(repeated('--name <host>', 'names by which this server is known, beside localhost'))
    .addOption(repeated('--user <name:file>', 'who may come in, and the file with the password'))
    .option('--horizon <duration>', 'how far back memory remembers; what is older comes from --data', '1d')
    .addOption(sizeOption())
    .action(async (options: ServeOptions) => {
      session.exitCode = await session.graphs(serveTask(options));
    });
  examples(serve, [
    'skein graph serve --graph g',
    'skein graph serve --graph modern=tinkerpop-modern.json --graph scratch --index name,age',
    'skein graph serve --graph net --data /srv/graphs --listen 0.0.0.0:8182 --user ann:/etc/skein/ann',
  ]);
}

function defineImport(command: Command, session: Session): void {
  const add = command
    .command('import')
    .description('add what is in a file to a graph that is kept')
    .argument('<file>', 'GraphSON 3 (a vertex a line, or one document), GraphML or JSON lines')
    .requiredOption('--graph <name>', 'the graph; made when it is not there')
    .requiredOption('--data <folder>', 'where it is kept. It goes straight there, so no server may have it open')
    .addOption(
      new Option('--format <name>', 'of the file (default: by its name)').choices(['graphson', 'graphml', 'jsonlines']),
    )
    .addOption(sizeOption())
    .action(async (file: string, { graph, data, format, maxSize }: FileOptions) => {
      const task = { kind: 'import', file, graph: nameOf(graph), data, format, maxBytes: maxSize } as const;
      session.exitCode = await session.graphs(task);
    });
  add.addHelpText(
    'after',
    "\nA server that runs reads files by itself: start it with --io FOLDER, and ask g.io('FILE').read().",
  );
  examples(add, ['skein graph import network.graphml --graph net --data /srv/graphs']);
}

function defineExport(command: Command, session: Session): void {
  const out = command
    .command('export')
    .description('write a graph that is kept to a file')
    .argument('<file>', 'by its ending GraphML (.xml, .graphml), else GraphSON 3, a vertex a line')
    .requiredOption('--graph <name>', 'the graph')
    .requiredOption('--data <folder>', 'where it is kept. It is read from there, so no server may have it open')
    .option('--at <moment>', 'as it was then, e.g. -10m or 2026-01-31T12:00:00Z')
    .addOption(new Option('--format <name>', 'of the file (default: by its name)').choices(['graphson', 'graphml']))
    .addOption(sizeOption())
    .action(
      async (file: string, { graph, data, format, at, maxSize }: FileOptions & { format?: 'graphson' | 'graphml' }) => {
        const task = { kind: 'export', file, graph: nameOf(graph), data, format, at, maxBytes: maxSize } as const;
        session.exitCode = await session.graphs(task);
      },
    );
  out.addHelpText(
    'after',
    "\nA server that runs writes files by itself: start it with --io FOLDER, and ask g.io('FILE').write().",
  );
  examples(out, ['skein graph export net.json --graph net --data /srv/graphs --at -1h']);
}

interface ServeOptions {
  readonly graph: readonly string[];
  readonly index: readonly string[];
  readonly cardinality: readonly string[];
  readonly data?: string;
  readonly io?: string;
  readonly listen: string;
  readonly name: readonly string[];
  readonly user: readonly string[];
  readonly horizon: string;
  readonly maxSize: number;
}

interface FileOptions {
  readonly graph: string;
  readonly data: string;
  readonly format?: GraphFileFormat;
  readonly at?: string;
  readonly maxSize: number;
}

const GRAPHS_MAX = 64;
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

function serveTask(options: ServeOptions): ServeTask {
  const horizonMs = parseDuration(options.horizon);
  if (horizonMs === undefined) throw usageFailure(`--horizon ${options.horizon} is no length of time`, 'e.g. 1h or 7d');
  return {
    kind: 'serve',
    graphs: graphsOf(options),
    indexed: options.index.flatMap((keys) => keys.split(',')).filter(Boolean),
    data: options.data,
    io: options.io,
    listen: addressOf(options.listen),
    hostNames: options.name,
    users: options.user.map(userOf),
    horizonMs,
    maxBytes: options.maxSize,
  };
}

function graphsOf({ graph, cardinality }: ServeOptions): ServedGraph[] {
  if (graph.length === 0) throw usageFailure('which graphs? --graph NAME, or NAME=FILE, as often as there are graphs');
  if (graph.length > GRAPHS_MAX) throw usageFailure(`${graph.length} graphs are too many`, `at most ${GRAPHS_MAX}`);
  const kinds = new Map(cardinality.map((text) => [before(text, '='), kindOf(text)]));
  const graphs = graph.map((text) => {
    const name = nameOf(before(text, '='));
    return { name, file: after(text, '='), cardinality: kinds.get(name) ?? 'single' };
  });
  const names = new Set(graphs.map(({ name }) => name));
  if (names.size < graphs.length) throw usageFailure('two graphs have one name');
  for (const name of kinds.keys()) if (!names.has(name)) throw usageFailure(`--cardinality: there is no graph ${name}`);
  return graphs;
}

function nameOf(text: string): string {
  if (!NAME.test(text)) throw usageFailure(`${JSON.stringify(text)} is no name of a graph`, 'letters, digits and _');
  return text;
}

function kindOf(text: string): ServedGraph['cardinality'] {
  const kind = after(text, '=');
  if (kind === 'single' || kind === 'list' || kind === 'set') return kind;
  throw usageFailure(`--cardinality ${text}: NAME=single, NAME=list or NAME=set`);
}

function userOf(text: string): ServeTask['users'][number] {
  const [name, passwordFile] = [before(text, ':'), after(text, ':')];
  if (!name || !passwordFile) throw usageFailure(`--user ${text}: NAME:FILE, where the file holds the password`);
  return { name, passwordFile };
}

function addressOf(text: string): ServeTask['listen'] {
  const [, host, port] = /^(\[[0-9a-fA-F:.]+\]|[^:]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) throw usageFailure(`--listen ${text} is no HOST:PORT`);
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function before(text: string, separator: string): string {
  const at = text.indexOf(separator);
  return at < 0 ? text : text.slice(0, at);
}

function after(text: string, separator: string): string | undefined {
  const at = text.indexOf(separator);
  return at < 0 ? undefined : text.slice(at + 1);
}

function repeated(flags: string, doc: string): Option {
  return new Option(flags, doc)
    .argParser((value: string, all: string[] | undefined) => [...(all ?? []), value])
    .default([], 'none');
}

function sizeOption(): Option {
  return new Option('--max-size <size>', 'what the past of a graph may take on disk')
    .argParser(sizeOf)
    .default(4 * 2 ** 30, '4GiB');
}

function sizeOf(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,15})(|[KMGT]i?B?)$/.exec(text) ?? [];
  if (amount === undefined) throw usageFailure(`--max-size ${text} is no size`, 'e.g. 500MiB or 4GiB');
  return Number(amount) * 1024 ** ' KMGT'.indexOf(unit[0] ?? ' ');
}
