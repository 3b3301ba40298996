/** Asks the server for what ways are found in. */
import { ask } from './ask.ts';
import type { Session } from './command.ts';
import type { ServerOptions } from './server.ts';
import { Ways } from './ways.ts';

/** `graph` is the time: `G`, `G.At(…)`, `G.Between(…)`. */
export async function waysIn(session: Session, options: ServerOptions, graph: string): Promise<Ways> {
  const quiet = { ...options, quiet: true };
  const query = (text: string) => ask(session, quiet, { query: graph + text });
  const owners = ".V().Has('Type', Within('netns', 'host'))";
  const [links, owned, nodes] = await Promise.all([
    query(".E().Has('RelationType', 'layer2')"),
    query(`${owners}.OutE('RelationType', 'ownership')`),
    query(owners),
  ]);
  const edges = [links, owned].flatMap((reply) => (reply.kind === 'edges' ? reply.edges : []));
  return new Ways({ edges, owners: new Set(nodes.kind === 'nodes' ? nodes.nodes.map(({ ID }) => ID) : []) });
}
