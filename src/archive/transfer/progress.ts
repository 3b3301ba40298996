/** How far a long work is, as one line: a bar where the end is known, what was done, how fast, how long it will take. */
export interface Progress {
  readonly done: number;
  /** Of those, what an earlier run did. */
  readonly before?: number;
  /** Undefined: nobody knows. */
  readonly total: number | undefined;
  /** ms since it began. */
  readonly elapsedMs: number;
}

const BAR_COLUMNS = 24;

export function drawProgress({ done, before = 0, total, elapsedMs }: Progress): string {
  const rate = elapsedMs > 0 ? ((done - before) * 1000) / elapsedMs : 0;
  const speed = `${count(Math.round(rate))}/s`;
  if (total === undefined || total === 0) return `${count(done)}  ${speed}`;
  const part = Math.min(1, done / total);
  const full = Math.round(part * BAR_COLUMNS);
  const bar = `[${'#'.repeat(full)}${'.'.repeat(BAR_COLUMNS - full)}]`;
  const left = rate > 0 ? `  ${clock(Math.max(0, total - done) / rate)} left` : '';
  return `${bar} ${String(Math.floor(part * 100)).padStart(3)} %  ${count(done)} of ${count(Math.max(done, total))}  ${speed}${left}`;
}

export function count(n: number): string {
  return n.toLocaleString('en');
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

function pad(n: number): string {
  return String(n).padStart(2, '0');
}
