/** Texts and numbers as JSON, quickly. */

import { doubleText, floatText } from '../../../query/gremlin/value/float-text.ts';

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

/** As Java writes them: with a point also where it is whole. JSON has no words for what is no number. */
export function doubleJson(value: number): string {
  return Number.isFinite(value) ? doubleText(value) : `"${value}"`;
}

export function floatJson(value: number): string {
  return Number.isFinite(value) ? floatText(value) : `"${value}"`;
}
