/** Constants by their names, as texts have them: `WithOptions.tokens`. */
import type { GValue } from '../value/value.ts';

/** `WithOptions`, `IO`, `ShortestPath`…: constants by their name; undefined where there is no such holder. */
export function constantsOf(holder: string): ReadonlyMap<string, GValue> | undefined {
  return constants.get(holder);
}

/** The values are TinkerPop's (its Javadoc of WithOptions, IO, and the *VertexProgramStep classes). */
const constants: ReadonlyMap<string, ReadonlyMap<string, GValue>> = new Map([
  [
    'WithOptions',
    new Map<string, GValue>([
      ['tokens', '~tinkerpop.valueMap.tokens'],
      ['none', 0],
      ['ids', 1],
      ['labels', 2],
      ['keys', 4],
      ['values', 8],
      ['all', 15],
      ['indexer', '~tinkerpop.index.indexer'],
      ['list', 0],
      ['map', 1],
    ]),
  ],
  [
    'IO',
    new Map<string, GValue>([
      ['reader', '~tinkerpop.io.reader'],
      ['writer', '~tinkerpop.io.writer'],
      ['registry', '~tinkerpop.io.registry'],
      ['gryo', 'gryo'],
      ['graphson', 'graphson'],
      ['graphml', 'graphml'],
    ]),
  ],
  ['ShortestPath', prefixed('~tinkerpop.shortestPath.', 'target', 'edges', 'distance', 'maxDistance', 'includeEdges')],
  ['PageRank', prefixed('~tinkerpop.pageRank.', 'edges', 'times', 'propertyName')],
  ['PeerPressure', prefixed('~tinkerpop.peerPressure.', 'edges', 'times', 'propertyName')],
  [
    'ConnectedComponent',
    new Map<string, GValue>([
      ...prefixed('~tinkerpop.connectedComponent.', 'edges', 'propertyName'),
      ['component', 'gremlin.connectedComponentVertexProgram.component'],
    ]),
  ],
]);

function prefixed(prefix: string, ...names: readonly string[]): Map<string, GValue> {
  return new Map(names.map((name) => [name, prefix + name]));
}
