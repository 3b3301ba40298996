/** Texts and numbers as JSON, quickly. */

/** In quotes. Nearly every text is short and needs nothing escaped. */
export function quote(text: string): string {
  const { length } = text;
  if (length > byHandMax) return JSON.stringify(text);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x22 || code === 0x5c || (code >= 0xd800 && code <= 0xdfff))
      return JSON.stringify(text);
  }
  return `"${text}"`;
}

const byHandMax = 64;

/** Keys and labels are few, and come again with each element. */
export function quoteName(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  if (names.size >= namesMax) names.clear();
  const quoted = quote(name);
  if (name.length <= byHandMax) names.set(name, quoted);
  return quoted;
}

const names = new Map<string, string>();
const namesMax = 4096;

/** A whole number. Beyond 31 bits two short ones are quicker to spell than one long. */
export function longText(value: number): string {
  if (value < half || value > MAX_SAFE) return `${value}`;
  const high = Math.floor(value / half);
  const low = value - high * half;
  return `${high}${low >= half / 10 ? low : `${half + low}`.slice(1)}`;
}

const half = 1_000_000_000;
const { MAX_SAFE_INTEGER: MAX_SAFE } = Number;

/** With a point also where it is whole, so that it is read as what it is; JSON has no words for what is no number. */
export function doubleText(value: number): string {
  if (Number.isInteger(value))
    return Object.is(value, -0) ? '-0.0' : Math.abs(value) < 1e21 ? `${value}.0` : String(value);
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

/** Of a float: as few digits as tell it from its neighbours. */
export function floatText(value: number): string {
  if (!Number.isFinite(value) || value === 0) return doubleText(value);
  for (let digits = 6; digits <= 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === Math.fround(value)) return doubleText(text);
  }
  return doubleText(value);
}
