/** `skein diff --from -1h [QUERY]`: what came, went and changed between two moments. */
import { type Command, Option } from 'commander';
import type { QueryReply, WireDifference } from '../../contract/query.ts';
import { ask } from '../ask.ts';
import { examples, type Session } from '../command.ts';
import { answersDiffer } from '../difference.ts';
import { exitCodes } from '../failure.ts';
import { addFormatOption, addUtcOption } from '../output.ts';
import { type PrintOptions, print } from '../print.ts';
import { addServerOptions } from '../server-options.ts';
import { queryAt } from '../time-options.ts';
import { whenLiteral } from '../when.ts';

interface DiffOptions extends PrintOptions {
  readonly from: string;
  readonly to: string;
  readonly stat?: boolean;
  /** As git has it. */
  readonly exitCode?: boolean;
}

export function define(command: Command, session: Session): void {
  const group = 'Time:';
  command
    .argument('[gremlin]', 'compare the answers to this query instead of everything')
    .addOption(new Option('--from <time>', 'the earlier moment').makeOptionMandatory().helpGroup(group))
    .addOption(new Option('--to <time>', 'the later one').default('now').helpGroup(group))
    .option('--stat', 'only how many came, went and changed')
    .option('--exit-code', 'exit with 1 when something differs')
    .action((gremlin: string | undefined, _, self: Command) => run(session, gremlin, self.optsWithGlobals()));
  addFormatOption(command, ['table', 'json', 'ndjson', 'yaml']);
  addUtcOption(command);
  addServerOptions(command);
  examples(command, [
    'skein diff --from -1h',
    "skein diff --from 10:00 --to 11:00 \"G.V().Has('Type','veth')\"",
    'skein diff --from rev:1200 --stat',
    'skein diff --from -5m --exit-code -q && echo nothing changed',
  ]);
}

async function run(session: Session, gremlin: string | undefined, options: DiffOptions): Promise<void> {
  const reply = await (gremlin === undefined ? ofEverything(session, options) : ofAnswers(session, gremlin, options));
  const { differences } = reply;
  if (options.exitCode && differences.length > 0) session.exitCode = exitCodes.empty;
  if (options.stat) {
    session.io.out.write(statOf(differences));
    return;
  }
  if (differences.length === 0 && !options.output) {
    if (!options.quiet) session.io.err.write('nothing differs\n');
    return;
  }
  const now = session.io.now();
  await print(session, reply, options, `G.Between(${whenLiteral(options.from, now)}, ${whenLiteral(options.to, now)})`);
}

type Differences = Extract<QueryReply, { kind: 'differences' }>;

async function ofEverything(session: Session, options: DiffOptions): Promise<Differences> {
  const now = session.io.now();
  const query = `G.Diff(${whenLiteral(options.from, now)}, ${whenLiteral(options.to, now)})`;
  const reply = await ask(session, options, { query });
  return reply.kind === 'differences' ? reply : { ...reply, kind: 'differences', differences: [] };
}

async function ofAnswers(session: Session, gremlin: string, options: DiffOptions): Promise<Differences> {
  const now = session.io.now();
  const [before, after] = await Promise.all(
    [options.from, options.to].map((at) =>
      ask(session, options, { query: queryAt(gremlin, at === 'now' ? {} : { at }, now) }),
    ),
  );
  if (!before || !after) throw new Error('two questions have two answers');
  return { ...after, kind: 'differences', differences: answersDiffer(before, after) };
}

function statOf(differences: readonly WireDifference[]): string {
  const count = (kind: WireDifference['kind']) => differences.filter((difference) => difference.kind === kind).length;
  return `${count('added')} added, ${count('removed')} removed, ${count('changed')} changed\n`;
}
