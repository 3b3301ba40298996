/** Lists over a restart: a JSON file, written beside and moved into place, so that it is always whole. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Lists by their names in the file. */
export type Lists<L> = { readonly [Name in keyof L]: readonly unknown[] };

export interface KeptLists<L> {
  /** Empty ones where there is no file. `note`: what was wrong with the file, which lies aside then. */
  read(): { readonly lists: L; readonly note: string | undefined };
  /** Throws what the file system says. */
  write(lists: L): void;
}

/** Lists that may be long, and change often. */
export interface LongKeptLists<L> extends KeptLists<L> {
  /**
   * As `write`, with what the lists hold now, and others have their turn between its pieces: entries are not to be
   * changed meanwhile. One at a time. What `write` writes meanwhile is newer and stays. Rejects with what the file
   * system says.
   */
  writeInPieces(lists: L): Promise<void>;
}

/** Lists that others change too. */
export interface SharedKeptLists<L> extends KeptLists<L> {
  /** Why they are as they were last, and cannot be changed; undefined: they can be. */
  readonly away: string | undefined;
  /** Told when others have changed them: with what `read` gives from then on. */
  changed(listener: (lists: L) => void): void;
  /** Reads what others wrote until now. Never rejects: `written` does. */
  look(): Promise<void>;
  /** Resolves when all that was written here is where others read it; rejects with why it is not. */
  written(): Promise<void>;
}

export interface KeptListsParts<L> {
  readonly file: string;
  /** What is in the lists, for sentences: 'captures'. */
  readonly things: string;
  /** Whether an entry of the file belongs in that list. */
  readonly isEntry: Readonly<Record<keyof L, (value: unknown) => boolean>>;
  readonly nowMs: () => number;
}

const FORMAT = 1;
/** Made and written at a time. */
const PIECE_CHARS = 64 * 1024;

export function keptLists<L extends Lists<L>>(parts: KeptListsParts<L>): LongKeptLists<L> {
  const { file, things, nowMs } = parts;
  let written = 0;
  return {
    read() {
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ENOTDIR') return { lists: emptyLists(parts), note: undefined };
        return { lists: emptyLists(parts), note: `${things} of earlier runs cannot be read: ${message}` };
      }
      const { lists, fault } = parsed(text, parts);
      if (fault === undefined) return { lists, note: undefined };
      const aside = `${file}.bad-${nowMs()}`;
      let where = `kept as ${aside}`;
      try {
        renameSync(file, aside);
      } catch (error) {
        where = `left where it is (${(error as Error).message})`;
      }
      return { lists, note: `${file} ${fault}: ${where}` };
    },

    write(lists) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      const beside = `${file}.new`;
      const handle = openSync(beside, 'w', 0o600);
      try {
        writeFileSync(handle, [...linesOf(lists)].join(''));
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
      renameSync(beside, file);
      written++;
    },

    async writeInPieces(lists) {
      const before = written;
      const lines = linesOf(copyOf(lists));
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      // Not where `write` writes: that may come in between.
      const beside = `${file}.next`;
      {
        await using handle = await open(beside, 'w', 0o600);
        for (const piece of piecesOf(lines)) await handle.writeFile(piece);
        await handle.sync();
      }
      if (written === before) renameSync(beside, file);
      else rmSync(beside);
    },
  };
}

/** JSON with an entry a line. */
function* linesOf<L extends Lists<L>>(lists: L): Generator<string> {
  yield `{\n"format": ${FORMAT}`;
  for (const [name, entries] of Object.entries<readonly unknown[]>(lists)) {
    yield `,\n${JSON.stringify(name)}: [`;
    let between = '\n';
    for (const entry of entries) {
      yield `${between}${JSON.stringify(entry)}`;
      between = ',\n';
    }
    yield '\n]';
  }
  yield '\n}\n';
}

function* piecesOf(lines: Iterable<string>): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < PIECE_CHARS) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** As they are now: what is added meanwhile is for the next time. */
function copyOf<L extends Lists<L>>(lists: L): L {
  const copies = Object.entries<readonly unknown[]>(lists).map(([name, all]) => [name, [...all]] as const);
  return Object.fromEntries<unknown>(copies) as L;
}

function parsed<L>(text: string, parts: KeptListsParts<L>): { readonly lists: L; readonly fault?: string } {
  const { things, isEntry } = parts;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { lists: emptyLists(parts), fault: `is not JSON (${(error as Error).message})` };
  }
  const all = (value ?? {}) as Readonly<Record<string, unknown>>;
  const names = Object.keys(isEntry) as (keyof L & string)[];
  if (all.format !== FORMAT || names.some((name) => !Array.isArray(all[name])))
    return { lists: emptyLists(parts), fault: `holds no ${things}` };
  let bad = 0;
  const good = names.map((name) => {
    const entries = all[name] as readonly unknown[];
    const fine = entries.filter(isEntry[name]);
    bad += entries.length - fine.length;
    return [name, fine] as const;
  });
  const lists = Object.fromEntries(good) as L;
  return bad === 0 ? { lists } : { lists, fault: `holds ${bad} entries that are no ${things}` };
}

function emptyLists<L>({ isEntry }: KeptListsParts<L>): L {
  return Object.fromEntries(Object.keys(isEntry).map((name) => [name, []])) as L;
}
