/** Flows of the datapath by the bridges of the graph: which of them there are here, and where their switch is asked. */
import { dirname } from 'node:path';
import type { GraphNode } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import { mistake } from '../../std/mistake.ts';
import { Unavailable } from '../../std/unavailable.ts';
import { datapathFlows } from './datapath.ts';

export interface FlowsAsked {
  readonly view: GraphView;
  /** Name of this machine, as nodes have it. */
  readonly host: string;
  /** Undefined: all of this machine. */
  readonly bridge: string | undefined;
  readonly signal: AbortSignal;
}

/** Throws a Mistake when there is no such bridge, Unavailable when its switch is not on this machine or cannot be asked. */
export async function bridgeFlows({
  view,
  host,
  bridge,
  signal,
}: FlowsAsked): Promise<{ Bridge: string; Flow: string }[]> {
  const all = [...bridgesOf(view)].filter(({ metadata }) => bridge === undefined || metadata.Name === bridge);
  if (bridge !== undefined && all.length === 0)
    throw mistake('datapath.bridge', `there is no bridge "${bridge}" of Open vSwitch`, 'skein get bridges');
  const here = all.filter((node) => node.host === host);
  if (bridge !== undefined && here.length === 0) throw elsewhere(bridge, all[0]?.host ?? '');
  const flows: { Bridge: string; Flow: string }[] = [];
  for (const node of here) {
    const name = String(node.metadata.Name);
    const folder = folderOf(node);
    if (folder === undefined) {
      if (bridge === undefined) continue;
      throw elsewhere(bridge, 'elsewhere, at the other end of its database');
    }
    for (const Flow of await datapathFlows({ folder, bridge: name, signal })) flows.push({ Bridge: name, Flow });
  }
  return flows;
}

function* bridgesOf(view: GraphView): Iterable<GraphNode> {
  const indexed = view.nodesWith('Type', 'ovsbridge');
  if (indexed) return yield* indexed;
  for (const node of view.nodes()) if (node.metadata.Type === 'ovsbridge') yield node;
}

/** Of the sockets of its daemons; undefined when its database is somewhere else. */
function folderOf({ metadata }: GraphNode): string | undefined {
  const { Ovs } = metadata;
  const database = typeof Ovs === 'object' && Ovs !== null && 'Database' in Ovs ? String(Ovs.Database) : '';
  const [, path] = /^unix:(.+)$/.exec(database) ?? [];
  return path === undefined ? undefined : dirname(path);
}

function elsewhere(bridge: string, where: string): Unavailable {
  return new Unavailable(
    `flows of the datapath of ${bridge}`,
    `a server on the machine of its switch (it is ${where})`,
  );
}
