import type { Flow } from '../../flow/flow.ts';
import type { GraphNode } from '../../graph/element.ts';
import { nothing } from '../arguments.ts';
import { socketsOfFlows } from '../flowsockets.ts';
import { socketStage } from '../socketstage.ts';
import { defineStep, type Items } from '../step.ts';

export const sockets = defineStep({
  name: 'Sockets',
  dialect: ['skydive'],
  doc: 'The sockets of each namespace, container or interface, or those at the two ends of each flow (TCP and UDP), with their processes.',
  args: nothing,
  example: {
    on: `host:h1 {"Sockets":[{"Protocol":"TCP","LocalAddress":"10.0.0.2","LocalPort":80,"RemoteAddress":"10.0.0.1","RemotePort":40000,"Name":"nginx"}]}
      10.0.0.1:40000 -TCP-> 10.0.0.2:80 @eth0`,
    query: "G.Flows().Has('Transport.B', 80).Sockets().Values('Name')",
    gives: ['"nginx"'],
  },
  gives: { nodes: 'sockets', flows: 'sockets' },
  flowFields: () => ['Network', 'Transport', 'NAT', 'Start', 'Last'],
  stream: (_args, takes) => (input: Items<GraphNode | Flow>, run) =>
    takes === 'flows' ? socketsOfFlows(input as Items<Flow>, run) : socketStage([])(input, run),
});
