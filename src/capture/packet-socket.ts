/**
 * Capturing with a packet socket (packet(7), TPACKET_V3): every packet of an interface is looked at, in C++, on a thread of
 * its own. Two types are made of it: afpacket, and pcap, which is Skydive's name for the same by another library.
 */
import type { PacketDoor, PacketSocket, PacketsOptions } from '../native/packets.ts';
import { Unavailable } from '../std/unavailable.ts';
import type { CaptureBounds } from './bounds.ts';
import { DecoderLosses } from './decoder-losses.ts';
import { decoderOptions } from './decoder-options.ts';
import { filterProgram } from './filter-program.ts';
import { interfaceTypes } from './interface-types.ts';
import type { CaptureOptions, Mechanism, MechanismContext, Running } from './mechanism.ts';

/** LINKTYPE_ETHERNET: what nearly every interface is. */
const ETHERNET = 1;
/** What was seen is handed over so often: short beside the flow table's own update, long beside a thread's waking. */
const DRAIN_MS = 250;
/** Memory of the kernel that all rings of the process take together, as long as each can have the least. */
const RINGS_BYTES = 256 << 20;
const RING_BYTES_MIN = 512 << 10;

/** Rings that are open, in bytes. */
let ringsBytes = 0;

interface Named extends Pick<Mechanism, 'type' | 'doc' | 'rank'> {
  readonly bounds: CaptureBounds;
}

export function packetSocketMechanism({ bounds, ...named }: Named): Mechanism {
  return {
    ...named,
    nodeTypes: interfaceTypes,
    can: {
      filter: true,
      rawPackets: true,
      tcpMetric: true,
      reassembly: true,
      defragmentation: true,
      layerKeyL2: true,
      several: true,
    },
    start: (context) => start(context, bounds),
  };
}

async function start(context: MechanismContext, bounds: CaptureBounds): Promise<Running> {
  const { sink } = context;
  const share = Math.max(RING_BYTES_MIN, (RINGS_BYTES - ringsBytes) >> 3);
  const ringBytes = Math.min(bounds.ringBytes, share);
  ringsBytes += ringBytes;
  const losses = new DecoderLosses(sink);
  let socket: PacketSocket | undefined;
  const count = () => {
    if (socket) losses.tell(socket.stats());
  };
  const onBatch = (observations: Uint8Array, rawPackets: Uint8Array) => {
    if (observations.length > 0) sink.observe(observations);
    if (rawPackets.length > 0) sink.raw(rawPackets);
    count();
  };
  try {
    const options = socketOptions(context, ringBytes, bounds);
    socket = await openOn(context, options, onBatch);
  } catch (error) {
    ringsBytes -= ringBytes;
    throw understood(error, context);
  }
  return running(socket, count, () => {
    ringsBytes -= ringBytes;
  });
}

function running(socket: PacketSocket, count: () => void, over: () => void): Running {
  const { promise: ended, resolve } = Promise.withResolvers<string | undefined>();
  socket.onEnd((code) => resolve(code === 'ENODEV' ? 'the interface is gone' : `the packet socket failed (${code})`));
  let closing: Promise<void> | undefined;
  const close = async () => {
    await socket.close();
    count();
    over();
    resolve(undefined);
  };
  return {
    ended,
    stats() {
      const { received, dropped, bytes } = socket.stats();
      return { packetsReceived: received, packetsDropped: dropped, packetsIfDropped: 0, bytesReceived: bytes };
    },
    [Symbol.asyncDispose]() {
      closing ??= close();
      return closing;
    },
  };
}

/** What an interface's packets begin with is known when it is open; a filter has to be made for that. */
export async function openOn(
  { door, options }: { readonly door: PacketDoor; readonly options: Pick<CaptureOptions, 'filter' | 'headerSize'> },
  asked: PacketsOptions,
  onBatch: (observations: Uint8Array, rawPackets: Uint8Array) => void,
): Promise<PacketSocket> {
  if (options.filter === '') return door.openPackets(asked, onBatch);
  let linkType = ETHERNET;
  for (;;) {
    const filter = filterProgram(door, options, linkType);
    let isAsked = true;
    const socket = await door.openPackets({ ...asked, filter }, (observations, rawPackets) => {
      if (isAsked) onBatch(observations, rawPackets);
    });
    if (socket.linkType === linkType) return socket;
    isAsked = false;
    linkType = socket.linkType;
    await socket.close();
  }
}

function socketOptions(
  { place, options, sink }: MechanismContext,
  ringBytes: number,
  { conversations }: CaptureBounds,
): PacketsOptions {
  return {
    ...(place.netns === undefined ? {} : { netns: place.netns }),
    interfaceName: place.name,
    snapLength: options.headerSize,
    drainMs: DRAIN_MS,
    ringBytes,
    conversationsMax: conversations,
    ...decoderOptions(options, sink.source),
  };
}

/** What the door refuses, as what its reader can do about it. */
export function understood(error: unknown, { place }: { readonly place: { readonly name: string } }): unknown {
  const { code, message } = error as { code?: string; message: string };
  const what = `a packet socket on ${place.name}`;
  if (code === 'EPERM' || code === 'EACCES') return new Unavailable(what, 'CAP_NET_RAW', { cause: error });
  if (code === 'ENODEV' || code === 'ENOENT' || code === 'ENXIO')
    return new Unavailable(what, `the interface to be there (${message})`, { cause: error });
  if (code === 'ENOMEM' || code === 'ENOBUFS' || code === 'EMFILE' || code === 'ENFILE' || code === 'EAGAIN')
    return new Unavailable(what, `room for a ring (${message})`, { cause: error });
  if (code === 'EAFNOSUPPORT' || code === 'ENOPROTOOPT' || code === 'EPROTONOSUPPORT')
    return new Unavailable(what, `packet sockets in the kernel (${message})`, { cause: error });
  return error;
}
