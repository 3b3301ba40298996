/** `skein flows`: who spoke with whom; now, then, or as it happens. */
import { type Command, Option } from 'commander';
import type { WireFlow } from '../../contract/flow.ts';
import type { QueryReply } from '../../contract/query.ts';
import { ask } from '../ask.ts';
import { examples, type Session } from '../command.ts';
import { exitCodes, usageFailure } from '../failure.ts';
import { addFlowFilters, type FlowFilter } from '../flow-filter.ts';
import { flowPlaces } from '../flow-places.ts';
import { type FlowQueryOptions, flowQuery } from '../flow-query.ts';
import { outsideOfFlows } from '../flow-range.ts';
import { quoted } from '../gremlin.ts';
import { addFormatOption, addListOptions, addUtcOption, type FormatName, wholeNumber } from '../output.ts';
import { pcapOf } from '../pcap-answer.ts';
import { drawingOf, type PrintOptions, print } from '../print.ts';
import { drawCsv } from '../render/csv.ts';
import { type FlowDrawing, flowDict, flowLine } from '../render/flow-lines.ts';
import { fieldsGrid, flowsGrid } from '../render/flows.ts';
import { drawTable } from '../render/table.ts';
import { serverOf } from '../server.ts';
import { addServerOptions } from '../server-options.ts';
import { addTimeOptions, ofFlows } from '../time-options.ts';

interface FlowsOptions extends PrintOptions, FlowQueryOptions {
  readonly follow?: boolean;
  readonly last?: number;
  readonly all?: boolean;
  readonly bpf?: string;
  readonly printQuery?: boolean;
}

const formats: readonly FormatName[] = [
  'compact',
  'dict',
  'table',
  'wide',
  'json',
  'ndjson',
  'csv',
  'yaml',
  'pcap',
  'columns',
];
const LAST = 50;

export function define(command: Command, session: Session): void {
  const several = (text: string, before: readonly string[] | undefined) => [...(before ?? []), text];
  const filters = addFlowFilters(command);
  command
    .addOption(new Option('--node <node>', 'captured there').argParser(several).helpGroup('Filters:'))
    .addOption(new Option('--host <name>', 'captured on that host').argParser(several).helpGroup('Filters:'))
    .addOption(new Option('--capture <capture>', 'by that capture').argParser(several).helpGroup('Filters:'))
    .addOption(new Option('--gremlin <query>', 'a query that gives flows; filters go on from it').helpGroup('Filters:'))
    .addOption(new Option('--bpf <filter>', 'of the packets that were kept, with -o pcap').helpGroup('Filters:'))
    .option('-f, --follow', 'go on with flows as they are updated')
    .addOption(new Option('--last <n>', `the last so many (default: ${LAST}, with -f none)`).argParser(wholeNumber))
    .option('--all', 'all of them')
    .option('--print-query', 'show the query instead of asking it')
    .action((_, self: Command) => {
      if (filters.isDangling()) throw usageFailure('--not inverts the filter that follows', 'like --not --port 22');
      return run(session, filters.given, self.optsWithGlobals());
    });
  addFormatOption(command, formats);
  addListOptions(command);
  addUtcOption(command);
  addTimeOptions(command, ofFlows);
  addServerOptions(command);
  command.addHelpText(
    'after',
    '\nFilters of one name are alternatives, those of different names have to be met all; --not inverts the next.',
  );
  examples(command, [
    'skein flows',
    'skein flows --ip 10.0.0.0/8 --not --port 22 --last 20',
    'skein flows -f --app dns',
    'skein flows --to-port 443 --protocol tcp --at -10m -o table',
    'skein flows --type drop --since -1h -o columns=Last,Network.A,Network.B,Drops',
    'skein flows --from-ip 10.0.0.1 --print-query',
    "skein flows --gremlin \"G.V().Has('Type','veth').Flows()\" -o ndjson",
  ]);
}

async function run(session: Session, filters: readonly FlowFilter[], options: FlowsOptions): Promise<void> {
  const { io } = session;
  const isPast = options.at !== undefined || options.since !== undefined;
  if (options.follow && isPast) throw usageFailure('-f follows what happens now', 'leave the time away');
  const found = await flowQuery(session, options, filters);
  const last = options.all ? undefined : (options.last ?? (options.follow ? 0 : (options.limit ?? LAST)));
  const query = last === undefined ? found : `${found}.Sort(DESC, 'Last').Limit(${last})`;
  if (options.printQuery) {
    io.out.write(`${options.follow ? found : query}\n`);
    return;
  }
  const kind = options.output?.kind ?? 'compact';
  if (options.bpf !== undefined && kind !== 'pcap')
    throw usageFailure('--bpf is about packets that were kept, and flows are no packets', 'take it with -o pcap');
  if (kind === 'pcap') {
    if (options.follow) throw usageFailure('packets are followed by another command', 'skein capture tail -w -');
    const bpf = options.bpf === undefined ? '' : `.BPF(${quoted(options.bpf)})`;
    io.out.write(await pcapOf(session, options, `${query}.RawPackets()${bpf}`));
    return;
  }
  if (last !== 0) await printFound(session, options, query, { isLast: last !== undefined });
  if (options.follow) await follow(session, options, found);
}

/** The newest are asked for, and shown in the order in which they were seen. */
async function printFound(
  session: Session,
  options: FlowsOptions,
  query: string,
  { isLast }: { readonly isLast: boolean },
): Promise<void> {
  const { io } = session;
  const asked = await ask(session, options, { query });
  const reply: QueryReply = asked.kind === 'flows' && isLast ? { ...asked, flows: asked.flows.toReversed() } : asked;
  const isEmpty = reply.kind === 'flows' && reply.flows.length === 0;
  if (isEmpty && !options.quiet) {
    const outside = await outsideOfFlows(session, options, reply);
    if (outside !== undefined) io.err.write(`skein: ${outside}\n`);
  }
  const kind = options.output?.kind ?? 'compact';
  if (reply.kind !== 'flows' || (kind !== 'compact' && kind !== 'dict')) {
    const output = options.output?.kind === 'dict' ? undefined : options.output;
    await print(session, reply, { ...options, ...(output && { output }) });
    return;
  }
  if (isEmpty) {
    if (options.failEmpty) session.exitCode = exitCodes.empty;
    if (options.quiet) return;
    io.err.write('nothing found\n');
    if (!reply.time) io.err.write('these would be flows that live; --since -10m finds those that have ended, too\n');
    return;
  }
  const graph = reply.time ? `G.Between(${reply.time.from}, ${reply.time.to + 1})` : 'G';
  const places = new Places(session, options, graph);
  await places.learn(reply.flows);
  const draw = kind === 'dict' ? flowDict : flowLine;
  const drawing = places.drawing();
  io.out.write(reply.flows.map((flow) => draw(flow, drawing)).join(''));
}

async function follow(session: Session, options: FlowsOptions, filter: string): Promise<void> {
  const { io } = session;
  const { streamFlows } = await import('../flow-stream.ts');
  const note = (text: string) => options.quiet || io.err.write(`${text}\n`);
  const places = new Places(session, options, 'G');
  const draw = liveDrawing(session, options, places);
  // One batch after the other: names may have to be asked for in between.
  let drawn = Promise.resolve();
  let failed: unknown;
  const enough = new AbortController();
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  await streamFlows({
    server: await serverOf(options, io),
    filter,
    signal: AbortSignal.any([io.interrupted, enough.signal]),
    now: io.now,
    onFlows: (flows) => {
      const shown = flows.slice(0, left);
      left -= shown.length;
      drawn = drawn
        .then(() => draw(shown))
        .then((text) => io.out.write(text))
        .catch((error) => {
          failed ??= error;
          enough.abort();
        })
        .finally(() => left <= 0 && enough.abort());
    },
    onDropped: (flows) => note(`skein: ${flows} flows are not shown: they came faster than they were read`),
    onOpen: () => note('following flows; Ctrl-C ends'),
    onLost: (reason) => note(`lost the server: ${reason}; trying again`),
    onBack: (sinceMs) =>
      note(
        `back again; what was updated meanwhile is not shown: skein flows --since ${new Date(sinceMs).toISOString()}`,
      ),
  });
  await drawn;
  if (failed !== undefined) throw failed;
  if (io.interrupted.aborted) session.exitCode = exitCodes.interrupted;
}

type Draw = (flows: readonly WireFlow[]) => Promise<string>;

function liveDrawing(session: Session, options: FlowsOptions, places: Places): Draw {
  const output = options.output ?? { kind: 'compact' as const };
  const drawing = drawingOf(session, options);
  let hasHeaders = drawing.hasHeaders;
  const grid = (draw: (flows: readonly WireFlow[], hasHeaders: boolean) => string): Draw => {
    return async (flows) => {
      const text = draw(flows, hasHeaders);
      hasHeaders = false;
      return text;
    };
  };
  const { clock } = drawing;
  switch (output.kind) {
    case 'json':
    case 'ndjson':
      return async (flows) =>
        flows.map((flow) => `${JSON.stringify({ schema: 'skein/v1', kind: 'flow', flow })}\n`).join('');
    case 'csv':
      return grid((flows, hasHeaders) => drawCsv(flowsGrid(flows, { clock, isWide: true }), { hasHeaders }));
    case 'table':
    case 'wide':
      return grid((flows, hasHeaders) =>
        drawTable(flowsGrid(flows, { clock, isWide: output.kind === 'wide' }), { ...drawing, hasHeaders }),
      );
    case 'columns':
      return grid((flows, hasHeaders) =>
        drawTable(fieldsGrid(flows, output.keys), { ...drawing, width: undefined, hasHeaders }),
      );
    case 'compact':
    case 'dict':
      return async (flows) => {
        await places.learn(flows);
        const draw = output.kind === 'dict' ? flowDict : flowLine;
        const lines = places.drawing();
        return flows.map((flow) => draw(flow, lines)).join('');
      };
    default:
      throw usageFailure(`flows cannot be followed as ${output.kind}`, 'they can as compact, dict, table, ndjson, csv');
  }
}

/** Names of nodes, asked for once. */
class Places {
  readonly #session: Session;
  readonly #options: FlowsOptions;
  readonly #graph: string;
  readonly #names = new Map<string, string>();

  constructor(session: Session, options: FlowsOptions, graph: string) {
    this.#session = session;
    this.#options = options;
    this.#graph = graph;
  }

  async learn(flows: readonly WireFlow[]): Promise<void> {
    const unknown = new Set(flows.map(({ NodeTID }) => NodeTID).filter((tid) => tid !== '' && !this.#names.has(tid)));
    if (unknown.size === 0) return;
    const places = await flowPlaces(this.#session, this.#options, this.#graph, unknown);
    for (const tid of unknown) this.#names.set(tid, places.get(tid)?.name ?? tid);
  }

  drawing(): FlowDrawing {
    const { clock, paint } = drawingOf(this.#session, this.#options);
    return { clock, paint, place: (tid) => this.#names.get(tid) ?? (tid || '(trace)') };
  }
}
