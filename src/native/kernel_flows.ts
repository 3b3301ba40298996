/** What the addon has of flow tables in the kernel, made the KernelFlows that packets.ts declares. */
import type { KernelAttachment, KernelFlows, KernelFlowsOptions, KernelPlace, PacketBatchListener } from './packets.ts';

/** The addon's half. `onGone` tells of an interface that is gone, by the id of each of its captures. */
export type OpenNativeFlows = (
  options: KernelFlowsOptions,
  onBatch: PacketBatchListener,
  onGone: (id: number) => void,
) => Promise<NativeFlows>;

interface NativeFlows extends Omit<KernelFlows, 'attach'> {
  attach(place: KernelPlace): Promise<NativeCapture>;
}

interface NativeCapture extends Omit<KernelAttachment, 'onEnd'> {
  readonly id: number;
}

export async function openKernelFlows(
  open: OpenNativeFlows,
  options: KernelFlowsOptions,
  onBatch: PacketBatchListener,
): Promise<KernelFlows> {
  const ends = new Map<number, (code: string) => void>();
  const gone = new Set<number>();
  const flows = await open(options, onBatch, (id) => {
    gone.add(id);
    ends.get(id)?.('ENODEV');
  });
  return {
    dropReasons: flows.dropReasons,
    missing: flows.missing,
    stats: () => flows.stats(),
    close: () => flows.close(),
    async attach(place) {
      const capture = await flows.attach(place);
      return {
        mode: capture.mode,
        stats: () => capture.stats(),
        async close() {
          ends.delete(capture.id);
          await capture.close();
          gone.delete(capture.id);
        },
        onEnd(listener) {
          ends.set(capture.id, listener);
          if (gone.has(capture.id)) listener('ENODEV');
        },
      };
    },
  };
}
