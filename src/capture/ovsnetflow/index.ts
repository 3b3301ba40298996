/** Bridges of Open vSwitch, by the NetFlow (version 5: IPv4 only) that they are told to send. */
import { collect, collectorCan } from '../datagrams/collect.ts';
import type { Mechanism, MechanismContext, Running } from '../mechanism.ts';
import { ovsCapture } from '../ovs-capture.ts';
import type { OvsOptions } from '../ovs-export.ts';

export function ovsnetflowOn(ovs: OvsOptions): Mechanism {
  return {
    type: 'ovsnetflow',
    doc: 'Has a bridge of Open vSwitch send NetFlow 5: every packet of IPv4 is counted, none is seen.',
    nodeTypes: ['ovsbridge'],
    can: collectorCan,
    rank: undefined,
    start: (context) => start(context, ovs),
  };
}

async function start(context: MechanismContext, ovs: OvsOptions): Promise<Running> {
  const columns = (target: string) => ({ targets: target, active_timeout: context.options.pollingIntervalS });
  return ovsCapture(context, await collect(context, { ports: ovs.ports }), { kind: 'netflow', columns }, ovs);
}
