/** The listener of the mechanisms that collect NetFlow and IPFIX. */
import type { MechanismContext, Running } from '../mechanism.ts';
import { Collector } from './collector.ts';
import { openDatagrams } from './datagrams.ts';

const flushMs = 200;
const sweepMs = 5_000;

/** Takes all versions, on whichever port: exporters say which they send. */
export async function collect(context: MechanismContext, defaultPort: number): Promise<Running> {
  const collector = new Collector(context);
  const datagrams = await openDatagrams({
    bind: context.options.bind,
    port: context.options.port || defaultPort,
    onDatagram: (bytes, from) => collector.take(bytes, from),
    onDropped: (count) => context.sink.lost('socket', 'datagrams dropped by the kernel', count),
  });
  const timers = [
    setInterval(() => collector.flush(), flushMs).unref(),
    setInterval(() => collector.sweep(), sweepMs).unref(),
  ];
  return {
    listens: datagrams.listens,
    ended: datagrams.ended,
    stats: () => ({ ...collector.stats, packetsIfDropped: datagrams.dropped }),
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearInterval(timer);
      await datagrams[Symbol.asyncDispose]();
      collector.close();
    },
  };
}

/** What a collector of flow records can: it never sees a packet. */
export const collectorCan = {
  filter: false,
  rawPackets: false,
  tcpMetric: false,
  reassembly: false,
  defragmentation: false,
  layerKeyL2: true,
  several: false,
} as const;
