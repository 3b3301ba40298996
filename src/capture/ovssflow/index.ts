/** Bridges of Open vSwitch, by the sFlow that they are told to send. */
import type { Mechanism, MechanismContext, Running } from '../mechanism.ts';
import { ovsCapture } from '../ovs-capture.ts';
import type { OvsOptions } from '../ovs-export.ts';
import { sample, samplerCan } from '../samples/sample.ts';

export function ovssflowOn(ovs: OvsOptions): Mechanism {
  return {
    type: 'ovssflow',
    doc: 'Has a bridge of Open vSwitch send sFlow: sampled packets, scaled by their rate (1: every packet), and counters.',
    nodeTypes: ['ovsbridge'],
    can: samplerCan,
    rank: 1,
    start: (context) => start(context, ovs),
  };
}

/** Samples of several packets share a datagram of 1,400 bytes. */
const SAMPLE_BYTES_MAX = 512;

async function start(context: MechanismContext, ovs: OvsOptions): Promise<Running> {
  const { headerSize, samplingRate, pollingIntervalS } = context.options;
  const columns = (target: string) => ({
    targets: target,
    // Its address is how the agent calls itself; the loopback always has one.
    agent: 'lo',
    header: Math.min(headerSize, SAMPLE_BYTES_MAX),
    sampling: samplingRate,
    polling: pollingIntervalS,
  });
  return ovsCapture(context, await sample(context, ovs.ports), { kind: 'sflow', columns }, ovs);
}
