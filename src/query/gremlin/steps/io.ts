import { mistake } from '../../../std/mistake.ts';
import type { StepCall } from '../compile/calls.ts';
import type { Run } from '../run/run.ts';
import { defineTraversalStep, type Items } from '../step.ts';

/** TinkerPop's names of its options (IO). */
const READER = '~tinkerpop.io.reader';
const WRITER = '~tinkerpop.io.writer';

export const io = defineTraversalStep({
  name: 'io',
  doc: 'A file of the folder for graphs: read() adds what it holds, write() puts the whole graph into it.',
  args: 'file',
  count: [1, 1],
  place: ['start'],
  modulators: ['with', 'read', 'write'],
  example: { query: "g.io('modern.json').write()", gives: [] },
  build(call, builder) {
    const [file] = call.args;
    const acts = call.modulations.filter(({ name }) => name !== 'with');
    const [act] = acts;
    if (typeof file !== 'string' || file === '') builder.wrong(call, 'io takes the name of a file');
    if (act === undefined || acts.length > 1) builder.wrong(call, 'io is followed by one read() or write()');
    const isRead = act?.name === 'read';
    const format = formatOf(call, isRead ? READER : WRITER);
    return {
      kind: 'stream',
      *stream(_input, run): Items {
        run.wait(isRead ? read(String(file), format, run) : write(String(file), format, run));
        yield undefined;
      },
    };
  },
});

function formatOf({ modulations }: StepCall, option: string): string | undefined {
  const said = modulations.findLast(({ name, args }) => name === 'with' && args[0] === option);
  const [, format] = said?.args ?? [];
  return format === undefined ? undefined : String(format);
}

async function read(file: string, format: string | undefined, run: Run): Promise<void> {
  await folderOf(run).read(file, format, run.writer());
}

async function write(file: string, format: string | undefined, run: Run): Promise<void> {
  await folderOf(run).write(file, format, run.view, run.model);
}

function folderOf({ files }: Run): NonNullable<Run['files']> {
  if (files !== undefined) return files;
  throw mistake('gremlin.io', 'this graph has no folder for files', 'name one when the server starts');
}
