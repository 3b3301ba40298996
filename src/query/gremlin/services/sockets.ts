import { socketsOfFlows } from '../../flowsockets.ts';
import { NodeSockets } from '../../sockets.ts';
import type { Service } from '../service.ts';
import { fromJson } from '../value/json.ts';
import { flowsIn } from './flow-map.ts';
import { Parameters } from './parameters.ts';
import { isVertex } from './vertex-of.ts';

export const sockets: Service = {
  name: 'sockets',
  doc: 'The sockets of a vertex (a namespace, a container, an interface), or those at the two ends of a flow (TCP and UDP), with their processes, as maps.',
  parameters: {},
  place: 'streaming',
  *call(value, parameters, run) {
    new Parameters('sockets', parameters, []);
    if (isVertex(value)) {
      yield* (yield* new NodeSockets(run).of(run.fresh(value))).map(fromJson);
      return;
    }
    for (const found of socketsOfFlows(flowsIn(value, 'sockets'), run))
      if (found === undefined) yield undefined;
      else yield* found.sockets.map(fromJson);
  },
};
