/** Asks for the names of what an answer mentions by id only: ends of edges, owners of counters. */
import type { WireElement } from '../contract/element.ts';
import type { QueryReply } from '../contract/query.ts';
import { ask } from './ask.ts';
import type { Session } from './command.ts';
import { Directory } from './directory.ts';
import { quoted } from './gremlin.ts';
import { isEdge } from './render/kind.ts';
import type { ServerOptions } from './server.ts';

/** Ids that are looked up at most: a list that long is not read by people. */
const idsMax = 500;

/** `graph` is the start of a query that sees them: `G`, `G.At(…)`, `G.Between(…)`. */
export async function directoryFor(
  session: Session,
  options: ServerOptions,
  reply: QueryReply,
  graph = graphOf(reply),
): Promise<Directory> {
  const directory = new Directory();
  const elements = elementsIn(reply);
  for (const element of elements) directory.learn(element);
  const ids = [...mentioned(reply, elements)].slice(0, idsMax);
  if (ids.length === 0) return directory;
  const these = `${graph}.V().Has('@ID', Within(${ids.map(quoted).join(', ')}))`;
  const replies = await Promise.all(
    [these, `${these}.InE('RelationType', 'ownership')`, `${these}.In('Type', 'netns')`].map((query) =>
      ask(session, { ...options, quiet: true }, { query }),
    ),
  );
  for (const element of replies.flatMap(elementsIn)) directory.learn(element);
  return directory;
}

/** The time the answer is of. */
function graphOf({ time }: QueryReply): string {
  if (!time) return 'G';
  return time.from === time.to ? `G.At(${time.from})` : `G.Between(${time.from}, ${time.to})`;
}

function elementsIn(reply: QueryReply): readonly WireElement[] {
  if (reply.kind === 'nodes') return reply.nodes;
  if (reply.kind === 'edges') return reply.edges;
  if (reply.kind === 'graph') return [...reply.nodes, ...reply.edges];
  if (reply.kind === 'differences') return reply.differences.flatMap(({ before, after }) => after ?? before ?? []);
  if (reply.kind === 'history') return reply.elements;
  return [];
}

function mentioned(reply: QueryReply, elements: readonly WireElement[]): Set<string> {
  if (reply.kind === 'metrics') return new Set(Object.keys(reply.groups));
  if (reply.kind === 'nexthops') return new Set(Object.keys(reply.nextHops));
  if (reply.kind !== 'edges' && reply.kind !== 'differences' && reply.kind !== 'history') return new Set();
  return new Set(elements.flatMap((element) => (isEdge(element) ? [element.Parent, element.Child] : [element.ID])));
}
