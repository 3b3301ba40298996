/** When each packet of an injection is due. */
import type { MeetBound } from '../bounds.ts';

export interface Schedule {
  /** Packets in all. */
  readonly count: number;
  readonly packet: (index: number) => Uint8Array;
  /** ms after the first. */
  readonly dueMs: (index: number) => number;
}

/** Even spacing; without an interval as close as the rate allows. */
export function evenly(
  count: number,
  packet: Schedule['packet'],
  { intervalMs, rate }: { readonly intervalMs: number; readonly rate: number },
): Schedule {
  const spacingMs = Math.max(intervalMs, 1_000 / rate);
  return { count, packet, dueMs: (index) => index * spacingMs };
}

/** No gap of a trace is longer when it is sent. */
export const GAP_MS_MAX = 1_000;

/** As it was captured, with its gaps cut at `intervalMs` (0: at a second), and no faster than the rate. */
export function asCaptured(
  frames: readonly { readonly bytes: Uint8Array; readonly atMs: number }[],
  { intervalMs, rate, met }: { readonly intervalMs: number; readonly rate: number; readonly met: MeetBound },
): Schedule {
  const longest = intervalMs > 0 ? Math.min(intervalMs, GAP_MS_MAX) : GAP_MS_MAX;
  const due = new Float64Array(frames.length);
  for (let index = 1; index < frames.length; index++) {
    const gap = (frames[index]?.atMs ?? 0) - (frames[index - 1]?.atMs ?? 0);
    if (gap > longest && longest === GAP_MS_MAX) met('trace-gap');
    due[index] = (due[index - 1] as number) + Math.min(Math.max(gap, 1_000 / rate), longest);
  }
  return {
    count: frames.length,
    packet: (index) => frames[index]?.bytes ?? new Uint8Array(0),
    dueMs: (index) => due[index] ?? 0,
  };
}
