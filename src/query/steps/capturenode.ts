import type { Flow } from '../../flow/flow.ts';
import type { GraphNode } from '../../graph/element.ts';
import { conditions } from '../arguments.ts';
import { captureNodes } from '../captured.ts';
import { defineStep, type Items } from '../step.ts';

export const captureNode = defineStep({
  name: 'CaptureNode',
  aliases: ['Node'],
  dialect: ['skydive'],
  doc: 'The nodes these flows were captured at, each once, in the order of the flows; filtered by the pairs.',
  args: conditions({ least: 0 }),
  example: {
    on: `device:eth0 {"TID":"eth0"}
      10.0.0.1:40000 -TCP-> 10.0.0.2:80 @eth0`,
    query: 'G.Flows().CaptureNode()',
    gives: ['device:eth0'],
  },
  keysOf: () => 'metadata',
  gives: { flows: 'nodes' },
  flowFields: () => [],
  stream: (wanted) =>
    function* (input: Items<Flow>, run): Generator<GraphNode | undefined> {
      const places = new Set<string>();
      for (const flow of input) {
        if (flow === undefined) yield undefined;
        else places.add(flow.NodeTID);
      }
      yield* captureNodes(places, wanted, run);
    },
});
