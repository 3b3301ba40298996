/** What JSON should be, or it is said where it is not. */
import type { GraphsonIn } from './graphson-in.ts';

export function list(json: unknown, from: GraphsonIn): readonly unknown[] {
  return Array.isArray(json) ? json : bad('a list should stand here', from);
}

export function fields(json: unknown, from: GraphsonIn): { readonly [name: string]: unknown } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw from.bad('an object should stand here');
  return json as { [name: string]: unknown };
}

export function text(json: unknown, from: GraphsonIn): string {
  return typeof json === 'string' ? json : bad('a text should stand here', from);
}

export function bad(what: string, from: GraphsonIn): never {
  throw from.bad(what);
}
