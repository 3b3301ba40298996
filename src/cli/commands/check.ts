/** `skein check`: whether the network is connected as it should be, for pipelines and for people. */
import { writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { explained } from '../check-explain.ts';
import { readSuites, type SuiteOptions, tellWarnings } from '../check-files.ts';
import { checkFormats } from '../check-outputs.ts';
import { type CheckOptions, runChecks } from '../check-run.ts';
import { suiteTemplate } from '../check-template.ts';
import { examples, type Session } from '../command.ts';
import { usageFailure } from '../failure.ts';
import { wholeNumber } from '../output.ts';
import { cellText } from '../render/grid.ts';
import type { ServerOptions } from '../server.ts';
import { addServerOptions } from '../server-options.ts';

export function define(command: Command, session: Session): void {
  command.helpCommand(false).usage('[run] FILE|DIR… [options], or: check COMMAND');
  defineRun(command, session);
  defineValidate(command, session);
  defineList(command, session);
  defineExplain(command, session);
  defineGenerate(command, session);
  command
    .command('schema')
    .description('the JSON Schema of suite files, for editors')
    .action(async () => {
      const { suiteJsonSchema } = await import('../../checks/suite/json-schema.ts');
      session.io.out.write(`${JSON.stringify(suiteJsonSchema(), null, 2)}\n`);
    });
  command
    .command('init')
    .description('a suite to begin from')
    .argument('[file]', 'where to; standard output when left out')
    .action((file: string | undefined) => init(session, file));
  examples(command, [
    'skein check net.check.yaml',
    'skein check checks/ --tag smoke --junit report.xml --artifacts evidence',
    'skein check net.check.yaml --method model --at -5m',
    'skein check validate checks/',
    'skein check init net.check.yaml',
    'skein check generate --from netns:blue > blue.check.yaml',
  ]);
}

function defineRun(command: Command, session: Session): void {
  const output = 'Output:';
  const run = command
    .command('run', { isDefault: true })
    .description('run checks, and end with 1 when one failed; run need not be said')
    .argument('[files...]', 'suites, folders with suites (*.check.yaml), or - for standard input')
    .addOption(new Option('--at <time>', 'query, path and model checks ask about then: -5m, rev:1234').helpGroup(WHICH))
    .addOption(
      new Option('--method <method>', 'instead of what the checks say').choices(['inject', 'connect', 'model']),
    )
    .addOption(new Option('-j, --jobs <n>', 'checks at the same time').argParser(jobs))
    .option('--fail-fast', 'stop after the first failure')
    .addOption(new Option('--retry-failed <n>', 'run failed checks again at the end').argParser(wholeNumber))
    .option('--strict', 'warnings fail the run too')
    .option('--dry-run', 'say what would be sent, and send nothing')
    .option('--baseline <file>', 'an earlier --json FILE: what failed then does not fail this run')
    .option('--generate', 'the same as skein check generate')
    .addOption(new Option('-o, --output <format>', 'on standard output').choices([...checkFormats]).helpGroup(output))
    .addOption(new Option('--junit <file>', 'JUnit XML, besides').helpGroup(output))
    .addOption(new Option('--tap <file>', 'TAP 14, besides').helpGroup(output))
    .addOption(new Option('--json <file>', 'all of it as JSON, besides').helpGroup(output))
    .addOption(new Option('--markdown <file>', 'Markdown, besides').helpGroup(output))
    .addOption(new Option('--github', 'annotations of GitHub Actions, besides').helpGroup(output))
    .addOption(new Option('--artifacts <dir>', 'packets and evidence of each failed check').helpGroup(output))
    .action((files: string[], _, self: Command) => {
      const options: CheckOptions & { readonly generate?: boolean } = self.optsWithGlobals();
      return options.generate === true ? generate(session, {}, options) : runChecks(session, files, options);
    });
  addChoiceOptions(run);
  addVariableOptions(run);
  addServerOptions(run);
  run.addHelpText(
    'after',
    '\n--timeout is that of the whole run here.\nExit codes: 0 all is as expected, 1 a check failed, 2 wrong usage or a mistake in a suite, 3 a check or all of them could not be run,\n4 the run took longer than --timeout, 130 Ctrl-C.',
  );
}

const WHICH = 'Which:';

function several(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}

function addChoiceOptions(command: Command): void {
  command
    .addOption(new Option('--tag <tag>', 'checks with this tag; again for others').argParser(several).helpGroup(WHICH))
    .addOption(new Option('--not-tag <tag>', 'no checks with this tag').argParser(several).helpGroup(WHICH))
    .addOption(new Option('--only <id>', 'this check; again for others').argParser(several).helpGroup(WHICH));
}

function addVariableOptions(command: Command): void {
  command
    .addOption(new Option('--var <name=value>', `value of a variable \${NAME} of suites`).argParser(several))
    .addOption(
      new Option('--env <name>', 'suites may read this variable of the environment, whatever its name').argParser(
        several,
      ),
    );
}

function defineValidate(command: Command, session: Session): void {
  const validate = command
    .command('validate')
    .description('every mistake of suites, without a server')
    .argument('<files...>', 'suites, folders, or -')
    .action((files: string[], _, self: Command) => validateSuites(session, files, self.optsWithGlobals()));
  addVariableOptions(validate);
}

function defineList(command: Command, session: Session): void {
  const list = command
    .command('list')
    .alias('ls')
    .description('the checks of suites')
    .argument('<files...>', 'suites, folders, or -')
    .action((files: string[], _, self: Command) => listChecks(session, files, self.optsWithGlobals()));
  addChoiceOptions(list);
  addVariableOptions(list);
}

function defineExplain(command: Command, session: Session): void {
  const explain = command
    .command('explain')
    .description('one check in words')
    .argument('<id>', 'of the check')
    .argument('<files...>', 'suites, folders, or -')
    .action((id: string, files: string[], _, self: Command) =>
      explainCheck(session, id, files, self.optsWithGlobals()),
    );
  addVariableOptions(explain);
}

function defineGenerate(command: Command, session: Session): void {
  const make = command
    .command('generate')
    .description('a suite of what is connected now')
    .addOption(new Option('--from <end>', 'only what begins there: netns:blue, container:web, blue/eth0'))
    .addOption(new Option('--for <duration>', 'conversations of the last so long (default: 10m)'))
    .addOption(new Option('--name <name>', 'of the suite').default('generated'))
    .action((_, self: Command) => generate(session, self.opts(), self.optsWithGlobals()));
  addServerOptions(make);
}

async function generate(
  session: Session,
  wanted: { readonly from?: string; readonly for?: string; readonly name?: string },
  options: ServerOptions,
): Promise<void> {
  const { generatedSuite } = await import('../check-generate.ts');
  session.io.out.write(await generatedSuite(session, wanted, options));
}

type ReadOptions = SuiteOptions & ServerOptions;

async function validateSuites(session: Session, files: readonly string[], options: ReadOptions): Promise<void> {
  const read = await readSuites(session, files, options);
  tellWarnings(session, read, options.quiet);
  const checks = read.suites.reduce((sum, suite) => sum + suite.checks.length, 0);
  const words = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  if (options.quiet !== true)
    session.io.out.write(`${words(read.files.length, 'file')}, ${words(checks, 'check')}: no mistakes\n`);
}

async function listChecks(
  session: Session,
  files: readonly string[],
  options: ReadOptions & Pick<CheckOptions, 'tag' | 'notTag' | 'only'>,
): Promise<void> {
  const { chosenOf } = await import('../../checks/run/chosen.ts');
  const { suites } = await readSuites(session, files, options);
  const { tag: tags, notTag: notTags, only } = options;
  const checks = chosenOf(suites, { tags, notTags, only });
  const widest = checks.reduce((most, { id }) => Math.max(most, id.length), 2);
  for (const { id, kind, name, tags, skip } of checks) {
    const asides = [...tags.map((tag) => `#${tag}`), ...(skip === undefined ? [] : [`skipped: ${skip}`])].join(' ');
    session.io.out.write(
      `${`${id.padEnd(widest)}  ${kind.padEnd(8)}  ${cellText(name)}  ${cellText(asides)}`.trimEnd()}\n`,
    );
  }
}

async function explainCheck(
  session: Session,
  id: string,
  files: readonly string[],
  options: ReadOptions,
): Promise<void> {
  const { chosenOf } = await import('../../checks/run/chosen.ts');
  const { suites } = await readSuites(session, files, options);
  for (const check of chosenOf(suites, { only: [id] })) session.io.out.write(explained(check));
}

function init({ io }: Session, file: string | undefined): void {
  if (file === undefined) {
    io.out.write(suiteTemplate);
    return;
  }
  try {
    // Never over one that is there.
    writeFileSync(file, suiteTemplate, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw usageFailure(code === 'EEXIST' ? `${file} is there already` : `cannot write the suite: ${message}`);
  }
  io.err.write(`written: ${file}\n`);
}

function jobs(text: string): number {
  const count = wholeNumber(text);
  if (count < 1 || count > 64) throw new InvalidArgumentError('It is a number from 1 to 64.');
  return count;
}
