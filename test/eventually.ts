/** Tries again until it holds: for what the kernel tells in its own time. */
export async function eventually<T>(holds: () => T | Promise<T>, withinMs = 20_000): Promise<T> {
  const begun = Date.now();
  for (;;) {
    try {
      return await holds();
    } catch (error) {
      const waitedMs = Date.now() - begun;
      if (waitedMs > withinMs) throw error;
      // What comes at once is seen at once; what takes its time is not slowed down by whoever waits for it.
      await new Promise((resolve) => setTimeout(resolve, Math.min(2 + waitedMs / 20, LOOKS_MS)));
    }
  }
}

/** Looked so often at the least. */
const LOOKS_MS = 50;
