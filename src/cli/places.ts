/** Who owns what: names of namespaces and hosts for interfaces, whose own name is found many times over. */
import type { WireNode } from '../contract/element.ts';
import { ask } from './ask.ts';
import type { Session } from './command.ts';
import { quoted } from './gremlin.ts';
import { nameOf, typeOf } from './render/element.ts';
import type { ServerOptions } from './server.ts';
import type { OwnerType, Place } from './things.ts';

/** `graph` is the start of the query: `G`, or `G.At(…)`; `types` of owners that are asked for. */
export async function placesIn(
  session: Session,
  options: ServerOptions,
  graph: string,
  types: readonly OwnerType[] = ['netns'],
): Promise<(node: WireNode) => Place> {
  const owners = `${graph}.V().Has('Type', Within(${types.map(quoted).join(', ')}))`;
  const quiet = { ...options, quiet: true };
  const [nodes, edges] = await Promise.all([
    ask(session, quiet, { query: owners }),
    ask(session, quiet, { query: `${owners}.OutE('RelationType', 'ownership')` }),
  ]);
  const byId = new Map(nodes.kind === 'nodes' ? nodes.nodes.map((node) => [node.ID, node]) : []);
  const ownerOf = new Map(edges.kind === 'edges' ? edges.edges.map((edge) => [edge.Child, edge.Parent]) : []);
  const ownerIn = (node: WireNode) => byId.get(ownerOf.get(node.ID) ?? '');
  const placeOf = (node: WireNode): Place => {
    const owner = typeOf(node) === 'netns' ? node : ownerIn(node);
    if (!owner) return { netns: undefined };
    switch (typeOf(owner)) {
      case 'netns':
        return { netns: nameOf(owner) };
      case 'nftchain': {
        const { Hook } = owner.Metadata;
        return { ...placeOf(owner), ...(typeof Hook === 'string' && { hook: Hook }) };
      }
      default:
        return { netns: undefined, bridge: nameOf(owner) };
    }
  };
  return placeOf;
}
