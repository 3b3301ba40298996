/** The composition root's part about standard Gremlin: the network as a traversal source named `g`. */
import { randomUUID } from 'node:crypto';
import { NetworkWriter } from './api/gremlin/network-writer.ts';
import type { GremlinParts } from './api/gremlin/parts.ts';
import type { ApiParts } from './api/parts.ts';
import { networkModel } from './query/gremlin/model/network.ts';
import { networkServicesWith } from './query/gremlin/services/index.ts';
import type { TraversalSource } from './query/gremlin/source.ts';

type Parts = Pick<ApiParts, 'graph' | 'timeline' | 'host' | 'publisher' | 'clock' | 'archive' | 'flows'>;

export function networkGremlin(
  parts: Parts,
  limits: Pick<GremlinParts, 'limits' | 'traversalLimits'> = {},
): Pick<GremlinParts, 'sources' | 'random' | 'limits' | 'traversalLimits'> {
  const writer = new NetworkWriter({ ...parts, newId: randomUUID });
  const g: TraversalSource = {
    name: 'g',
    model: networkModel,
    timeline: parts.timeline,
    flows: parts.flows?.flows,
    sockets: parts.flows?.sockets,
    writer: () => writer,
    services: networkServicesWith(parts.flows?.matchFilter),
  };
  const sources = new Map([[g.name, g]]);
  // Who may come in may write, as at /api/node.
  return { sources: () => sources, random: Math.random, ...limits };
}
