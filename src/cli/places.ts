/** Who owns what: names of namespaces and hosts for interfaces, whose own name is found many times over. */
import type { WireNode } from '../contract/element.ts';
import { ask } from './ask.ts';
import type { Session } from './command.ts';
import { nameOf, typeOf } from './render/element.ts';
import type { ServerOptions } from './server.ts';
import type { Place } from './things.ts';

/** `graph` is the start of the query: `G`, or `G.At(…)`. */
export async function placesIn(
  session: Session,
  options: ServerOptions,
  graph: string,
): Promise<(node: WireNode) => Place> {
  const owners = `${graph}.V().Has('Type', 'netns')`;
  const quiet = { ...options, quiet: true };
  const [nodes, edges] = await Promise.all([
    ask(session, quiet, { query: owners }),
    ask(session, quiet, { query: `${owners}.OutE('RelationType', 'ownership')` }),
  ]);
  const names = new Map(nodes.kind === 'nodes' ? nodes.nodes.map((node) => [node.ID, nameOf(node)]) : []);
  const ownerOf = new Map(edges.kind === 'edges' ? edges.edges.map((edge) => [edge.Child, edge.Parent]) : []);
  return (node) => ({
    netns: typeOf(node) === 'netns' ? nameOf(node) : names.get(ownerOf.get(node.ID) ?? ''),
  });
}
