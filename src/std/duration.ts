/** Lengths of time as people write them: `1h30m`, `1.5s`, `300ms`, as Go's time.ParseDuration has them; also days `d` and weeks `w`. */

/** In whole ms; undefined when it is none. Without a sign, and a number alone is none: it has no unit. */
export function parseDuration(text: string): number | undefined {
  let ms = 0;
  for (let at = 0; at < text.length; at = part.lastIndex) {
    part.lastIndex = at;
    const [, amount, unit] = part.exec(text) ?? [];
    if (amount === undefined || unit === undefined) return undefined;
    ms += Number(amount) * (unitMs.get(unit) as number);
  }
  const whole = Math.round(ms);
  return text !== '' && Number.isSafeInteger(whole) ? whole : undefined;
}

const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w)/y;

const unitMs = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  // The micro sign, and the Greek letter that looks like it.
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);
