/** How large the tables in the kernel are, and how often they are read: one set for all captures of the process. */
import type { KernelFlowsOptions } from '../../native/packets.ts';
import { type CaptureBounds, defaultBounds } from '../bounds.ts';

export function kernelFlowsOptionsOf({
  kernelSlots: slots,
  kernelRingBytes: ringBytes,
}: CaptureBounds): KernelFlowsOptions {
  return { ...asAlways, slots, ringBytes };
}

const asAlways = {
  drainMs: 500,
  firstPackets: 3,
  // A DHCP message, most of a TLS hello.
  headerSize: 768,
};

export const kernelFlowsOptions = kernelFlowsOptionsOf(defaultBounds);
