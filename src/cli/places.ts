/** Who owns what: names of namespaces and hosts for interfaces, whose own name is found many times over. */
import type { WireNode } from '../contract/element.ts';
import { ask } from './ask.ts';
import type { Session } from './command.ts';
import { quoted } from './gremlin.ts';
import { nameOf, typeOf } from './render/element.ts';
import type { ServerOptions } from './server.ts';
import type { Place } from './things.ts';

/** `graph` is the start of the query: `G`, or `G.At(…)`; `types` of owners that are asked for. */
export async function placesIn(
  session: Session,
  options: ServerOptions,
  graph: string,
  types: readonly ('netns' | 'ovsbridge')[] = ['netns'],
): Promise<(node: WireNode) => Place> {
  const owners = `${graph}.V().Has('Type', Within(${types.map(quoted).join(', ')}))`;
  const quiet = { ...options, quiet: true };
  const [nodes, edges] = await Promise.all([
    ask(session, quiet, { query: owners }),
    ask(session, quiet, { query: `${owners}.OutE('RelationType', 'ownership')` }),
  ]);
  const byId = new Map(nodes.kind === 'nodes' ? nodes.nodes.map((node) => [node.ID, node]) : []);
  const ownerOf = new Map(edges.kind === 'edges' ? edges.edges.map((edge) => [edge.Child, edge.Parent]) : []);
  return (node) => {
    const owner = typeOf(node) === 'netns' ? node : byId.get(ownerOf.get(node.ID) ?? '');
    if (!owner) return { netns: undefined };
    return typeOf(owner) === 'netns' ? { netns: nameOf(owner) } : { netns: undefined, bridge: nameOf(owner) };
  };
}
