/** Moments and spans as people read them: local time with its zone, or UTC. */
export interface Clockface {
  readonly utc: boolean;
}

/** `2026-11-21 10:30:00.250 +01:00`; in UTC `2026-11-21 09:30:00.250Z`. Milliseconds only when there are any. */
export function drawTime(ms: number, { utc }: Clockface): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return String(ms);
  const offset = utc ? 0 : -date.getTimezoneOffset();
  const shown = new Date(ms + offset * 60_000).toISOString();
  const text = shown
    .slice(0, 23)
    .replace('T', ' ')
    .replace(/\.000$/, '');
  return utc ? `${text}Z` : `${text} ${zone(offset)}`;
}

function zone(offsetMinutes: number): string {
  const size = Math.abs(offsetMinutes);
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  return `${offsetMinutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`;
}

/** `3d 4h`, `12m 5s`, `250ms`: the two largest units. */
export function drawDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  const seconds = Math.floor(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join(' ');
}

/** `12.3 MB`; powers of 1000. */
export function drawBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** step;
  return `${step === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[step]}`;
}
