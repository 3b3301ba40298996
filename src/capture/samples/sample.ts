/** The listener of the mechanisms that take sFlow. */
import { type Datagrams, openDatagrams, type PortRange } from '../datagrams/datagrams.ts';
import type { MechanismContext, Running } from '../mechanism.ts';

const flushMs = 200;

/** `ports`: for a capture that names none. */
export async function sample(context: MechanismContext, ports: PortRange): Promise<Running & Pick<Datagrams, 'port'>> {
  const { options, sink } = context;
  // Loaded with the first capture that needs it: most of what runs has none.
  const { Sampler } = await import('./sampler.ts');
  const sampler = new Sampler(context);
  const datagrams = await openDatagrams({
    bind: options.bind,
    ports: options.port === 0 ? ports : { from: options.port, to: options.port },
    onDatagram: (bytes) => sampler.take(bytes),
    onDropped: (count) => sink.lost('socket', 'datagrams dropped by the kernel', count),
  });
  const flushing = setInterval(() => sampler.flush(), flushMs).unref();
  return {
    listens: datagrams.listens,
    port: datagrams.port,
    ended: datagrams.ended,
    stats: () => ({ ...sampler.stats, packetsIfDropped: datagrams.dropped }),
    async [Symbol.asyncDispose]() {
      clearInterval(flushing);
      await datagrams[Symbol.asyncDispose]();
      sampler.close();
    },
  };
}

/** Gaps between samples are no gaps between packets: nothing can be put together of them. */
export const samplerCan = {
  filter: true,
  rawPackets: true,
  tcpMetric: true,
  reassembly: false,
  defragmentation: false,
  layerKeyL2: true,
  several: false,
} as const;
