/** Values out of JSON of others: of the wanted kind, or undefined. */

/** What lies below `value` under those keys. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  let here = value;
  for (const key of keys) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<string, unknown>)[key];
  }
  return here;
}

/** Longer texts are no names, addresses or words. */
const TEXT_CHARS_MAX = 1_024;

/** An empty text is none. */
export function textAt(value: unknown, ...keys: readonly string[]): string | undefined {
  const found = at(value, ...keys);
  return typeof found === 'string' && found !== '' && found.length <= TEXT_CHARS_MAX ? found : undefined;
}

export function integerAt(value: unknown, ...keys: readonly string[]): number | undefined {
  const found = at(value, ...keys);
  return Number.isSafeInteger(found) ? (found as number) : undefined;
}

export function isTrueAt(value: unknown, ...keys: readonly string[]): boolean {
  return at(value, ...keys) === true;
}

/** Epoch ms of a time (RFC 3339); what has not happened yet is in the year 1. */
export function timeAt(value: unknown, ...keys: readonly string[]): number | undefined {
  const time = Date.parse(textAt(value, ...keys) ?? '');
  return time > 0 ? time : undefined;
}

/** No list of one container is longer. */
const LIST_MAX = 256;

export function listAt(value: unknown, ...keys: readonly string[]): readonly unknown[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found.slice(0, LIST_MAX) : [];
}

export function entriesAt(value: unknown, ...keys: readonly string[]): readonly [string, unknown][] {
  const found = at(value, ...keys);
  return typeof found === 'object' && found !== null && !Array.isArray(found)
    ? Object.entries(found).slice(0, LIST_MAX)
    : [];
}

export function textsOf(values: readonly unknown[]): string[] {
  return values.filter(
    (value) => typeof value === 'string' && value !== '' && value.length <= TEXT_CHARS_MAX,
  ) as string[];
}
