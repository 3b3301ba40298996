/** The measured side of benches over HTTP: says what this process has used, to the one that asks it. */

export type ToServer = { readonly ask: 'cpu' | 'rss' | 'watch' | 'stall' };
export interface FromServer {
  readonly ports?: { readonly skein: number; readonly empty: number };
  readonly value?: number;
  /** Lines about how the server came to be. */
  readonly text?: string;
}

export function answerMeasurements(): void {
  process.on('message', ({ ask }: ToServer) => {
    if (ask === 'cpu') {
      const { user, system } = process.cpuUsage();
      send({ value: (user + system) / 1000 });
    } else if (ask === 'rss') send({ value: process.memoryUsage.rss() });
    else if (ask === 'watch') {
      isWatching = true;
      longest = 0;
      watch(threadMs());
      send({});
    } else {
      isWatching = false;
      send({ value: longest });
    }
  });
  process.on('disconnect', () => process.exit());
}

/**
 * The longest stretch between two turns of the event loop, in CPU time of the thread: what neighbours on this machine
 * take is not ours.
 */
let isWatching = false;
let longest = 0;

function watch(before: number): void {
  setImmediate(() => {
    const now = threadMs();
    longest = Math.max(longest, now - before);
    if (isWatching) watch(now);
  });
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

export function send(message: FromServer): void {
  process.send?.(message);
}
