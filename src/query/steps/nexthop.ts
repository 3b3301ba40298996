import type { GraphNode } from '../../graph/element.ts';
import { address } from '../arguments.ts';
import { originOf } from '../origin.ts';
import { nextHop as find } from '../routing.ts';
import { defineStep, type Items, type NextHopOf } from '../step.ts';

export const nextHop = defineStep({
  name: 'NextHop',
  dialect: ['skydive'],
  doc: 'Where each node sends packets for this address next: by policy rules, longest prefix and metric; of a host or namespace by the routes of all its interfaces.',
  args: address,
  example: {
    on: 'device:eth0 {"RoutingTables":[{"ID":254,"Routes":[{"NextHops":[{"IP":"10.0.0.1","IfIndex":2}]},{"Prefix":"10.0.0.0/24","NextHops":[{"IfIndex":2}]}]}]}',
    query: "G.V().NextHop('192.0.2.1')",
    gives: ['device:eth0 {"priority":0,"ip":"10.0.0.1","ifIndex":2}'],
  },
  gives: { nodes: 'nexthops' },
  stream: (to) =>
    function* (input: Items<GraphNode>, { view, budget }): Generator<NextHopOf | undefined> {
      for (const node of input) {
        if (node === undefined || budget.spend()) yield undefined;
        if (node === undefined) continue;
        const hop = find(to, originOf(node, view));
        if (hop !== undefined) yield { id: node.id, hop };
      }
    },
});
