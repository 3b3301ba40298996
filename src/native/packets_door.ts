/** What the addon has of packets, made the door that packets.ts declares. */
import { type OpenNativeFlows, openKernelFlows } from './kernel_flows.ts';
import type { PacketBatchListener, PacketDoor, PacketSocket, PacketsOptions } from './packets.ts';

/** The addon's half. */
export interface PacketAddon extends Omit<PacketDoor, 'openPackets' | 'openKernelFlows'> {
  openPackets(options: PacketsOptions): Promise<NativeSocket>;
  openKernelFlows: OpenNativeFlows;
}

interface NativeSocket extends Omit<PacketSocket, 'onEnd'> {
  /** Starts reading; until then packets wait in the ring. `onEnd` comes after the last batch, when it ended by itself. */
  listen(onBatch: PacketBatchListener, onEnd: (code: string) => void): void;
}

/** Argument mistakes reject like every other failure of an asynchronous call. */
export function asPacketDoor(addon: PacketAddon): PacketDoor {
  return {
    openPackets: async (options, onBatch) => listening(await addon.openPackets(options), onBatch),
    openDecoder: (options) => addon.openDecoder(options),
    openKernelFlows: (options, onBatch) => openKernelFlows(addon.openKernelFlows, options, onBatch),
    compileFilter: (text, linkType, snapLength) => addon.compileFilter(text, linkType, snapLength),
    matchFilter: (program, packet, length) => addon.matchFilter(program, packet, length),
  };
}

function listening(socket: NativeSocket, onBatch: PacketBatchListener): PacketSocket {
  let ended: string | undefined;
  let listener: ((code: string) => void) | undefined;
  socket.listen(onBatch, (code) => {
    ended = code;
    listener?.(code);
  });
  return {
    linkType: socket.linkType,
    stats: () => socket.stats(),
    close: () => socket.close(),
    onEnd(given) {
      listener = given;
      if (ended !== undefined) given(ended);
    },
  };
}
