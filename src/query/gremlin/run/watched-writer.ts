/** A writer that says when it writes: what a run writes it sees. */
import type { GraphWriter } from '../property-graph.ts';

interface Watch {
  before(): void;
  after(): void;
}

export function watched(writer: GraphWriter, { before, after }: Watch): GraphWriter {
  const seen = <Args extends unknown[], T>(write: (...args: Args) => T) => {
    return (...args: Args): T => {
      before();
      const result = write(...args);
      after();
      return result;
    };
  };
  return {
    addVertex: seen((label, id, properties) => writer.addVertex(label, id, properties)),
    addEdge: seen((label, from, to, id, properties) => writer.addEdge(label, from, to, id, properties)),
    setProperty: ((element, property) =>
      seen(() => writer.setProperty(element, property))()) as GraphWriter['setProperty'],
    removeProperty: seen((property) => writer.removeProperty(property)),
    remove: seen((element) => writer.remove(element)),
    ...(writer.kept && { kept: () => (writer as Required<GraphWriter>).kept() }),
    usual: writer.usual,
  };
}
