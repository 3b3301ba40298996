import type { Flow } from '../../flow/flow.ts';
import type { GraphNode } from '../../graph/element.ts';
import { conditions } from '../arguments.ts';
import { type Condition, meetsAll } from '../condition.ts';
import { Directory } from '../directory.ts';
import { defineStep, type Items, type Run } from '../step.ts';

export const hops = defineStep({
  name: 'Hops',
  dialect: ['skydive'],
  doc: 'The nodes these flows were captured at, each once, in the order in which they saw the first packet; filtered by the pairs.',
  args: conditions({ least: 0 }),
  example: {
    on: `device:eth0 {"TID":"eth0"}
      device:eth1 {"TID":"eth1"}
      10.0.0.1:40000 -TCP-> 10.0.0.2:80 @eth1 {"Start":1002}
      10.0.0.1:40000 -TCP-> 10.0.0.2:80 @eth0 {"Start":1001}`,
    query: "G.Flows().Has('Transport.B', 80).Hops()",
    gives: ['device:eth0', 'device:eth1'],
  },
  keysOf: () => 'metadata',
  gives: { flows: 'nodes' },
  flowFields: () => ['Start'],
  stream: (wanted) =>
    function* (input: Items<Flow>, run): Generator<GraphNode | undefined> {
      const firstSeen = new Map<string, number>();
      for (const flow of input) {
        if (flow === undefined) yield undefined;
        else firstSeen.set(flow.NodeTID, Math.min(flow.Start, firstSeen.get(flow.NodeTID) ?? Number.POSITIVE_INFINITY));
      }
      const places = [...firstSeen].sort(([, a], [, b]) => a - b).map(([tid]) => tid);
      yield* captureNodes(places, wanted, run);
    },
});

export function* captureNodes(
  places: Iterable<string>,
  wanted: readonly Condition[],
  run: Run,
): Generator<GraphNode | undefined> {
  const directory = new Directory(run);
  for (const place of places) {
    if (run.budget.spend()) yield undefined;
    for (const node of yield* directory.captureNodes(place)) if (meetsAll(wanted, node, run.view)) yield node;
  }
}
