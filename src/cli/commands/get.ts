/** `skein get THINGS [NAME]`: lists without Gremlin. The query it asks is shown with -v. */
import { type Command, Option } from 'commander';
import type { WireNode } from '../../contract/element.ts';
import { nearest } from '../../std/nearest.ts';
import { agentRows } from '../agents.ts';
import { ask } from '../ask.ts';
import { captureRows, listCaptures } from '../captures.ts';
import { examples, type Session } from '../command.ts';
import { type Condition, readSelector, readWhere } from '../condition.ts';
import { datapathRows } from '../datapath.ts';
import { usageFailure } from '../failure.ts';
import { nameStep, patternOf, selectorSteps, whereSteps } from '../gremlin.ts';
import { drawTime } from '../moment.ts';
import { addFormatOption, addListOptions, addUtcOption, elementFormats } from '../output.ts';
import { placesIn } from '../places.ts';
import { type PrintOptions, print } from '../print.ts';
import { rowsThat } from '../row-filter.ts';
import { printRows } from '../rows.ts';
import { addServerOptions } from '../server-options.ts';
import { type SocketOptions, socketRows } from '../sockets.ts';
import {
  AGENTS,
  CAPTURES,
  DATAPATH_FLOWS,
  edgeRows,
  type Place,
  SOCKETS,
  type Thing,
  thingNamed,
  things,
} from '../things.ts';
import { addTimeOptions, graphAt, type TimeOptions } from '../time-options.ts';

interface GetOptions extends PrintOptions, TimeOptions, SocketOptions {
  readonly selector?: readonly string[];
  readonly where?: readonly string[];
  readonly host?: string;
}

const listed: readonly Thing[] = [...things, CAPTURES, SOCKETS, DATAPATH_FLOWS, AGENTS];

export function define(command: Command, session: Session): void {
  const several = (text: string, before: readonly string[] | undefined) => [...(before ?? []), text];
  command
    .argument('<things>', listed.map((thing) => thing.name).join(', '))
    .argument('[name]', "by name; * and ? as in a shell: 'veth*'; for edges their relation")
    .addOption(new Option('-l, --selector <k=v,…>', 'key=value, key!=value, key, !key').argParser(several))
    .addOption(
      new Option('--where <condition>', "'MTU<1500', \"Name~'veth.*'\", 'IPV4 in 10.0.0.0/8'").argParser(several),
    )
    .option('--host <name>', 'only of this host')
    .addOption(new Option('--node <node>', 'of this namespace, container or interface').helpGroup('Of sockets:'))
    .addOption(new Option('--listening', 'those that wait for others').helpGroup('Of sockets:'))
    .addOption(
      new Option('--process <name>', 'of processes of this name; * and ? as in a shell').helpGroup('Of sockets:'),
    )
    .action((word: string, name: string | undefined, _, self: Command) =>
      run(session, word, name, self.optsWithGlobals()),
    );
  addFormatOption(command, elementFormats);
  addListOptions(command);
  addUtcOption(command);
  addTimeOptions(command);
  addServerOptions(command);
  const width = Math.max(...listed.map(({ name }) => name.length)) + 1;
  command.addHelpText(
    'after',
    [
      "\nOf routes, neighbours, rules, captures and sockets -l and --where ask for columns: Table=main, 'Priority>100'.",
      '\nThings:',
      ...listed.map((thing) => `  ${thing.name.padEnd(width)} ${thing.doc} (also: ${thing.aliases.join(', ')})`),
    ].join('\n'),
  );
  examples(command, [
    'skein get interfaces',
    "skein get if 'veth*' -o wide",
    "skein get interfaces -l State=DOWN --where 'MTU<1500'",
    'skein get routes --at -10m -o csv',
    "skein get routes -l Table=main --where 'Prefix in 10.0.0.0/8'",
    'skein get sockets --listening',
    'skein get sockets nginx --at -1h -o wide',
    'skein get filters --where Verdict=drop',
    "skein get datapath-flows br-int --where 'PACKETS>100'",
    'skein get agents -l STATE=away',
    'skein get nodes -o columns=Name,Type,@UpdatedAt --sort-by -@UpdatedAt --limit 10',
  ]);
}

async function run(session: Session, word: string, name: string | undefined, options: GetOptions): Promise<void> {
  const thing = thingNamed(word);
  if (!thing) {
    const known = listed.map((each) => each.name).join(', ');
    const meant = nearest(
      word,
      listed.map((each) => each.name),
    );
    throw usageFailure(
      `there are no "${word}" to get${meant === undefined ? '' : ` (did you mean ${meant}?)`}`,
      `there are ${known}; for anything else: skein query`,
    );
  }
  if (thing === CAPTURES) return getCaptures(session, name, options);
  if (thing === SOCKETS) return getSockets(session, name, options);
  refuseSocketOptions(options);
  if (thing === DATAPATH_FLOWS) return getDatapathFlows(session, name, options);
  if (thing === AGENTS) return getAgents(session, name, options);
  const graph = graphAt(options, session.io.now());
  const kind = options.output?.kind ?? 'table';
  const isGrid = kind === 'table' || kind === 'wide' || kind === 'csv';
  const isDrawn = isGrid || kind === 'dot' || kind === 'mermaid';
  // Edges are drawn between nodes, and lists of them name their ends.
  const ends = thing.name === 'edges' && isDrawn ? '.SubGraph()' : '';
  const query = graph + thing.steps + filterSteps(thing, name, options) + ends;
  const conditions = thing.isPart ? rowConditions(options) : [];
  const reply = await ask(session, options, { query });
  const { rows, isPart } = thing;
  if (!(isGrid || isPart) || (reply.kind !== 'graph' && !rows)) return print(session, reply, options);
  const place = await placesIn(session, options, graph, thing.owners);
  if (reply.kind === 'graph') return printRows(session, thing.name, edgeRows(reply, place), options);
  if (reply.kind !== 'nodes' || !rows) return print(session, reply, options);
  // In a span a thing is listed once for each of its versions.
  const clock = { utc: options.utc === true };
  const isSpan = options.since !== undefined;
  const since = (node: WireNode) => (isSpan ? { SINCE: drawTime(node.UpdatedAt, clock) } : {});
  const nodes = inOrder(reply.nodes, thing, place);
  const all = nodes.flatMap((node) => rows(node, place(node)).map((row) => ({ ...since(node), ...row })));
  await printRows(session, thing.name, rowsThat(conditions, all), options);
}

function inOrder(nodes: readonly WireNode[], { order }: Thing, place: (node: WireNode) => Place): readonly WireNode[] {
  if (!order) return nodes;
  const keyed = nodes.map((node) => ({ node, keys: order(node, place(node)) }));
  keyed.sort((one, other) => {
    for (const [at, key] of one.keys.entries()) {
      const against = other.keys[at] ?? '';
      if (key !== against) return key < against ? -1 : 1;
    }
    return 0;
  });
  return keyed.map(({ node }) => node);
}

async function getSockets(session: Session, name: string | undefined, options: GetOptions): Promise<void> {
  const process = options.process ?? name;
  const rows = await socketRows(session, { ...options, ...(process !== undefined && { process }) });
  await printRows(session, 'sockets', rowsThat(rowConditions(options), rows), options);
}

function refuseSocketOptions({ node, listening, process }: GetOptions): void {
  if (node !== undefined || listening || process !== undefined)
    throw usageFailure('--node, --listening and --process are about sockets', 'skein get sockets --listening');
}

async function getCaptures(session: Session, name: string | undefined, options: GetOptions): Promise<void> {
  if (options.at !== undefined || options.since !== undefined || options.host !== undefined)
    throw usageFailure('captures are those of now, on every host', 'of the past: skein get nodes -l Captures --at …');
  const called = name === undefined ? [] : [nameCondition(name)];
  const rows = await captureRows(session, options, await listCaptures(session, options));
  await printRows(session, 'captures', rowsThat([...called, ...rowConditions(options)], rows), options);
}

async function getDatapathFlows(session: Session, name: string | undefined, options: GetOptions): Promise<void> {
  if (options.at !== undefined || options.since !== undefined || options.host !== undefined)
    throw usageFailure(
      'flows of datapaths are those of now, on the machine of the server',
      'of the past: skein get ofrules --at …',
    );
  const rows = await datapathRows(session, options, name);
  await printRows(session, 'datapath-flows', rowsThat(rowConditions(options), rows), options);
}

async function getAgents(session: Session, name: string | undefined, options: GetOptions): Promise<void> {
  if (options.at !== undefined || options.since !== undefined)
    throw usageFailure('agents are those of now', 'what they told of the past: skein get hosts --at …');
  const { kind } = options.output ?? { kind: 'table' };
  const isForPeople = kind === 'table' || kind === 'wide' || kind === 'columns';
  const rows = await agentRows(session, { ...options, isForPeople });
  const called = name === undefined ? [] : [{ ...nameCondition(name), key: 'HOST' }];
  await printRows(session, 'agents', rowsThat([...called, ...rowConditions(options)], rows), options);
}

/** As nameStep asks the server. */
function nameCondition(name: string): Condition {
  if (!/[*?]/.test(name)) return { key: 'NAME', operator: 'is', value: name };
  return { key: 'NAME', operator: 'like', value: patternOf(name) };
}

/** What is asked of nodes; of parts of nodes it is asked of the rows. */
function filterSteps(thing: Thing, name: string | undefined, { selector = [], where = [], host }: GetOptions): string {
  const isEdges = thing.name === 'edges';
  const called = name === undefined ? '' : isEdges ? selectorSteps(`RelationType=${name}`) : nameStep(name);
  const onHost = host === undefined ? '' : selectorSteps(`@Host=${host}`);
  if (thing.isPart) return called + onHost;
  return called + onHost + selector.map(selectorSteps).join('') + where.map(whereSteps).join('');
}

function rowConditions({ selector = [], where = [] }: GetOptions): Condition[] {
  return [...selector.flatMap(readSelector), ...where.flatMap(readWhere)];
}
