/** NetFlow 5 and 9 of routers and switches. */
import { collect, collectorCan } from '../datagrams/collect.ts';
import { interfaceTypes } from '../interface-types.ts';
import type { Mechanism } from '../mechanism.ts';

export const netflow: Mechanism = {
  type: 'netflow',
  doc: 'Listens for NetFlow (versions 5 and 9) on UDP, port 2055 unless told otherwise; what exporters tell is shown at the node.',
  nodeTypes: interfaceTypes,
  can: collectorCan,
  rank: undefined,
  start: (context) => collect(context, { ports: { from: 2055, to: 2055 } }),
};
