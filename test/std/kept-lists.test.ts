import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptLists } from '../../src/std/kept-lists.ts';

interface Capture {
  readonly UUID: string;
}
const isCapture = (value: unknown) => typeof (value as Capture | null)?.UUID === 'string';
const capture: Capture = { UUID: 'c1' };

function listsIn(file: string) {
  return keptLists<{ captures: Capture[] }>({
    ...{ file, things: 'captures', isEntry: { captures: isCapture } },
    nowMs: () => 7,
  });
}

test('what was written is read again, over and over', () =>
  inFolder((folder) => {
    const kept = listsIn(join(folder, 'deep', 'captures.json'));
    expect(kept.read()).toEqual({ lists: { captures: [] }, note: undefined });
    kept.write({ captures: [capture] });
    kept.write({ captures: [capture, { ...capture, UUID: 'c2' }] });
    expect(kept.read().lists.captures.map(({ UUID }) => UUID)).toEqual(['c1', 'c2']);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['captures.json']);
    kept.write({ captures: [] });
    expect(kept.read()).toEqual({ lists: { captures: [] }, note: undefined });
  }));

test('what is written in pieces is there when that is over, as it was when it began, and others had their turn', () =>
  inFolderFor(async (folder) => {
    const kept = listsIn(join(folder, 'deep', 'captures.json'));
    const captures = Array.from({ length: 5_000 }, (_, n) => ({ ...capture, UUID: `c${n}`, text: 'ü\n'.repeat(50) }));
    let turns = 0;
    const watch = () => {
      turns++;
      watching = setImmediate(watch);
    };
    let watching = setImmediate(watch);
    const before = captures.slice();
    const written = kept.writeInPieces({ captures });
    captures.push({ ...capture, text: 'later' });
    await written;
    clearImmediate(watching);
    expect(turns).toBeGreaterThan(10);
    expect(kept.read()).toEqual({ lists: { captures: before }, note: undefined });
    expect(readdirSync(join(folder, 'deep'))).toEqual(['captures.json']);
  }));

test('what is written while others are written in pieces is newer and stays', () =>
  inFolderFor(async (folder) => {
    const kept = listsIn(join(folder, 'captures.json'));
    const written = kept.writeInPieces({ captures: [capture, capture] });
    kept.write({ captures: [capture] });
    await written;
    expect(kept.read().lists.captures).toEqual([capture]);
    expect(readdirSync(folder)).toEqual(['captures.json']);
  }));

test('what cannot be written in pieces is said, and what was there stays', () =>
  inFolderFor(async (folder) => {
    const kept = listsIn(join(folder, 'captures.json'));
    kept.write({ captures: [capture] });
    mkdirSync(join(folder, 'captures.json.next'));
    await expect(kept.writeInPieces({ captures: [] })).rejects.toThrow('EISDIR');
    expect(kept.read().lists.captures).toEqual([capture]);
  }));

test.each([
  ['{oops', 'is not JSON'],
  ['{"format":9,"captures":[]}', 'holds no captures'],
  ['[]', 'holds no captures'],
  ['null', 'holds no captures'],
  ['', 'is not JSON'],
])('a file of %s is kept aside and said', (text, what) =>
  inFolder((folder) => {
    const file = join(folder, 'captures.json');
    writeFileSync(file, text);
    const kept = listsIn(file);
    const { lists, note } = kept.read();
    expect(lists.captures).toEqual([]);
    expect(note).toContain(`${file} ${what}`);
    expect(note).toContain(`kept as ${file}.bad-7`);
    expect(readFileSync(`${file}.bad-7`, 'utf8')).toBe(text);
    kept.write({ captures: [capture] });
    expect(kept.read().lists.captures).toHaveLength(1);
  }),
);

test('of a file with some entries that are none, the others are taken up', () =>
  inFolder((folder) => {
    const file = join(folder, 'captures.json');
    writeFileSync(file, JSON.stringify({ format: 1, captures: [capture, { no: 1 }, null] }));
    const { lists, note } = listsIn(file).read();
    expect(lists.captures).toEqual([capture]);
    expect(note).toContain('holds 2 entries that are no captures');
  }));

function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'skein-kept-'));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('of several lists each takes its own entries', () =>
  inFolder((folder) => {
    const isText = (value: unknown) => typeof value === 'string';
    const isNumber = (value: unknown) => typeof value === 'number';
    const file = join(folder, 'things.json');
    const kept = keptLists<{ words: string[]; numbers: number[] }>({
      ...{ file, things: 'things', isEntry: { words: isText, numbers: isNumber } },
      nowMs: () => 7,
    });
    writeFileSync(file, JSON.stringify({ format: 1, words: ['a', 2], numbers: [1, 'b'] }));
    const { lists, note } = kept.read();
    expect(lists).toEqual({ words: ['a'], numbers: [1] });
    expect(note).toContain('holds 2 entries that are no things');
    writeFileSync(file, JSON.stringify({ format: 1, words: [] }));
    expect(kept.read().note).toContain('holds no things');
  }));

async function inFolderFor(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'skein-kept-'));
  try {
    await act(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
