import type { RawPacket } from '../../../flow/flow.ts';
import { packetsOf } from '../../packets.ts';
import type { Service } from '../service.ts';
import { GMap } from '../value/collections.ts';
import { long } from '../value/num.ts';
import { Binary } from '../value/value.ts';
import { flowsIn } from './flow-map.ts';
import { Words } from './words.ts';

export const rawPackets: Service = {
  name: 'rawPackets',
  doc: 'The packets that were kept of a flow (captures keep some when RawPacketLimit says so), as maps with their bytes.',
  parameters: {},
  place: 'streaming',
  *call(value, parameters, run) {
    new Words('rawPackets', parameters, []);
    for (const found of packetsOf(flowsIn(value, 'rawPackets'), run)) {
      if (found === undefined) yield undefined;
      yield* found?.packets.map(packetMap) ?? [];
    }
  },
};

export function packetMap({ timestampMs, index, data, linkType }: RawPacket): GMap {
  return new GMap([
    ['Timestamp', long(Math.trunc(timestampMs))],
    ['Index', index],
    ['LinkType', linkType],
    ['Data', new Binary(data)],
  ]);
}
