import { conditions } from '../arguments.ts';
import { flowConditions } from '../flowkey.ts';
import { flowStage } from '../flowsource.ts';
import { defineStep } from '../step.ts';

export const flows = defineStep({
  name: 'Flows',
  dialect: ['skydive'],
  doc: 'Conversations seen on the network, filtered by the pairs: everywhere, or where these nodes were captured. Of the time asked about.',
  args: conditions({ least: 0 }),
  example: {
    on: `device:eth0 {"TID":"eth0"}
      device:eth1 {"TID":"eth1"}
      10.0.0.1:40000 -TCP-> 10.0.0.2:80 @eth0
      10.0.0.1:40000 -TCP-> 10.0.0.2:80 @eth1
      10.0.0.1:5353 -UDP-> 10.0.0.2:53 @eth0 {"Application":"DNS"}`,
    query: "G.V().Has('Name', 'eth0').Flows('Transport.Protocol', 'TCP')",
    gives: ['f1'],
  },
  keysOf: () => 'flow',
  gives: { start: 'flows', nodes: 'flows', paths: 'flows' },
  gather: (wanted, takes) =>
    flowStage(
      {
        where: flowConditions(wanted),
        sort: undefined,
        skip: 0,
        limit: Number.POSITIVE_INFINITY,
        counts: false,
        fields: undefined,
      },
      takes,
    ),
});
