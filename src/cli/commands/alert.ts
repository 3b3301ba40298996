/** `skein alert`: conditions that stand, how they are, and who is told. */
import { type Command, Option } from 'commander';
import type { AlertEvent, AlertMessage, AlertState, WireAlert } from '../../contract/alert.ts';
import { alertHistory, alertNamed, alertRow, alertStates, allAlerts, sendAlert } from '../alerts.ts';
import { examples, type Session } from '../command.ts';
import { durationOf } from '../duration-option.ts';
import { exitCodes, usageFailure } from '../failure.ts';
import { addFormatOption, addListOptions, wholeNumber } from '../output.ts';
import { pairsOf } from '../pairs.ts';
import type { PrintOptions } from '../print.ts';
import { cellText } from '../render/grid.ts';
import { printAll, printOne } from '../resource-print.ts';
import { removeAll } from '../resources.ts';
import { printRows } from '../rows.ts';
import { serverOf } from '../server.ts';
import { addServerOptions } from '../server-options.ts';

interface AlertOptions extends PrintOptions {
  readonly name?: string;
  readonly description?: string;
  readonly expression?: string;
  readonly trigger?: string;
  readonly action?: string;
  readonly severity?: string;
  /** `--for`, as commander names it. */
  readonly for?: string;
  readonly keepFor?: string;
  readonly label?: readonly string[];
  readonly count?: number;
  readonly firing?: boolean;
}

export function define(command: Command, session: Session): void {
  command.helpCommand(false);
  const create = command
    .command('create')
    .description('look at something from now on, and tell when it is so')
    .argument('[expression]', 'a query, or JavaScript; what is not empty, zero or false is a reason to fire')
    .option('--expression <expression>', 'the same');
  defineWords(create);
  addFormatOption(create, ['name', 'json', 'skydive']);
  addServerOptions(create);
  create.action((word: string | undefined, _, self: Command) => make(session, word, self.optsWithGlobals()));

  const list = command
    .command('list')
    .alias('ls')
    .description('which there are, and how they stand')
    .option('--firing', 'only those that fire');
  list.action((_, self: Command) => printStates(session, self.optsWithGlobals()));
  addFormatOption(list, ['table', 'wide', 'json', 'ndjson', 'csv', 'yaml', 'columns', 'skydive']);
  addListOptions(list);
  addServerOptions(list);

  const one = (name: string, doc: string, act: (word: string, options: AlertOptions) => Promise<void>) => {
    const defined = command.command(name).description(doc).argument('<alert>', 'by id, the beginning of one, or name');
    defined.action((word: string, _, self: Command) => act(word, self.optsWithGlobals()));
    addServerOptions(defined);
    return defined;
  };
  addFormatOption(
    one('get', 'one of them, with all that is known of it', (word, options) =>
      printState(session, word, options),
    ).alias('show'),
    ['json', 'yaml', 'skydive'],
  );
  const update = one('update', 'change what is given, and leave the rest', (word, options) =>
    change(session, word, options),
  ).option('--expression <expression>', 'what to look at');
  defineWords(update);
  addFormatOption(update, ['name', 'json', 'skydive']);
  one('silence', 'tell nobody for a while; what happens is kept', (word, options) => silence(session, word, options))
    .option('--for <duration>', 'how long (default: 1h)')
    .option('--end', 'tell again');
  one('test', 'tell whoever would be told, to see whether it arrives', async (word, options) => {
    const { UUID } = alertNamed(await alertStates(session, options), word);
    await sendAlert(session, options, 'POST', `/${UUID}/test`);
    if (!options.quiet) session.io.err.write('it was taken\n');
  });
  const remove = command
    .command('delete')
    .alias('rm')
    .description('look no more')
    .argument('<alerts...>', 'by id, the beginning of one, or name');
  remove.action((words: string[], _, self: Command) => deleteAll(session, words, self.optsWithGlobals()));
  addServerOptions(remove);

  const history = command
    .command('history')
    .description('what fired and what was over, and who was told')
    .argument('[alert]', 'of this one');
  history.action((word: string | undefined, _, self: Command) => printHistory(session, word, self.optsWithGlobals()));
  addFormatOption(history, ['table', 'wide', 'json', 'ndjson', 'csv', 'yaml', 'columns']);
  addListOptions(history);
  addServerOptions(history);

  const watch = command
    .command('watch')
    .description('what fires and what is over, as it happens')
    .addOption(new Option('--count <n>', 'end after so many').argParser(wholeNumber));
  watch.action((_, self: Command) => listen(session, self.optsWithGlobals()));
  addFormatOption(watch, ['table', 'ndjson']);
  addServerOptions(watch);
  examples(command, [
    "skein alert create \"G.V().Has('Type', 'veth', 'State', 'DOWN')\" --name veth-down --for 10s",
    'skein alert create "G.Flows().Has(\'Transport.B\', 22).Count()" --trigger duration:30s --action https://hooks.example.org/x',
    'skein alert list --firing',
    'skein alert silence veth-down --for 2h',
    'skein alert watch',
  ]);
}

function defineWords(command: Command): void {
  command
    .option('--name <name>', 'what to call it')
    .option('--description <text>', 'what it is for')
    .option('--trigger <trigger>', 'graph (at every change) or duration:10s (default: graph)')
    .option('--action <action>', 'http(s)://…, script://NAME, log://NAME (default: nobody is told)')
    .option('--severity <severity>', 'critical, error, warning or info (default: warning)')
    .option('--for <duration>', 'how long it has to be so before it fires')
    .option('--keep-for <duration>', 'how long it has to be over before it is resolved')
    .option('--label <pair...>', 'KEY=VALUE, sent along');
}

async function make(session: Session, word: string | undefined, options: AlertOptions): Promise<void> {
  const { io } = session;
  const expression = word ?? options.expression;
  if (expression === undefined) throw usageFailure('say what to look at', "like \"G.V().Has('State', 'DOWN')\"");
  const text = await sendAlert(session, options, 'POST', '', wordsOf({ ...options, expression }));
  await printMade(session, text, options);
  if (options.quiet || options.output?.kind === 'json') return;
  const { UUID } = JSON.parse(text) as WireAlert;
  const made = (await alertStates(session, options)).find(({ Alert }) => Alert.UUID === UUID);
  for (const warning of made?.Warnings ?? []) io.err.write(`${cellText(warning)}\n`);
  io.err.write('skein alert list shows how it stands\n');
}

async function change(session: Session, word: string, options: AlertOptions): Promise<void> {
  const { UUID } = alertNamed(await alertStates(session, options), word);
  const said = wordsOf(options);
  if (Object.keys(said).length === 0) throw usageFailure('say what is to be another', 'such as --severity critical');
  await printMade(session, await sendAlert(session, options, 'PATCH', `/${UUID}`, said), options);
}

function wordsOf({ name, description, expression, trigger, action, severity, label, keepFor, ...more }: AlertOptions) {
  const said = {
    ...{ Name: name, Description: description, Expression: expression, Trigger: trigger, Action: action },
    ...{ Severity: severity, For: more.for, KeepFor: keepFor },
    Labels: label && Object.fromEntries(Object.entries(pairsOf(label)).map(([key, value]) => [key, String(value)])),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

async function printMade(session: Session, text: string, { output }: AlertOptions): Promise<void> {
  await printOne(session, { resource: JSON.parse(text) as WireAlert, kind: 'alert' }, output?.kind ?? 'name');
}

async function printStates(session: Session, options: AlertOptions): Promise<void> {
  const { alerts: states, held } = await allAlerts(session, options);
  if (held !== undefined && !options.quiet) session.io.err.write(`${cellText(held)}\n`);
  const shown = options.firing ? states.filter(({ State }) => State === 'firing') : states;
  const all = shown.map(({ Alert }) => Alert);
  await printAll(session, { all, kind: 'alerts', rows: () => shown.map(alertRow) }, options);
}

async function printState(session: Session, word: string, options: AlertOptions): Promise<void> {
  const states = await alertStates(session, options);
  const resource = alertNamed(states, word);
  const said = states.find(({ Alert }) => Alert === resource) as AlertState;
  await printOne(session, { resource, kind: 'alert', said }, options.output?.kind ?? 'json');
}

async function silence(
  session: Session,
  word: string,
  options: AlertOptions & { readonly end?: boolean },
): Promise<void> {
  const ms = durationOf(options.for ?? '1h', 'like --for 2h');
  const { UUID } = alertNamed(await alertStates(session, options), word);
  const until = options.end ? null : new Date(session.io.now() + ms).toISOString();
  await sendAlert(session, options, 'PATCH', `/${UUID}`, { SilencedUntil: until });
  if (!options.quiet) session.io.err.write(until === null ? 'it tells again\n' : `nobody is told until ${until}\n`);
}

async function deleteAll(session: Session, words: readonly string[], options: AlertOptions): Promise<void> {
  const states = await alertStates(session, options);
  const chosen = words.map((word) => alertNamed(states, word));
  await removeAll(session, options, { kind: 'alert', chosen, done: 'deleted' });
}

async function printHistory(session: Session, word: string | undefined, options: AlertOptions): Promise<void> {
  const events = await alertHistory(session, options);
  const only = word === undefined ? undefined : alertNamed(await alertStates(session, options), word).UUID;
  const rows = events
    .filter(({ Alert }) => only === undefined || Alert === only)
    .map(({ ID, Alert, Name, Severity, State, Time, Reason, Told, Note }) => ({
      ...{ TIME: Time, NAME: Name ?? Alert, SEVERITY: Severity, STATE: State, REASON: Reason, TOLD: Told },
      ...{ NOTES: Note, ID },
    }));
  await printRows(session, 'alert-history', rows, options);
}

async function listen(session: Session, options: AlertOptions): Promise<void> {
  const { io } = session;
  const { streamAlerts } = await import('../alert-stream.ts');
  const server = await serverOf(options, io);
  const enough = new AbortController();
  const note = (text: string) => options.quiet || io.err.write(`${text}\n`);
  let left = options.count ?? Number.POSITIVE_INFINITY;
  const print = (record: object, line: string) => {
    if (left <= 0) return;
    io.out.write(options.output?.kind === 'ndjson' ? `${JSON.stringify(record)}\n` : `${line}\n`);
    left -= 1;
    if (left <= 0) enough.abort();
  };
  await streamAlerts({
    server,
    signal: AbortSignal.any([io.interrupted, enough.signal]),
    history: () => alertHistory(session, options),
    onMessage: (message) => print(message, lineOf(message)),
    onMissed: (event) => print(missedOf(event), missedLine(event)),
    onOpen: () => note('watching alerts; Ctrl-C ends'),
    onLost: (reason) => note(`lost the server: ${reason}; trying again`),
    onBack: (isComplete) =>
      note(isComplete ? 'it is back; what happened meanwhile:' : 'it is back; more may have happened than is kept'),
  });
  if (io.interrupted.aborted) session.exitCode = exitCodes.interrupted;
}

/** In the words of a message, as far as the history knows them. */
function missedOf({ Alert: UUID, Time: Timestamp, Told: _, Note: __, ...event }: AlertEvent): object {
  return { UUID, Timestamp, ...event, Missed: true };
}

function missedLine({ Time, State, Severity, Name, Alert, Reason }: AlertEvent): string {
  return cellText(`${Time}  ${State}  ${Severity}  ${Name ?? Alert}  ${Reason}`);
}

function lineOf({ Timestamp, State, Severity, Name, UUID, ReasonData, ReasonCount }: AlertMessage): string {
  const many = Array.isArray(ReasonData) ? `${ReasonCount ?? ReasonData.length} found` : JSON.stringify(ReasonData);
  return cellText(`${Timestamp}  ${State}  ${Severity}  ${Name ?? UUID}  ${many}`);
}
