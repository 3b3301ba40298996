/** IPFIX (RFC 7011) of routers and switches. */
import { collect, collectorCan } from '../datagrams/collect.ts';
import { interfaceTypes } from '../interface-types.ts';
import type { Mechanism } from '../mechanism.ts';

export const ipfix: Mechanism = {
  type: 'ipfix',
  doc: 'Listens for IPFIX on UDP, port 4739 unless told otherwise; what exporters tell is shown at the node.',
  nodeTypes: interfaceTypes,
  can: collectorCan,
  rank: undefined,
  start: (context) => collect(context, { ports: { from: 4739, to: 4739 } }),
};
