/**
 * Which node is meant: by id, TID, name or alternative name; `OWNER/NAME` or `TYPE:NAME` (`container:web`) where a name is
 * found many times over.
 */
import type { WireNode } from '../contract/element.ts';
import { ask } from './ask.ts';
import type { Session } from './command.ts';
import { exitCodes, Failure, usageFailure } from './failure.ts';
import { quoted } from './gremlin.ts';
import { placesIn } from './places.ts';
import { nameOf, typeOf } from './render/element.ts';
import { cellText } from './render/grid.ts';
import { drawTable } from './render/table.ts';
import type { ServerOptions } from './server.ts';

/** The one node that `name` names in `graph` (`G`, `G.At(…)`, `G.Between(…)`); otherwise a Failure that lists them. */
export async function nodeNamed(
  session: Session,
  options: ServerOptions,
  graph: string,
  name: string,
): Promise<WireNode> {
  const found = await nodesNamed(session, options, graph, name);
  const [first] = found;
  if (!first) {
    throw new Failure(
      exitCodes.empty,
      `no node is called "${name}"`,
      'skein get nodes lists what there is; --at looks at the past',
    );
  }
  if (found.length === 1) return first;
  throw usageFailure(
    `${found.length} nodes are called "${name}"; say which, as OWNER/NAME, TYPE:NAME or by id:`,
    await candidates(session, options, graph, found),
  );
}

/** None, one, or several of the same name. */
export async function nodesNamed(
  session: Session,
  options: ServerOptions,
  graph: string,
  name: string,
): Promise<WireNode[]> {
  const whole = await nodesOf(session, options, `${graph}.V().HasEither(${identity(name)})`);
  if (whole.length > 0) return whole;
  const [, type, ofType] = /^([a-z][\w-]*):(.+)$/is.exec(name) ?? [];
  if (type !== undefined && ofType !== undefined) {
    const found = await nodesNamed(session, options, graph, ofType);
    const such = found.filter((node) => typeOf(node).toLowerCase() === type.toLowerCase());
    if (such.length > 0) return such;
  }
  if (!name.includes('/')) return whole;
  const [owner = '', ...path] = name.split('/');
  const steps = path.map((part) => `.Descendants(1).HasEither(${identity(part)})`).join('');
  return nodesOf(session, options, `${graph}.V().HasEither(${identity(owner)})${steps}`);
}

function identity(name: string): string {
  const text = quoted(name);
  return `'Name', ${text}, 'AltNames', ${text}, 'TID', ${text}, '@ID', ${text}`;
}

/** Of a span every version is listed: the last of each id is meant. */
async function nodesOf(session: Session, options: ServerOptions, query: string): Promise<WireNode[]> {
  const reply = await ask(session, { ...options, quiet: true }, { query });
  return reply.kind === 'nodes' ? [...new Map(reply.nodes.map((node) => [node.ID, node])).values()] : [];
}

const candidatesMax = 20;

async function candidates(
  session: Session,
  options: ServerOptions,
  graph: string,
  found: readonly WireNode[],
): Promise<string> {
  const place = await placesIn(session, options, graph, ['netns', 'ovsbridge']);
  const rows = found.slice(0, candidatesMax).map((node) => {
    const { bridge, netns } = place(node);
    const owner = bridge ?? netns ?? node.Host;
    return [`${owner}/${nameOf(node)}`, typeOf(node), node.ID].map(cellText);
  });
  const more = found.length > candidatesMax ? `\nand ${found.length - candidatesMax} more` : '';
  const columns = [{ title: 'NAME' }, { title: 'TYPE' }, { title: 'ID' }];
  return drawTable({ columns, rows }, { hasHeaders: true, width: undefined }).trimEnd() + more;
}
