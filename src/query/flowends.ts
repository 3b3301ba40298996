/**
 * The nodes at the two ends of a flow, in the graph of the time asked about: by MAC, as Skydive does. A flow without MACs
 * (inside a tunnel, on a device of layer 3, on loopback) goes by address: within the namespace of its capture point, and
 * beyond it only where one node alone has the address, since private addresses repeat.
 */
import type { Flow } from '../flow/flow.ts';
import type { GraphNode } from '../graph/element.ts';
import { type Condition, meetsAll } from './condition.ts';
import { Directory } from './directory.ts';
import type { Items, World } from './step.ts';

export type End = 'A' | 'B';

/** For each flow its nodes: those it was captured at first, when asked for, then those of the ends. */
export function nodesOfFlows(
  wanted: readonly Condition[],
  ends: readonly End[],
  { captured = false, directoryOf = newDirectory } = {},
) {
  return function* (input: Items<Flow>, run: World): Generator<GraphNode | undefined> {
    const directory = directoryOf(run);
    for (const flow of input) {
      if (flow === undefined) {
        yield undefined;
        continue;
      }
      const nodes = captured ? [...(yield* directory.captureNodes(flow.NodeTID))] : [];
      for (const end of ends) nodes.push(...(yield* nodesAt(flow, end, directory, run)));
      for (const node of nodes) {
        if (run.budget.spend()) yield undefined;
        if (meetsAll(wanted, node, run.view)) yield node;
      }
    }
  };
}

function newDirectory(run: Pick<World, 'view' | 'budget'>): Directory {
  return new Directory(run);
}

/** Loopback has it, and it names nobody. */
const NO_MAC = '00:00:00:00:00:00';

function* nodesAt(flow: Flow, end: End, directory: Directory, run: World): Generator<undefined, readonly GraphNode[]> {
  const mac = flow.Link?.[end];
  if (mac !== undefined && mac !== '' && mac !== NO_MAC) return yield* directory.withMac(mac);
  const address = flow.Network?.[end];
  if (address === undefined) return [];
  const found = yield* directory.withAddress(address);
  const places = yield* directory.captureNodes(flow.NodeTID);
  const owners = new Set(places.flatMap((place) => ownersOf(place, run)));
  const near = found.filter((node) => ownersOf(node, run).some((id) => owners.has(id)));
  if (near.length > 0) return near;
  return new Set(found.map(({ id }) => id)).size === 1 ? found : [];
}

function ownersOf(node: GraphNode, { view }: World): string[] {
  return [...view.in(node)].flatMap(({ metadata, parent }) => (metadata.RelationType === 'ownership' ? [parent] : []));
}
