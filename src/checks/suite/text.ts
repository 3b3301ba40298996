import type { Json } from './suite.ts';

/** A word of a file that is yet to be told of its mistakes; undefined for what is no text, number or yes or no. */
export function textOf(value: Json | undefined): string | undefined {
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}
