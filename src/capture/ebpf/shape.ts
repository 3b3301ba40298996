/** How large the tables in the kernel are, and how often they are read: one set for all captures of the process. */
import type { KernelFlowsOptions } from '../../native/packets.ts';

export const kernelFlowsOptions: KernelFlowsOptions = {
  drainMs: 500,
  // 128 bytes each, two halves: 2 MB for each CPU.
  slots: 8192,
  // Room for 60,000 evicted conversations; half as much again for first packets.
  ringBytes: 8 << 20,
  firstPackets: 3,
  // A DHCP message, most of a TLS hello.
  headerSize: 768,
};
