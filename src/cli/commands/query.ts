/** `skein query`: a Gremlin query from the command line or from standard input. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { ask } from '../ask.ts';
import { examples, type Session } from '../command.ts';
import { usageFailure } from '../failure.ts';
import { request } from '../http.ts';
import { addFormatOption, addListOptions, addUtcOption, elementFormats, type Format } from '../output.ts';
import { pcapOf } from '../pcap-answer.ts';
import { type PrintOptions, print } from '../print.ts';
import { serverOf } from '../server.ts';
import { addServerOptions } from '../server-options.ts';
import { addTimeOptions, queryAt, type TimeOptions } from '../time-options.ts';

interface QueryOptions extends PrintOptions, TimeOptions {
  readonly explain?: boolean;
  readonly profile?: boolean;
  /** Skydive's name for --output. */
  readonly format?: 'json' | 'dot' | 'pcap';
}

export function define(command: Command, session: Session): void {
  command
    .argument('<gremlin>', 'the query, or - to read it from standard input')
    .option('--explain', 'show the plan instead of running it')
    .option('--profile', 'run it and show what each step cost')
    .addOption(new Option('--format <format>', 'as Skydive has it').choices(['json', 'dot', 'pcap']).hideHelp())
    .action(async (gremlin: string, _, self: Command) => run(session, gremlin, self.optsWithGlobals()));
  addFormatOption(command, [...elementFormats, 'pcap', 'skydive']);
  addListOptions(command);
  addUtcOption(command);
  addTimeOptions(command);
  addServerOptions(command);
  examples(command, [
    `skein query "G.V().Has('Type','veth').Values('Name')"`,
    `skein query "G.V().Has('Name','eth0').Out()" --at -10m`,
    `skein query "g.V().hasLabel('veth').groupCount().by('MTU')"`,
    `skein query "G.V().Has('Type','bridge').Neighbors('RelationType','layer2',2).SubGraph()" -o mermaid`,
    `skein query "G.V().Has('MTU',LT(1500))" --explain`,
    `skein query "G.Flows().Has('Application','DNS').RawPackets()" -o pcap > dns.pcap`,
    `echo 'G.V().Count()' | skein query -`,
  ]);
}

async function run(session: Session, gremlin: string, options: QueryOptions): Promise<void> {
  const { io } = session;
  const text = gremlin === '-' ? await io.readInput() : gremlin;
  if (text.trim() === '') throw usageFailure('the query is empty', `like skein query "G.V().Count()"`);
  if (options.explain && options.profile) {
    throw usageFailure('--explain does not run the query, --profile does', 'give one or the other');
  }
  const query = queryAt(text.trim(), options, io.now());
  const output = outputOf(options);
  if (output?.kind === 'skydive') {
    io.out.write(await bareAnswer(session, options, query));
    return;
  }
  if (output?.kind === 'pcap') {
    io.out.write(await pcapOf(session, options, query));
    return;
  }
  const reply = await ask(session, options, {
    query,
    ...(options.explain && { explain: true }),
    ...(options.profile && { profile: true }),
  });
  await print(session, reply, { ...options, ...(output && { output }) });
}

function outputOf({ output, format }: QueryOptions): Format | undefined {
  if (output || !format) return output;
  return { kind: format === 'json' ? 'skydive' : format };
}

/** What Skydive's own client prints: the bare answer, indented with tabs. */
async function bareAnswer(session: Session, options: QueryOptions, query: string): Promise<string> {
  const { text } = await request(await serverOf(options, session.io), {
    method: 'POST',
    path: '/api/topology',
    body: { GremlinQuery: query },
    signal: session.io.interrupted,
  });
  return text === '' ? '' : `${JSON.stringify(JSON.parse(text), null, '\t')}\n`;
}
