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
  if (await isMade(elastic, places)) return;
  const make = (name: string, pattern: string, mappings: object, more: object = {}) =>
    elastic.request({
      method: 'PUT',
      path: `/_index_template/${name}`,
      body: {
        index_patterns: [pattern],
        priority: 500,
        version: VERSION,
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
  await makeIndex(elastic, places.losses);
  await makeIndex(elastic, places.state);
}

/** The state is made last: where it is, and templates are these, all is there. */
async function isMade(elastic: Elastic, { flows, state }: FlowPlaces): Promise<boolean> {
  const name = flows.pattern.slice(0, -2);
  const [templates, index] = await Promise.all([
    elastic.request<Templates | undefined>({ method: 'GET', path: `/_index_template/${name}`, fine: [404] }),
    elastic.request<object | undefined>({ method: 'GET', path: `/${state}/_settings`, fine: [404] }),
  ]);
  return index !== undefined && templates?.index_templates?.[0]?.index_template.version === VERSION;
}

/** Grows with each change of mappings or settings. */
const VERSION = 1;

interface Templates {
  readonly index_templates?: readonly { readonly index_template: { readonly version?: number } }[];
}

const OURS = { skein: { format: FORMAT } };
