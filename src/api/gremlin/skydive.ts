/** `G.V()…` sent to the standard door: its answer as values that drivers understand. */
import { differenceMap } from '../../query/gremlin/services/diff.ts';
import { FlowMap } from '../../query/gremlin/services/flow-map.ts';
import { sampleMap } from '../../query/gremlin/services/metrics.ts';
import { hopMap } from '../../query/gremlin/services/next-hop.ts';
import { PacketMap } from '../../query/gremlin/services/raw-packets.ts';
import { GMap } from '../../query/gremlin/value/collections.ts';
import { fromJson } from '../../query/gremlin/value/json.ts';
import { type GValue, Path } from '../../query/gremlin/value/value.ts';
import type { Answer } from '../../query/query.ts';
import { type Audit, guardFor } from '../guard.ts';
import type { Queries } from '../queries.ts';
import type { GremlinUser } from './parts.ts';

export function skydiveAsker(
  queries: Queries,
  audit: Audit | undefined,
): (text: string, signal: AbortSignal, user: GremlinUser) => Promise<readonly GValue[]> {
  return async (text, signal, { identity }) => {
    const guard = identity && guardFor(identity, audit);
    return valuesOf(await queries.ask(text.trim(), { signal, guard }));
  };
}

/** What has ids or names for its parts is one map of them, as in the other doors. */
function valuesOf(answer: Answer): readonly GValue[] {
  switch (answer.kind) {
    case 'graph':
      return [...answer.nodes, ...answer.edges];
    case 'nodes':
      return answer.nodes;
    case 'edges':
      return answer.edges;
    case 'history':
      return answer.elements;
    case 'value':
      return [fromJson(answer.value)];
    case 'values':
      return answer.values.map(fromJson);
    case 'maps':
      return answer.maps.map(fromJson);
    case 'flows':
      return answer.flows.map((flow) => new FlowMap(flow));
    case 'paths':
      return answer.paths.map(
        (path) =>
          new Path(
            path,
            path.map(() => []),
          ),
      );
    case 'differences':
      return answer.differences.map(differenceMap);
    case 'metric':
      return [sampleMap(answer.sample)];
    case 'metrics':
      return [new GMap(Array.from(answer.groups, ([id, samples]) => [id, samples.map(sampleMap)]))];
    case 'nexthops':
      return [new GMap(answer.hops.map(({ id, hop }) => [id, hopMap(hop)]))];
    case 'flowgroups':
      return [new GMap(answer.flowGroups.map(({ id, flows }) => [id, flows.map((flow) => new FlowMap(flow))]))];
    case 'sockets':
      return [new GMap(answer.sockets.map(({ id, sockets }) => [id, sockets.map(fromJson)]))];
    case 'packets':
      return [
        new GMap(answer.packets.map(({ id, packets }) => [id, packets.map((packet) => new PacketMap(id, packet))])),
      ];
    case 'plan':
      return [fromJson(answer.plan)];
    case 'profile':
      return [fromJson(answer.profile)];
  }
}
