/** A result as plain JSON: elements in Skydive's shape, what JSON has no word for as text. */
import type { Value } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import { networkModel } from '../../query/gremlin/model/network.ts';
import { elementNames } from '../../query/gremlin/read/element-names.ts';
import { javaText } from '../../query/gremlin/value/java-text.ts';
import {
  GraphResult,
  type GValue,
  type StepMetrics,
  TraversalExplanation,
  TraversalMetrics,
} from '../../query/gremlin/value/value.ts';
import { elementJson } from '../wire.ts';
import { type PlainWords, plain } from './plain.ts';

export function untyped(value: GValue, view: GraphView): Value {
  const words: PlainWords = {
    elementOf: (element) => JSON.parse(elementJson(element, view)),
    otherwise(other) {
      if (other instanceof GraphResult)
        return { Nodes: other.vertices.map(words.elementOf), Edges: other.edges.map(words.elementOf) };
      if (other instanceof TraversalExplanation)
        return {
          original: other.original,
          intermediate: other.intermediate.map(({ strategy, category, steps }) => ({ strategy, category, steps })),
          final: other.final,
        };
      if (other instanceof TraversalMetrics)
        return { durationNanos: other.durationNanos, metrics: other.metrics.map(metricsOf) };
      return javaText(other, elementNames({ model: networkModel, view }));
    },
  };
  const metricsOf = ({ id, name, durationNanos, counts, annotations, nested }: StepMetrics): Value => ({
    id,
    name,
    durationNanos,
    counts: Object.fromEntries(counts),
    annotations: Object.fromEntries(Array.from(annotations, ([key, item]) => [key, plain(item, words)])),
    nested: nested.map(metricsOf),
  });
  return plain(value, words);
}
