/** Templates of the indices that flows lie in. */
import type { Elastic } from '../client.ts';
import { FORMAT, makeIndex } from '../templates.ts';
import { flowMapping, lossMapping, packetMapping, pointMapping, stateMapping } from './mapping.ts';
import type { FlowPlaces } from './places.ts';

export async function makeFlowTemplates(
  elastic: Elastic,
  places: FlowPlaces,
  { shards, replicas }: { readonly shards: number; readonly replicas: number },
): Promise<void> {
  const make = (name: string, pattern: string, mappings: object, more: object = {}) =>
    elastic.request({
      method: 'PUT',
      path: `/_index_template/${name}`,
      body: {
        index_patterns: [pattern],
        priority: 500,
        _meta: OURS,
        template: {
          settings: {
            number_of_shards: shards,
            number_of_replicas: replicas,
            // Queries refresh what they need; this is for others who look.
            refresh_interval: '30s',
            // So long it is known which version of a flow was deleted, for words that come out of order.
            gc_deletes: '1h',
          },
          mappings: { ...mappings, _meta: OURS },
          ...more,
        },
      },
    });
  const sliced = (pattern: string, mappings: object, more?: object) =>
    make(pattern.slice(0, -2), pattern, mappings, more);
  await Promise.all([
    sliced(places.flows.pattern, flowMapping),
    sliced(places.points.pattern, pointMapping, { aliases: { [places.allPoints]: {} } }),
    sliced(`${places.sums}-*`, pointMapping),
    sliced(places.packets.pattern, packetMapping),
    make(places.losses, places.losses, lossMapping),
    make(places.state, places.state, stateMapping),
  ]);
  await Promise.all([makeIndex(elastic, places.losses), makeIndex(elastic, places.state)]);
}

const OURS = { skein: { format: FORMAT } };
