/** `skein tree [HOST]`: what contains what. */
import type { Command } from 'commander';
import { ask } from '../ask.ts';
import { examples, type Session } from '../command.ts';
import { quoted } from '../gremlin.ts';
import { addFormatOption, addUtcOption } from '../output.ts';
import { drawingOf, type PrintOptions, print } from '../print.ts';
import { drawTree } from '../render/tree.ts';
import { addServerOptions } from '../server-options.ts';
import { addTimeOptions, graphAt, type TimeOptions } from '../time-options.ts';

export function define(command: Command, session: Session): void {
  command
    .argument('[host]', 'only what is on this host')
    .action((host: string | undefined, _, self: Command) => run(session, host, self.optsWithGlobals()));
  addFormatOption(command, ['table', 'json', 'yaml', 'dot', 'mermaid']);
  addUtcOption(command);
  addTimeOptions(command);
  addServerOptions(command);
  examples(command, ['skein tree', 'skein tree --at -1h', 'skein tree node7 -o mermaid']);
}

async function run(session: Session, host: string | undefined, options: PrintOptions & TimeOptions): Promise<void> {
  const graph = graphAt(options, session.io.now());
  const part = host === undefined ? '' : `.Has('Type', 'host', 'Name', ${quoted(host)}).Descendants(0)`;
  const reply = await ask(session, options, { query: `${graph}.V()${part}.SubGraph('RelationType', 'ownership')` });
  const isText = (options.output?.kind ?? 'table') === 'table';
  if (reply.kind !== 'graph' || reply.nodes.length === 0 || !isText) return print(session, reply, options);
  session.io.out.write(drawTree(reply.nodes, reply.edges, drawingOf(session, options)));
}
