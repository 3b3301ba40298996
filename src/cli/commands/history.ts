/** `skein history NODE`: its versions, each with what it changed. */
import type { Command } from 'commander';
import { ask } from '../ask.ts';
import { examples, type Session } from '../command.ts';
import { quoted } from '../gremlin.ts';
import { nodeNamed, nodesNamed } from '../node-named.ts';
import { addFormatOption, addListOptions, addUtcOption } from '../output.ts';
import { type PrintOptions, print } from '../print.ts';
import { addServerOptions } from '../server-options.ts';
import { addTimeOptions, graphAt, type TimeOptions } from '../time-options.ts';

export function define(command: Command, session: Session): void {
  command
    .argument('<node>', 'its name, OWNER/NAME, TYPE:NAME, id or TID')
    .action((name: string, _, self: Command) => run(session, name, self.optsWithGlobals()));
  addFormatOption(command, ['table', 'json', 'ndjson', 'csv', 'yaml', 'columns']);
  addListOptions(command);
  addUtcOption(command);
  addTimeOptions(command);
  addServerOptions(command);
  examples(command, ['skein history eth0', 'skein history blue/eth0 --since -1h', 'skein history br0 -o ndjson']);
}

async function run(session: Session, name: string, options: PrintOptions & TimeOptions): Promise<void> {
  const given = graphAt(options, session.io.now());
  // What is no more is looked for in all that is kept, which takes longer.
  const isGone = given === 'G' && (await nodesNamed(session, options, 'G', name)).length === 0;
  const span = isGone ? 'G.At(NOW, FOREVER)' : given;
  const node = await nodeNamed(session, options, span, name);
  const reply = await ask(session, options, { query: `${span}.V(${quoted(node.ID)}).History()` });
  await print(session, reply, options, span);
}
