/** Time that this thread has computed, in ms. The machine that tests run on is busy with more than one of them. */
export function usedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
