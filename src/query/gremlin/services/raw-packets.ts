import type { RawPacket } from '../../../flow/flow.ts';
import { Mistake, mistake } from '../../../std/mistake.ts';
import { packetsOf } from '../../packets.ts';
import type { PacketTest } from '../../step.ts';
import type { Service } from '../service.ts';
import { GMap } from '../value/collections.ts';
import { long } from '../value/num.ts';
import { Binary } from '../value/value.ts';
import { flowsIn } from './flow-map.ts';
import { Parameters } from './parameters.ts';

/** A packet as a value of a traversal, and whose flow's it is: for doors that make a file of packets. */
export class PacketMap extends GMap {
  /** UUID of the flow. */
  readonly uuid: string;
  readonly packet: RawPacket;

  constructor(uuid: string, packet: RawPacket) {
    const { timestampMs, index, data, linkType } = packet;
    super([
      ['Timestamp', long(Math.trunc(timestampMs))],
      ['Index', index],
      ['LinkType', linkType],
      ['Data', new Binary(data)],
    ]);
    this.uuid = uuid;
    this.packet = packet;
  }
}

/** `matchFilter`: reads packet filters; undefined where none are understood. */
export function rawPackets(matchFilter: ((expression: string) => PacketTest) | undefined): Service {
  return {
    name: 'rawPackets',
    doc: 'The packets that were kept of a flow (captures keep some when RawPacketLimit says so), as maps with their bytes.',
    parameters: { filter: "Only packets that a filter in the syntax of pcap lets pass, such as `'tcp port 443'`." },
    place: 'streaming',
    *call(value, parameters, run) {
      const asked = new Parameters('rawPackets', parameters, ['filter']);
      const filter = asked.text('filter');
      const passes = filter === undefined ? () => true : testOf(filter, matchFilter);
      for (const found of packetsOf(flowsIn(value, 'rawPackets'), run)) {
        if (found === undefined) yield undefined;
        else
          for (const packet of found.packets) {
            if (run.budget.spend()) yield undefined;
            if (passes(packet)) yield new PacketMap(found.id, packet);
          }
      }
    },
  };
}

/** What is wrong with a filter is shown in the filter. */
function testOf(filter: string, matchFilter: ((expression: string) => PacketTest) | undefined): PacketTest {
  if (matchFilter === undefined) throw mistake('query.no-filter', 'packet filters are not understood here');
  try {
    return matchFilter(filter);
  } catch (error) {
    throw error instanceof Mistake ? new Mistake(error.faults, filter) : error;
  }
}
