import type { GraphEdge, GraphNode } from '../../../graph/element.ts';
import { mistake } from '../../../std/mistake.ts';
import { isElement } from '../read/value.ts';
import type { Run } from '../run/run.ts';
import { Hoard } from '../run/side-effects.ts';
import { defineTraversalStep } from '../step.ts';
import { GraphResult } from '../value/value.ts';

export const subgraph = defineTraversalStep({
  name: 'subgraph',
  doc: 'Puts the edges that come aside under a name, with their vertices, as a graph.',
  args: 'side-effect',
  count: [1, 1],
  example: {
    query: "g.E().hasLabel('knows').subgraph('sg').cap('sg')",
    gives: ['tinkergraph[vertices:3 edges:2]'],
  },
  build(call, builder) {
    const [name] = builder.strings(call);
    if (name === undefined) {
      builder.wrong(call, 'subgraph takes the name of a side-effect');
      return { kind: 'filter', accepts: () => true };
    }
    builder.declares(name, () => new Part());
    return {
      kind: 'filter',
      accepts(value, run) {
        if (!isElement(value) || value.kind !== 'edge')
          throw mistake('gremlin.type', 'subgraph takes edges: what comes here is none');
        run.sideEffects.hoard(name, { is: (held) => held instanceof Part, make: () => new Part() }).add(value, run);
        return true;
      },
    };
  },
});

/** Part of a graph, in order of the first of each. Whoever asks early has one object with all that comes later. */
class Part extends Hoard {
  readonly #seen = new Set<string>();
  readonly #vertices: GraphNode[] = [];
  readonly #edges: GraphEdge[] = [];
  readonly #graph = new GraphResult(this.#vertices, this.#edges);

  add(edge: GraphEdge, { view, budget }: Run): void {
    if (!this.#isNew(`edge ${edge.id}`)) return;
    budget.hold(1);
    this.#edges.push(edge);
    for (const vertex of [...view.parents(edge), ...view.children(edge)])
      if (this.#isNew(`node ${vertex.id}`)) this.#vertices.push(vertex);
  }

  result(): GraphResult {
    return this.#graph;
  }

  #isNew(name: string): boolean {
    if (this.#seen.has(name)) return false;
    this.#seen.add(name);
    return true;
  }
}
