/**
 * Counting in the kernel (bpf/flow.bpf.c): no packet is copied but the first ones of each conversation, which are decoded
 * in full. The default where the kernel can.
 */
import type { KernelFlowsOptions, KernelPlace } from '../../native/packets.ts';
import { Unavailable } from '../../std/unavailable.ts';
import { type CaptureBounds, defaultBounds } from '../bounds.ts';
import { interfaceTypes } from '../interface-types.ts';
import type { Mechanism, MechanismContext, Running, Sink } from '../mechanism.ts';
import { kernelFlowsOptionsOf } from './shape.ts';
import { type Attached, attachShared } from './shared.ts';

/** Of each first packet, for the application decoders. */
const PAYLOAD_BYTES = 700;

export const ebpf: Mechanism = ebpfWith(defaultBounds);

export function ebpfWith(bounds: CaptureBounds): Mechanism {
  return { ...described(), start: (context) => start(context, kernelFlowsOptionsOf(bounds)) };
}

function described(): Omit<Mechanism, 'start'> {
  return {
    type: 'ebpf',
    doc: 'A flow table in the kernel (BPF at TCX, or clsact before Linux 6.6): packets are counted where they pass, and only the first ones of each conversation are decoded in full.',
    nodeTypes: interfaceTypes,
    can: {
      filter: false,
      rawPackets: false,
      tcpMetric: true,
      reassembly: false,
      defragmentation: false,
      layerKeyL2: false,
      several: true,
    },
    rank: 2,
  };
}

async function start(context: MechanismContext, options: KernelFlowsOptions): Promise<Running> {
  const { door, place, sink, log } = context;
  let attached: Attached | undefined;
  const losses = lossesOf(sink);
  const count = () => {
    if (attached) losses(attached.attachment.stats());
  };
  try {
    attached = await attachShared(door, kernelPlace(context), options, (observations) => {
      sink.observe(observations);
      count();
    });
  } catch (error) {
    throw understood(error, place.name);
  }
  for (const one of attached.missing) log.info(`capture on ${place.name}: ${one}`);
  return running(attached, count);
}

function running(attached: Attached, count: () => void): Running {
  const { attachment } = attached;
  const { promise: ended, resolve } = Promise.withResolvers<string | undefined>();
  attachment.onEnd((code) => resolve(code === 'ENODEV' ? 'the interface is gone' : `it was detached (${code})`));
  let closing: Promise<void> | undefined;
  const close = async () => {
    await attached.close();
    count();
    resolve(undefined);
  };
  return {
    ended,
    stats() {
      count();
      const { packets, bytes, lostPackets } = attachment.stats();
      return { packetsReceived: packets, packetsDropped: lostPackets, packetsIfDropped: 0, bytesReceived: bytes };
    },
    [Symbol.asyncDispose]() {
      closing ??= close();
      return closing;
    },
  };
}

function kernelPlace({ place, options, sink }: MechanismContext): KernelPlace {
  if (place.ifIndex === undefined) throw new Unavailable(`flows in the kernel on ${place.name}`, 'an interface');
  return {
    ...(place.netns === undefined ? {} : { netns: place.netns }),
    ifIndex: place.ifIndex,
    source: sink.source,
    payloadBytes: options.layers.size > 0 ? PAYLOAD_BYTES : 0,
  };
}

type Totals = ReturnType<Attached['attachment']['stats']>;

/** Totals come in, differences go out. */
function lossesOf(sink: Sink): (totals: Totals) => void {
  let packets = 0;
  let bytes = 0;
  let firsts = 0;
  return (totals) => {
    const lostPackets = totals.lostPackets - packets;
    const lostBytes = totals.lostBytes - bytes;
    const lostFirsts = totals.firstPacketsLost - firsts;
    packets += lostPackets;
    bytes += lostBytes;
    firsts += lostFirsts;
    if (lostPackets > 0) sink.lost('kernel-table', 'table and ring buffer full', lostPackets, lostBytes);
    if (lostFirsts > 0) sink.lost('ring-buffer', 'first packets that were counted, but not decoded', lostFirsts);
  };
}

/** What the door refuses, as what its reader can do about it. */
function understood(error: unknown, name: string): unknown {
  const { code, message } = error as { code?: string; message?: string };
  const what = `flows in the kernel on ${name}`;
  if (code === undefined || error instanceof Unavailable) return error;
  if (code === 'EPERM' || code === 'EACCES')
    return new Unavailable(what, 'CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN', { cause: error });
  if (code === 'ENODEV' || code === 'ENOENT' || code === 'ENXIO')
    return new Unavailable(what, `the interface to be there (${message})`, { cause: error });
  return new Unavailable(what, `more of the kernel (${message})`, { cause: error });
}
