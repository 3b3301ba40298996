/** What was on the wire, twice: as data, and as people write it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Word {
  readonly Type: string;
  readonly [key: string]: Json;
}

export interface Said {
  readonly word: Word;
  readonly text: string;
}

/** An action: what it is called, how ovs-ofctl writes it, and what it was given. */
export function action(Type: string, text: string, Arguments?: { readonly [key: string]: Json }): Said {
  return { word: Arguments === undefined ? { Type } : { Type, Arguments }, text };
}
