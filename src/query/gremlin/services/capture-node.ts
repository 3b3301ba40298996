import { captureNodes } from '../../captured.ts';
import type { Service } from '../service.ts';
import { flowsIn } from './flow-map.ts';
import { Parameters } from './parameters.ts';

export const captureNode: Service = {
  name: 'captureNode',
  doc: 'The vertex at which a flow was captured.',
  parameters: {},
  place: 'streaming',
  call(value, parameters, run) {
    new Parameters('captureNode', parameters, []);
    return captureNodes(new Set(flowsIn(value, 'captureNode').map(({ NodeTID }) => NodeTID)), [], run);
  },
};
