import { nothing } from '../arguments.ts';
import { packetsOf } from '../packets.ts';
import { defineStep } from '../step.ts';

export const rawPackets = defineStep({
  name: 'RawPackets',
  dialect: ['skydive'],
  doc: 'The packets that were kept of each flow (captures keep some when RawPacketLimit says so), by its UUID.',
  args: nothing,
  example: {
    on: `10.0.0.1:40000 -TCP-> 10.0.0.2:80 @eth0 {"Packets":[60,1500]}
      10.0.0.3:5353 -UDP-> 10.0.0.2:53 @eth0`,
    query: 'G.Flows().RawPackets()',
    gives: ['f1 60 1500'],
  },
  gives: { flows: 'packets' },
  flowFields: () => [],
  stream: () => packetsOf,
});
