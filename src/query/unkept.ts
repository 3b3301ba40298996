/**
 * A time of which no graph is kept, though there may be flows of it: a trace of last year, read in today. Whoever looks at
 * the graph of then is told so.
 */
import type { GraphView, Span } from '../graph/view.ts';
import type { Mistake } from '../std/mistake.ts';

export function unkeptView(time: Span, why: Mistake): GraphView {
  const refuse = (): never => {
    throw why;
  };
  return {
    time,
    nodes: refuse,
    edges: refuse,
    get nodeCount() {
      return refuse();
    },
    get edgeCount() {
      return refuse();
    },
    out: refuse,
    in: refuse,
    parents: refuse,
    children: refuse,
    nodesWith: refuse,
    counters: () => undefined,
    freeze: () => undefined,
  };
}
