/** The longest stretch between two turns of the event loop. */
export interface Stretch {
  /** CPU time of the thread: what neighbours on this machine take is not ours. */
  readonly cpuMs: number;
  readonly clockMs: number;
}

/** Call what it gives to end watching, for the longest since then. */
export function watchStretches(): () => Stretch {
  let isWatching = true;
  const longest = { cpuMs: 0, clockMs: 0 };
  const watch = (cpu: number, clock: number) =>
    setImmediate(() => {
      const [nowCpu, nowClock] = [threadMs(), performance.now()];
      longest.cpuMs = Math.max(longest.cpuMs, nowCpu - cpu);
      longest.clockMs = Math.max(longest.clockMs, nowClock - clock);
      if (isWatching) watch(nowCpu, nowClock);
    });
  watch(threadMs(), performance.now());
  return () => {
    isWatching = false;
    return longest;
  };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
