/** SQLite's result codes (sqlite.org/rescode.html), as node:sqlite puts them on its errors. */

const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

export const isBusy = (error: unknown) => codeOf(error) === BUSY;
export const isCorrupt = (error: unknown) => codeOf(error) === CORRUPT || codeOf(error) === NOTADB;
export const isFull = (error: unknown) => codeOf(error) === FULL;
export const isReadOnly = (error: unknown) => codeOf(error) === READONLY || codeOf(error) === CANTOPEN;
export const isIoError = (error: unknown) => codeOf(error) === IOERR;

/** The primary code; the upper bits only tell where it happened. */
function codeOf(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | undefined)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}
