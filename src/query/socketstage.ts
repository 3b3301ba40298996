/** `Sockets()` of nodes, with the filters that follow it: what does not pass them is not held. */
import type { GraphNode } from '../graph/element.ts';
import type { Condition } from './condition.ts';
import { type Asking, NodeSockets } from './sockets.ts';
import type { Items, SocketsOf } from './step.ts';

export function socketStage(conditions: readonly Condition[]) {
  return function* (input: Items, run: Asking): Generator<SocketsOf | undefined> {
    const found = new NodeSockets(run, conditions);
    for (const node of input as Items<GraphNode>) {
      if (node === undefined || run.budget.spend()) yield undefined;
      if (node === undefined) continue;
      const sockets = yield* found.of(node);
      if (sockets.length > 0) yield { id: node.id, sockets };
    }
  };
}
