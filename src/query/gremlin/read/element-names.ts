/** What names an element to someone who has no graph: its id and its label, and of an edge those of its ends. */
import type { Element, GraphEdge, GraphNode } from '../../../graph/element.ts';
import type { GraphView } from '../../../graph/view.ts';
import type { PropertyModel } from '../property-graph.ts';
import type { GValue } from '../value/value.ts';

export interface ElementNames {
  id(element: Element): GValue;
  label(element: Element): string;
  ends(edge: GraphEdge): Ends;
}

export interface Ends {
  readonly outV: GValue;
  readonly outVLabel: string;
  readonly inV: GValue;
  readonly inVLabel: string;
}

/** As a graph looks in a view of it. */
export function elementNames({ model, view }: Shown): ElementNames {
  return new NamesIn(model, view);
}

interface Shown {
  readonly model: PropertyModel;
  readonly view: GraphView;
}

class NamesIn implements ElementNames {
  readonly #model: PropertyModel;
  readonly #view: GraphView;

  constructor(model: PropertyModel, view: GraphView) {
    this.#model = model;
    this.#view = view;
  }

  id(element: Element): GValue {
    return this.#model.id(element);
  }

  label(element: Element): string {
    return this.#model.label(element);
  }

  ends(edge: GraphEdge): Ends {
    const from = firstOf(this.#view.parents(edge));
    const to = firstOf(this.#view.children(edge));
    return {
      // An end may have gone since: its id is all that is left.
      outV: this.id(from ?? { ...edge, kind: 'node', id: edge.parent }),
      outVLabel: from === undefined ? unknownLabel : this.label(from),
      inV: this.id(to ?? { ...edge, kind: 'node', id: edge.child }),
      inVLabel: to === undefined ? unknownLabel : this.label(to),
    };
  }
}

function firstOf(nodes: Iterable<GraphNode>): GraphNode | undefined {
  for (const node of nodes) return node;
  return undefined;
}

/** TinkerPop's default label. */
const unknownLabel = 'vertex';
