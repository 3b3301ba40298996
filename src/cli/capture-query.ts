/** Where a capture shall run, as a query: said in Gremlin, or by the names of nodes. */
import { ask } from './ask.ts';
import type { Session } from './command.ts';
import { usageFailure } from './failure.ts';
import { quoted } from './gremlin.ts';
import { waysIn } from './ground.ts';
import { nodeNamed } from './node-named.ts';
import { nameOf, typeOf } from './render/element.ts';
import type { ServerOptions } from './server.ts';

export interface WhereOptions {
  readonly gremlin?: string;
  readonly on?: string;
  readonly to?: string;
  /** TID, as Skydive has it. */
  readonly node?: string;
}

/** Undefined when nothing was said. */
export async function captureQuery(
  session: Session,
  options: ServerOptions & WhereOptions,
): Promise<string | undefined> {
  const { gremlin, on, to, node } = options;
  const said = [gremlin, on, node].filter((each) => each !== undefined);
  if (said.length > 1) throw usageFailure('--gremlin, --on and --node say the same', 'give one of them');
  if (to !== undefined && on === undefined) throw usageFailure('--to needs --on', 'like --on blue/eth0 --to red/eth0');
  if (gremlin !== undefined) return gremlin;
  if (node !== undefined) return `G.V().Has('TID', ${quoted(node)})`;
  if (on === undefined) return undefined;
  const from = await capturable(session, options, on);
  if (to === undefined)
    return (await byName(session, options, from)) ?? `G.V().Has('TID', ${quoted(from.tid)})${INSIDE[from.type] ?? ''}`;
  const target = await capturable(session, options, to);
  // Along links where there is such a way; the query then finds it again when the network changes.
  const way = `ShortestPathTo(Metadata('TID', ${quoted(target.tid)}), Metadata('RelationType', 'layer2'))`;
  const linked = `G.V().Has('TID', ${quoted(from.tid)}).${way}`;
  const reply = await ask(session, { ...options, quiet: true }, { query: linked });
  if (reply.kind === 'paths' && reply.paths.length > 0) return linked;
  const ids = (await waysIn(session, options, 'G')).between(from.id, target.id);
  if (ids) return `G.V().Has('@ID', Within(${ids.map(quoted).join(', ')}))`;
  throw usageFailure(`the graph knows no way from ${on} to ${to}`, 'say what to capture on with --gremlin');
}

/** The database gives a bridge that is made again another identity: its name goes on, where no other has it. */
async function byName(session: Session, options: ServerOptions, { type, name }: Place): Promise<string | undefined> {
  if (!['ovsbridge', 'ovsport'].includes(type)) return undefined;
  const query = `G.V().Has('Type', ${quoted(type)}, 'Name', ${quoted(name)})`;
  const reply = await ask(session, { ...options, quiet: true }, { query });
  return reply.kind === 'nodes' && reply.nodes.length === 1 ? query : undefined;
}

const INTERFACES = ".HasKey('IfIndex').Has('EncapType', NEE('loopback'))";
/** Of what has interfaces rather than being one, those are meant. */
const INSIDE: Readonly<Record<string, string>> = {
  container: `.In('Type', 'netns').Out()${INTERFACES}`,
  netns: `.Out()${INTERFACES}`,
};

interface Place {
  readonly id: string;
  readonly tid: string;
  readonly type: string;
  readonly name: string;
}

async function capturable(session: Session, options: ServerOptions, name: string): Promise<Place> {
  const node = await nodeNamed(session, options, 'G', name);
  const { ID, Metadata } = node;
  if (typeof Metadata.TID === 'string' && Metadata.TID !== '')
    return { id: ID, tid: Metadata.TID, type: typeOf(node), name: nameOf(node) };
  throw usageFailure(`"${name}" has no TID, so nothing can be captured there`, 'take one of its interfaces');
}
