/** `create`, `list`, `get`, `delete` of one kind of rule: below `skein rule`, and by Skydive's names. */
import type { Command } from 'commander';
import { examples, type Session } from './command.ts';
import { usageFailure } from './failure.ts';
import { addFormatOption, addListOptions, type FormatName } from './output.ts';
import { metadataOf, pairsOf } from './pairs.ts';
import type { PrintOptions } from './print.ts';
import { cellText } from './render/grid.ts';
import { printAll, printOne } from './resource-print.ts';
import { make, removeAll } from './resources.ts';
import { listRules, type RuleKind, ruleNamed, ruleRow, type WireRule } from './rules.ts';
import { addServerOptions } from './server-options.ts';

const listFormats: readonly FormatName[] = ['table', 'wide', 'json', 'ndjson', 'csv', 'yaml', 'columns', 'skydive'];

interface CreateOptions extends PrintOptions {
  readonly name?: string;
  readonly description?: string;
  readonly metadata?: string;
  readonly action?: string;
  readonly query?: string;
  readonly src?: string;
  readonly dst?: string;
  readonly relation?: string;
  readonly relationtype?: string;
}

const shown = {
  node: "skein rule node create --query \"G.V().Has('Type', 'veth')\" Team=web --name web",
  edge: "skein rule edge create --src \"G.V().Has('Name', 'eth0')\" --dst \"G.V().Has('Type', 'switchport')\"",
};

export function defineRules(command: Command, session: Session, kind: RuleKind): void {
  command.helpCommand(false);
  defineCreate(command, session, kind);
  const list = command
    .command('list')
    .alias('ls')
    .description('which there are, and what came of them')
    .action(async (_, self: Command) => printRules(session, self.optsWithGlobals(), kind));
  addFormatOption(list, listFormats);
  addListOptions(list);
  addServerOptions(list);
  const get = command
    .command('get')
    .alias('show')
    .description('one of them, with all that is known of it')
    .argument('<rule>', 'by id, the beginning of one, or name')
    .action(async (word: string, _, self: Command) => {
      const options: PrintOptions = self.optsWithGlobals();
      const resource = ruleNamed(await listRules(session, options, kind), word, kind);
      await printOne(session, { resource, kind: 'rule' }, options.output?.kind ?? 'json');
    });
  addFormatOption(get, ['json', 'yaml', 'skydive']);
  addServerOptions(get);
  const remove = command
    .command('delete')
    .alias('rm')
    .description('take back what they say')
    .argument('<rules...>', 'by id, the beginning of one, or name')
    .action((words: string[], _, self: Command) => deleteRules(session, words, self.optsWithGlobals(), kind));
  addServerOptions(remove);
  examples(command, [shown[kind], `skein rule ${kind} list`, `skein rule ${kind} delete web`]);
}

function defineCreate(command: Command, session: Session, kind: RuleKind): void {
  const create = command
    .command('create')
    .description(
      kind === 'node'
        ? 'add metadata to every node that a query finds, now and later; or make a node'
        : 'link every node that one query finds with every node that another finds, now and later',
    )
    .argument('[pairs...]', 'metadata as KEY=VALUE; a value that is JSON is what it says')
    .option('--metadata <pairs>', 'the same as JSON, or as a=1,b=2')
    .option('--name <name>', 'what to call it')
    .option('--description <text>', 'what it is for');
  if (kind === 'node')
    create
      .option('--query <query>', 'the nodes that get the metadata')
      .option('--action <action>', 'update (with a query) or create (a node with Name and Type)');
  else
    create
      .option('--src <query>', 'the nodes that edges start from')
      .option('--dst <query>', 'the nodes that they go to')
      .option('--relation <type>', 'RelationType of the edges (default: layer2)')
      .option('--relationtype <type>', 'the same, as Skydive calls it');
  addFormatOption(create, ['name', 'json', 'skydive']);
  addServerOptions(create);
  create.action((words: string[], _, self: Command) => makeRule(session, words, self.optsWithGlobals(), kind));
  examples(create, [shown[kind]]);
}

async function makeRule(session: Session, words: readonly string[], options: CreateOptions, kind: RuleKind) {
  const { io } = session;
  const { name: Name, description: Description } = options;
  const said = { ...(options.metadata !== undefined && metadataOf(options.metadata)), ...pairsOf(words) };
  const rule = await make<WireRule>(session, options, {
    kind: `${kind}rule`,
    body: { Name, Description, ...(kind === 'node' ? nodeRule(options, said) : edgeRule(options, said)) },
    duplicate: usageFailure('there is a rule that does just this already', `skein rule ${kind} list shows it`),
  });
  await printOne(session, { resource: rule, kind: 'rule' }, options.output?.kind ?? 'name');
  if (options.quiet) return;
  const { Active = 0, Notes = [] } = rule;
  const one = kind === 'edge' ? 'edge is made' : 'node has it';
  const many = kind === 'edge' ? 'edges are made' : 'nodes have it';
  for (const line of [`${Active} ${Active === 1 ? one : many} now`, ...Notes]) io.err.write(`${cellText(line)}\n`);
}

function nodeRule({ action, query }: CreateOptions, Metadata: object) {
  const Action = action ?? (query === undefined ? 'create' : 'update');
  if (Action === 'update' && query === undefined)
    throw usageFailure('say which nodes', "like --query \"G.V().Has('Type', 'veth')\"");
  return { Action, Metadata, ...(query !== undefined && { Query: query }) };
}

function edgeRule({ src, dst, relation, relationtype }: CreateOptions, said: object) {
  if (src === undefined || dst === undefined)
    throw usageFailure('say from where and to where', 'with --src QUERY and --dst QUERY');
  const type = relation ?? relationtype;
  const RelationType = type ?? (said as { readonly RelationType?: unknown }).RelationType ?? 'layer2';
  return { Src: src, Dst: dst, Metadata: { ...said, RelationType } };
}

async function printRules(session: Session, options: PrintOptions, kind: RuleKind): Promise<void> {
  const all = await listRules(session, options, kind);
  await printAll(session, { all, kind: `${kind}rules`, rows: (some) => some.map(ruleRow) }, options);
}

async function deleteRules(session: Session, words: readonly string[], options: PrintOptions, kind: RuleKind) {
  const rules = await listRules(session, options, kind);
  const chosen = words.map((word) => ruleNamed(rules, word, kind));
  await removeAll(session, options, { kind: `${kind}rule`, chosen, done: 'deleted' });
}
