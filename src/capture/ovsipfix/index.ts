/** Bridges of Open vSwitch, by the IPFIX that they are told to send. */
import { collect, collectorCan } from '../datagrams/collect.ts';
import type { Mechanism, MechanismContext, Running } from '../mechanism.ts';
import { ovsCapture } from '../ovs-capture.ts';
import { map } from '../ovs-database.ts';
import type { OvsOptions } from '../ovs-export.ts';

export function ovsipfixOn(ovs: OvsOptions): Mechanism {
  return {
    type: 'ovsipfix',
    doc: 'Has a bridge of Open vSwitch send IPFIX: counters of sampled packets (1: every packet) with MACs and VLANs.',
    nodeTypes: ['ovsbridge'],
    can: collectorCan,
    rank: undefined,
    start: (context) => start(context, ovs),
  };
}

async function start(context: MechanismContext, ovs: OvsOptions): Promise<Running> {
  const { samplingRate, pollingIntervalS } = context.options;
  // Open vSwitch multiplies by the rate before it sends.
  const listener = await collect(context, { ports: ovs.ports, scaledBy: samplingRate });
  const columns = (target: string) => ({
    targets: target,
    sampling: samplingRate,
    cache_active_timeout: pollingIntervalS,
    // Each packet where it comes in: where it goes out it would be counted once more.
    other_config: map({ 'enable-output-sampling': 'false' }),
  });
  return ovsCapture(context, listener, { kind: 'ipfix', columns }, ovs);
}
