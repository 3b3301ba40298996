/** Captures over a restart: a JSON file, written beside and moved into place, so that it is always whole. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Capture } from './capture.ts';

export interface KeptCaptures {
  /** `note`: what was wrong with the file, which lies aside then. */
  read(): { readonly captures: readonly Capture[]; readonly note: string | undefined };
  /** Throws what the file system says. */
  write(captures: readonly Capture[]): void;
}

const FORMAT = 1;

/** In a file; `isCapture` is asked of each entry. */
export function captureFile(
  file: string,
  isCapture: (value: unknown) => value is Capture,
  nowMs: () => number,
): KeptCaptures {
  return {
    read() {
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ENOTDIR') return { captures: [], note: undefined };
        return { captures: [], note: `captures of earlier runs cannot be read: ${message}` };
      }
      const { captures, fault } = parsed(text, isCapture);
      if (fault === undefined) return { captures, note: undefined };
      const aside = `${file}.bad-${nowMs()}`;
      let where = `kept as ${aside}`;
      try {
        renameSync(file, aside);
      } catch (error) {
        where = `left where it is (${(error as Error).message})`;
      }
      return { captures, note: `${file} ${fault}: ${where}` };
    },

    write(captures) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      const beside = `${file}.new`;
      const handle = openSync(beside, 'w', 0o600);
      try {
        writeFileSync(handle, `${JSON.stringify({ format: FORMAT, captures }, undefined, 1)}\n`);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
      renameSync(beside, file);
    },
  };
}

function parsed(
  text: string,
  isCapture: (value: unknown) => value is Capture,
): { captures: readonly Capture[]; fault?: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { captures: [], fault: `is not JSON (${(error as Error).message})` };
  }
  const { format, captures } = (value ?? {}) as { format?: unknown; captures?: unknown };
  if (format !== FORMAT || !Array.isArray(captures)) return { captures: [], fault: 'holds no captures' };
  const good = captures.filter(isCapture);
  if (good.length === captures.length) return { captures: good };
  return { captures: good, fault: `holds ${captures.length - good.length} entries that are no captures` };
}
