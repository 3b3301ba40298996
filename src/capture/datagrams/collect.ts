/** The listener of the mechanisms that collect NetFlow and IPFIX. */
import type { MechanismContext, Running } from '../mechanism.ts';
import { type Datagrams, openDatagrams, type PortRange } from './datagrams.ts';

const flushMs = 200;
const sweepMs = 5_000;

export interface CollectOptions {
  /** For a capture that names no port. */
  readonly ports: PortRange;
  /** Exporters that scale what they sampled themselves: told with the flows, not applied. */
  readonly scaledBy?: number;
}

/** Takes all versions, on whichever port: exporters say which they send. */
export async function collect(
  context: MechanismContext,
  { ports, scaledBy = 1 }: CollectOptions,
): Promise<Running & Pick<Datagrams, 'port'>> {
  const { options, sink, nowMs } = context;
  // Loaded with the first capture that needs it: most of what runs has none.
  const { Collector } = await import('./collector.ts');
  const collector = new Collector({ sink, options, nowMs, scaledBy });
  const datagrams = await openDatagrams({
    bind: options.bind,
    ports: options.port === 0 ? ports : { from: options.port, to: options.port },
    onDatagram: (bytes, from) => collector.take(bytes, from),
    onDropped: (count) => sink.lost('socket', 'datagrams dropped by the kernel', count),
  });
  const timers = [
    setInterval(() => collector.flush(), flushMs).unref(),
    setInterval(() => collector.sweep(), sweepMs).unref(),
  ];
  return {
    listens: datagrams.listens,
    port: datagrams.port,
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
