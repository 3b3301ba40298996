/** The measured side of benches over HTTP: says what this process has used, to the one that asks it. */
import { type Stretch, watchStretches } from './stretch.ts';

export type ToServer = { readonly ask: 'cpu' | 'rss' | 'watch' | 'stall' };
export interface FromServer {
  readonly ports?: { readonly skein: number; readonly empty: number };
  readonly value?: number;
  /** Lines about how the server came to be. */
  readonly text?: string;
}

export function answerMeasurements(): void {
  let longest: (() => Stretch) | undefined;
  process.on('message', ({ ask }: ToServer) => {
    if (ask === 'cpu') {
      const { user, system } = process.cpuUsage();
      send({ value: (user + system) / 1000 });
    } else if (ask === 'rss') send({ value: process.memoryUsage.rss() });
    else if (ask === 'watch') {
      longest = watchStretches();
      send({});
    } else send({ value: longest?.().cpuMs ?? 0 });
  });
  process.on('disconnect', () => process.exit());
}

export function send(message: FromServer): void {
  process.send?.(message);
}
