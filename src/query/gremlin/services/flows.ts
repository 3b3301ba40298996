import type { Service } from '../service.ts';
import { flowParameters, flowsAsked } from './flow-ask.ts';
import { flowMaps } from './flow-map.ts';
import { vertexOf } from './vertex-of.ts';

export const flows: Service = {
  name: 'flows',
  doc: 'Conversations of the time asked about, as maps: everywhere at the start, on vertices those that were captured there.',
  parameters: flowParameters,
  place: 'either',
  call(value, parameters, run) {
    const at = value === undefined ? undefined : vertexOf(value, 'flows', run);
    return flowMaps(flowsAsked('flows', parameters, at, run));
  },
};
