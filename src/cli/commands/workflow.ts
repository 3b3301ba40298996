/** `skein workflow`: a user's JavaScript, kept and called on the server, or run here and now. */
import type { Command } from 'commander';
import type { NewWireWorkflow, WireWorkflow } from '../../contract/workflow.ts';
import { examples, type Session } from '../command.ts';
import { usageFailure } from '../failure.ts';
import { addFormatOption, addListOptions } from '../output.ts';
import type { PrintOptions } from '../print.ts';
import { cellText } from '../render/grid.ts';
import { printAll, printOne } from '../resource-print.ts';
import { make, removeAll } from '../resources.ts';
import { addServerOptions } from '../server-options.ts';
import { sourceIn, workflowIn } from '../workflow-file.ts';
import { paramsOf, printResult, say } from '../workflow-result.ts';
import { runHere } from '../workflow-run.ts';
import { callWorkflow, listWorkflows, workflowNamed, workflowRow } from '../workflows.ts';

interface WorkflowOptions extends PrintOptions {
  readonly path?: string;
  readonly name?: string;
  readonly param?: readonly string[];
}

export function define(command: Command, session: Session): void {
  command.helpCommand(false);
  defineCreate(command, session);
  const list = command
    .command('list')
    .alias('ls')
    .description('which there are')
    .action(async (_, self: Command) => {
      const options: PrintOptions = self.optsWithGlobals();
      const all = await listWorkflows(session, options);
      await printAll(session, { all, kind: 'workflows', rows: (some) => some.map(workflowRow) }, options);
    });
  addFormatOption(list, ['table', 'wide', 'json', 'ndjson', 'csv', 'yaml', 'columns', 'skydive']);
  addListOptions(list);
  addServerOptions(list);
  const get = command
    .command('get')
    .alias('show')
    .description('one of them, with its source')
    .argument('<workflow>', 'by name, id, or the beginning of one')
    .action(async (word: string, _, self: Command) => {
      const options: PrintOptions = self.optsWithGlobals();
      const workflow = workflowNamed(await listWorkflows(session, options), word);
      if (options.output?.kind === 'json') session.io.out.write(`${JSON.stringify(workflow, null, 2)}\n`);
      else session.io.out.write((await import('yaml')).stringify(workflow));
    });
  addFormatOption(get, ['yaml', 'json']);
  addServerOptions(get);
  const remove = command
    .command('delete')
    .alias('rm')
    .description('forget them')
    .argument('<workflows...>', 'by name, id, or the beginning of one')
    .action((words: string[], _, self: Command) => deleteAll(session, words, self.optsWithGlobals()));
  addServerOptions(remove);
  defineCall(command, session);
  defineRun(command, session);
  examples(command, [
    'skein workflow list',
    'skein workflow create --path check.yaml',
    'skein workflow call FlowMatrix --param format=dot',
    'skein workflow run look.js eth0',
  ]);
}

function defineCreate(command: Command, session: Session): void {
  const create = command
    .command('create')
    .description('keep one on the server, for all to call')
    .requiredOption('--path <file>', 'YAML or JSON as Skydive has it, or a .js file that is one function')
    .option('--name <name>', 'what to call it (default: as the file says)')
    .action(async (_, self: Command) => {
      const options: WorkflowOptions = self.optsWithGlobals();
      const said = await workflowIn(options.path ?? '', session.io);
      const body: NewWireWorkflow = { ...said, ...(options.name && { Name: options.name }) };
      const duplicate = usageFailure(`there is a workflow named ${body.Name} already`, 'give it another with --name');
      const made = await make<WireWorkflow>(session, options, { kind: 'workflow', body, duplicate });
      await printOne(session, { resource: made, kind: 'workflow' }, options.output?.kind ?? 'name');
      if (!options.quiet) session.io.err.write(`made ${cellText(made.Name)}\n`);
    });
  addFormatOption(create, ['name', 'json', 'skydive']);
  addServerOptions(create);
  examples(create, ['skein workflow create --path check.yaml', 'skein workflow create --path look.js --name Look']);
}

function defineCall(command: Command, session: Session): void {
  const call = command
    .command('call')
    .description('run one on the server; what it gives is printed, what it says goes to stderr')
    .argument('<workflow>', 'by name, id, or the beginning of one')
    .argument('[params...]', 'in their order')
    .option('--param <name=value>', 'one by its name; can be given again', (one, all: string[]) => [...all, one], [])
    .action(async (word: string, params: string[], _, self: Command) => {
      const options: WorkflowOptions = self.optsWithGlobals();
      const workflow = workflowNamed(await listWorkflows(session, options), word);
      const Params = paramsOf(workflow, params, options.param ?? []);
      const { result, said } = await callWorkflow(session, options, workflow.UUID, Params);
      if (!options.quiet) for (const line of said) say(session.io, line);
      await printResult(session.io, result, options);
    });
  addFormatOption(call, ['json', 'yaml']);
  addServerOptions(call);
  examples(call, ['skein workflow call CheckMTU TID1 TID2', 'skein workflow call FlowMatrix --param format=dot']);
}

function defineRun(command: Command, session: Session): void {
  const run = command
    .command('run')
    .description('run a file in a sandbox here; it asks the server with your rights')
    .argument('<file>', 'a .js file that is one function, or a workflow in YAML or JSON; - for stdin')
    .argument('[params...]', 'in their order')
    .option('--param <name=value>', 'one by its name; can be given again', (one, all: string[]) => [...all, one], [])
    .action(async (file: string, params: string[], _, self: Command) => {
      const options: WorkflowOptions = self.optsWithGlobals();
      const workflow = await sourceIn(file, session.io);
      const given = paramsOf(workflow, params, options.param ?? []);
      const result = await runHere(session, options, workflow, given);
      await printResult(session.io, result, options);
    });
  addFormatOption(run, ['json', 'yaml']);
  addServerOptions(run);
  examples(run, ['skein workflow run look.js eth0']);
}

async function deleteAll(session: Session, words: readonly string[], options: PrintOptions): Promise<void> {
  const workflows = await listWorkflows(session, options);
  const chosen = words.map((word) => workflowNamed(workflows, word));
  await removeAll(session, options, { kind: 'workflow', chosen, done: 'deleted' });
}
