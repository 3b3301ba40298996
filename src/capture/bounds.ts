/** Room that captures have. What finds none is lost, and counted as such. */
export interface CaptureBounds {
  /** Of the ring that a packet socket shares with the kernel; of many captures each has less. */
  readonly ringBytes: number;
  /** Conversations that a packet socket sees between two looks at it. */
  readonly conversations: number;
  /** Slots of the kernel's table for each CPU; a power of two. */
  readonly kernelSlots: number;
  /** For conversations that the kernel's table has no slot for; half as much again for first packets. A power of two. */
  readonly kernelRingBytes: number;
}

export const defaultBounds: CaptureBounds = {
  // Some 40,000 packets of 200 bytes: 40 ms at a million a second.
  ringBytes: 8 << 20,
  conversations: 262_144,
  // 128 bytes each, two halves: 2 MB for each CPU.
  kernelSlots: 8192,
  // Room for 60,000 evicted conversations.
  kernelRingBytes: 8 << 20,
};

/** The next power of two, not below. */
export function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(least));
}
