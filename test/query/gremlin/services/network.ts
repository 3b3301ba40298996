/** A network and flows as text, as a source to ask standard traversals of. */
import type { FlowView } from '../../../../src/flow/view.ts';
import type { Graph } from '../../../../src/graph/graph.ts';
import { readGraph } from '../../../../src/graph/text.ts';
import { networkModel } from '../../../../src/query/gremlin/model/network.ts';
import { elementNames } from '../../../../src/query/gremlin/read/element-names.ts';
import { networkServices } from '../../../../src/query/gremlin/services/index.ts';
import type { TraversalSource } from '../../../../src/query/gremlin/source.ts';
import { javaText } from '../../../../src/query/gremlin/value/java-text.ts';
import { timelineOf } from '../../ask.ts';
import { flowList, slowly } from '../../flow-list.ts';
import { readFlows } from '../../flow-text.ts';
import { ask } from '../asked.ts';

export interface World {
  readonly graph: Graph;
  readonly source: TraversalSource;
  /** The results as Java writes them; elements by id alone. */
  ask(text: string): Promise<string[]>;
}

export function world(text: string, { isSlow = false } = {}): World {
  const read = readFlows(text);
  const graph = readGraph(read.graph);
  const flows: FlowView = flowList(read.flows);
  const source: TraversalSource = {
    name: 'g',
    model: networkModel,
    timeline: timelineOf(graph),
    flows: isSlow ? slowly(flows) : flows,
    services: networkServices,
  };
  return {
    graph,
    source,
    async ask(query) {
      const names = elementNames({ model: networkModel, view: graph.now() });
      const results = await ask(query, source, { context: { nowMs: 10_000 } });
      return results.map((value) => javaText(value, names).replace(/^v\[(.*)\]$/, '$1'));
    },
  };
}
