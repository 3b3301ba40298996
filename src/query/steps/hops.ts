import type { Flow } from '../../flow/flow.ts';
import type { GraphNode } from '../../graph/element.ts';
import { conditions } from '../arguments.ts';
import { captureNodes, placesByTime } from '../captured.ts';
import { defineStep, type Items } from '../step.ts';

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
      yield* captureNodes(yield* placesByTime(input), wanted, run);
    },
});
