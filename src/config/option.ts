/** What an option is: declared once, with the words that flags, environment, file, reference page and API share. */
import type * as z from 'zod';

/** A value as people write it: in YAML, in JSON, or as the text of a flag or a variable. */
export type Raw = string | number | boolean | null | readonly Raw[] | { readonly [key: string]: Raw };

export interface OptionWords {
  readonly doc: string;
  /** As users would write it; a function where it follows from the machine. Absent: nothing. */
  readonly default?: Raw | ((machine: Machine) => Raw | undefined);
  /** The default in words, where it follows from the machine. */
  readonly defaultWords?: string;
  /** What stands after the flag: ADDRESS, DIR, DURATION… */
  readonly takes: string;
  readonly example: string;
  /** Never shown: not in the API, not in logs. */
  readonly secret?: true;
}

/** What defaults may follow from. */
export interface Machine {
  readonly hostname: string;
  readonly isRoot: boolean;
  /** The user's own data folder: $XDG_DATA_HOME, or ~/.local/share. */
  readonly dataHome: string;
  /** The folder of this run, once it is known. */
  readonly data?: string;
}

/** No zod registry: its types resolve the words themselves, and `Raw` is recursive. */
export const optionWords = new WeakMap<z.ZodType, OptionWords>();

export function option<S extends z.ZodType>(schema: S, words: OptionWords): S {
  const own = schema.clone() as S;
  optionWords.set(own, words);
  return own;
}

/** `archive.maxSize` → `--archive-max-size`. */
export function flagOf(path: string): string {
  return `--${path.replaceAll('.', '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `archive.maxSize` → `SKEIN_ARCHIVE_MAX_SIZE`. */
export function envOf(path: string): string {
  return `SKEIN_${flagOf(path).slice(2).replaceAll('-', '_').toUpperCase()}`;
}

/** `archive.maxSize` → `archiveMaxSize`, as commander names what `--archive-max-size` gave. */
export function attributeOf(path: string): string {
  return path.replace(/\.(\w)/g, (_, letter: string) => letter.toUpperCase());
}
