import { conditions } from '../arguments.ts';
import { nodesOfFlows } from '../flowends.ts';
import { defineStep } from '../step.ts';

export const nodes = defineStep({
  name: 'Nodes',
  dialect: ['skydive'],
  doc: 'For each flow the node it was captured at and the nodes at both of its ends; filtered by the pairs.',
  args: conditions({ least: 0 }),
  example: {
    on: `device:eth0 {"TID":"eth0","MAC":"02:00:00:00:00:01"}
      device:br0 {"TID":"br0"}
      10.0.0.1:40000 -TCP-> 10.0.0.2:80 @br0 {"Link":{"A":"02:00:00:00:00:01","B":"02:00:00:00:00:02"}}`,
    query: 'G.Flows().Nodes()',
    gives: ['device:br0', 'device:eth0'],
  },
  keysOf: () => 'metadata',
  gives: { flows: 'nodes' },
  flowFields: () => ['Link', 'Network'],
  stream: (wanted) => nodesOfFlows(wanted, ['A', 'B'], { captured: true }),
});
