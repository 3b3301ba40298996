/** Endpoints of a suite, looked up: the nodes or addresses that one stands for at a moment. */
import type { GraphNode } from '../../graph/element.ts';
import { nameOf } from '../../query/forwarding/atlas.ts';
import { endPoint } from '../../query/forwarding/ends.ts';
import { Mistake, mistake } from '../../std/mistake.ts';
import type { Endpoint, MatrixCheck, PathCheck, ReachCheck } from '../suite/suite.ts';
import type { Moment } from './moment.ts';

/** One end of one attempt. */
export interface End {
  /** As reports call it. */
  readonly name: string;
  /** In the grammar of paths: the id of a node, where one is meant. */
  readonly text: string;
  readonly node: GraphNode | undefined;
}

/** Nodes that one endpoint may stand for. */
const NODES_MAX = 1_000;

/** Where a check begins, or where it leads to; the model alone can begin where nobody watches. */
export type Side = 'from' | 'from-anywhere' | 'to';

export function startOf(check: ReachCheck | PathCheck | MatrixCheck): Side {
  return check.kind === 'path' || check.method === 'model' ? 'from-anywhere' : 'from';
}

/** What is picked of it: one end with `one`, else all. Rejects with a Mistake where there is none. */
export async function endsOf(endpoint: Endpoint, moment: Moment, side: Side, signal: AbortSignal): Promise<End[]> {
  const { name, kind, text, pick } = endpoint;
  if (kind !== 'gremlin')
    return moment.known(`end ${side} ${kind} ${text} ${name}`, async () => [
      await namedEnd(endpoint, moment, side, signal),
    ]);
  const nodes = await moment.nodes(text, signal);
  if (nodes.length === 0)
    throw mistake(
      'check.endpoint',
      `nothing is found for the endpoint ${name}: ${text}`,
      'skein query shows what there is',
    );
  if (nodes.length > NODES_MAX)
    throw mistake(
      'check.endpoint',
      `${nodes.length} nodes are found for the endpoint ${name}, of ${NODES_MAX} at most`,
    );
  const sorted = nodes.toSorted((a, b) => compare(nameOf(a), nameOf(b)) || compare(a.id, b.id));
  const picked = pick === 'one' ? sorted.slice(0, 1) : sorted;
  const isSeveral = picked.length > 1;
  return picked.map((node) => ({ name: isSeveral ? nameOf(node) : name, text: node.id, node }));
}

async function namedEnd(endpoint: Endpoint, moment: Moment, side: Side, signal: AbortSignal): Promise<End> {
  const { name, kind, text } = endpoint;
  const isProcess = kind === 'pid' || kind === 'process';
  const places = isProcess ? await moment.places() : undefined;
  const asked = { isStart: side !== 'to', isOutside: side === 'from-anywhere', places };
  try {
    const { node } = await moment.finish((atlas) => endPoint(atlas, text, asked), signal);
    // An address stays one: of several that a node has it is the one that is meant. A process says its port.
    const isMeantAsNode = node !== undefined && !isProcess && kind !== 'address';
    return { name, text: isMeantAsNode ? node.id : text, node };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    throw mistake('check.endpoint', `the endpoint ${name}: ${error.message}`, error.faults[0]?.hint);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
