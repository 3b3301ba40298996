/** Names of the nodes that flows were captured at. */
import type { WireNode } from '../contract/element.ts';
import { ask } from './ask.ts';
import type { Session } from './command.ts';
import { quoted } from './gremlin.ts';
import { placesIn } from './places.ts';
import type { ServerOptions } from './server.ts';
import { qualifiedName } from './things.ts';

/** Flows are of as many nodes at most, for a list that someone reads. */
const NODES_MAX = 500;

export interface FlowPlace {
  readonly name: string;
  readonly node: WireNode;
  readonly netns: string | undefined;
}

/** By TID; what the graph does not know is not there. */
export async function flowPlaces(
  session: Session,
  options: ServerOptions,
  graph: string,
  tids: Iterable<string>,
): Promise<Map<string, FlowPlace>> {
  const asked = [...new Set(tids)].filter((tid) => tid !== '').slice(0, NODES_MAX);
  if (asked.length === 0) return new Map();
  const query = `${graph}.V().Has('TID', Within(${asked.map(quoted).join(', ')}))`;
  const [reply, place] = await Promise.all([
    ask(session, { ...options, quiet: true }, { query }),
    placesIn(session, options, graph),
  ]);
  const nodes = reply.kind === 'nodes' ? reply.nodes : [];
  return new Map(
    nodes.map((node) => [
      String(node.Metadata.TID),
      { name: qualifiedName(node, place(node)), node, netns: place(node).netns },
    ]),
  );
}
