/** sFlow version 5: sampled packets and counters of switches, of any number of agents. */
import { interfaceTypes } from '../interface-types.ts';
import type { Mechanism } from '../mechanism.ts';
import { sample, samplerCan } from '../samples/sample.ts';

export const sflow: Mechanism = {
  type: 'sflow',
  doc: 'Listens for sFlow version 5 on UDP, port 6343 unless told otherwise: sampled packets, scaled by their rate, and counters.',
  nodeTypes: interfaceTypes,
  can: samplerCan,
  rank: undefined,
  start: (context) => sample(context, { from: 6343, to: 6343 }),
};
