/** sFlow version 5: sampled packets and counters of switches, of any number of agents. */
import { openDatagrams } from '../datagrams/datagrams.ts';
import { interfaceTypes } from '../datagrams/node-types.ts';
import type { Mechanism, MechanismContext, Running } from '../mechanism.ts';
import { Sampler } from './sampler.ts';

const defaultPort = 6343;
const flushMs = 200;

export const sflow: Mechanism = {
  type: 'sflow',
  doc: 'Listens for sFlow version 5 on UDP, port 6343 unless told otherwise: sampled packets, scaled by their rate, and counters.',
  nodeTypes: interfaceTypes,
  can: {
    filter: true,
    rawPackets: true,
    tcpMetric: true,
    reassembly: false,
    defragmentation: false,
    layerKeyL2: true,
    several: false,
  },
  rank: undefined,
  start,
};

async function start(context: MechanismContext): Promise<Running> {
  const sampler = new Sampler(context);
  const datagrams = await openDatagrams({
    bind: context.options.bind,
    port: context.options.port || defaultPort,
    onDatagram: (bytes) => sampler.take(bytes),
    onDropped: (count) => context.sink.lost('socket', 'datagrams dropped by the kernel', count),
  });
  const flushing = setInterval(() => sampler.flush(), flushMs).unref();
  return {
    listens: datagrams.listens,
    ended: datagrams.ended,
    stats: () => ({ ...sampler.stats, packetsIfDropped: datagrams.dropped }),
    async [Symbol.asyncDispose]() {
      clearInterval(flushing);
      await datagrams[Symbol.asyncDispose]();
      sampler.close();
    },
  };
}
