/** `skein describe NODE`: where it stands, what it is, what it is connected to, what it counted. */
import type { Command } from 'commander';
import type { QueryReply } from '../../contract/query.ts';
import { ask } from '../ask.ts';
import { examples, type Session } from '../command.ts';
import { quoted } from '../gremlin.ts';
import { nodeNamed } from '../node-named.ts';
import { addFormatOption, addUtcOption } from '../output.ts';
import { placesIn } from '../places.ts';
import { drawingOf, type PrintOptions } from '../print.ts';
import { type Description, drawDescription } from '../render/description.ts';
import { addServerOptions } from '../server-options.ts';
import { listenersOf } from '../sockets.ts';
import { addTimeOptions, graphAt, type TimeOptions } from '../time-options.ts';

export function define(command: Command, session: Session): void {
  command
    .argument('<node>', 'its name, OWNER/NAME, TYPE:NAME, id or TID')
    .action((name: string, _, self: Command) => run(session, name, self.optsWithGlobals()));
  addFormatOption(command, ['table', 'json', 'yaml']);
  addUtcOption(command);
  addTimeOptions(command);
  addServerOptions(command);
  examples(command, ['skein describe eth0', 'skein describe blue/eth0 --at -10m', 'skein describe br0 -o json']);
}

async function run(session: Session, name: string, options: PrintOptions & TimeOptions): Promise<void> {
  const { io } = session;
  const graph = graphAt(options, io.now());
  const node = await nodeNamed(session, options, graph, name);
  const it = `${graph}.V(${quoted(node.ID)})`;
  const query = (text: string) => ask(session, { ...options, quiet: true }, { query: text });
  const [around, owners, counters, listeners, place] = await Promise.all([
    query(`${it}.BothE().SubGraph()`),
    query(`${it}.Ascendants(0)`),
    query(`${it}.Metrics()`),
    listenersOf(session, { ...options, quiet: true }, graph, node),
    placesIn(session, options, graph),
  ]);
  const description: Description = {
    schema: around.schema,
    kind: 'description',
    node,
    owners: nodesOf(owners).filter((owner) => owner.ID !== node.ID),
    edges: around.kind === 'graph' ? around.edges : [],
    neighbours: nodesOf(around).filter((other) => other.ID !== node.ID),
    ...(listeners.length > 0 && { listeners }),
    counters: counters.kind === 'metrics' ? (counters.groups[node.ID]?.at(-1) ?? null) : null,
  };
  const kind = options.output?.kind ?? 'table';
  if (kind === 'json') io.out.write(`${JSON.stringify(description, null, 2)}\n`);
  else if (kind === 'yaml') io.out.write((await import('yaml')).stringify(description));
  else io.out.write(drawDescription(description, { ...drawingOf(session, options), place }));
}

function nodesOf(reply: QueryReply) {
  return reply.kind === 'nodes' || reply.kind === 'graph' ? reply.nodes : [];
}
