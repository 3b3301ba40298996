import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Capture } from '../../src/capture/capture.ts';
import { captureFile } from '../../src/capture/kept.ts';
import { asked } from './world.ts';

const isCapture = (value: unknown): value is Capture => typeof (value as Capture | null)?.UUID === 'string';
const capture: Capture = { ...asked('G.V()'), UUID: 'c1' };

test('what was written is read again, over and over', () =>
  inFolder((folder) => {
    const kept = captureFile(join(folder, 'deep', 'captures.json'), isCapture, () => 7);
    expect(kept.read()).toEqual({ captures: [], note: undefined });
    kept.write([capture]);
    kept.write([capture, { ...capture, UUID: 'c2' }]);
    expect(kept.read().captures.map(({ UUID }) => UUID)).toEqual(['c1', 'c2']);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['captures.json']);
    kept.write([]);
    expect(kept.read()).toEqual({ captures: [], note: undefined });
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
    const kept = captureFile(file, isCapture, () => 7);
    const { captures, note } = kept.read();
    expect(captures).toEqual([]);
    expect(note).toContain(`${file} ${what}`);
    expect(note).toContain(`kept as ${file}.bad-7`);
    expect(readFileSync(`${file}.bad-7`, 'utf8')).toBe(text);
    kept.write([capture]);
    expect(kept.read().captures).toHaveLength(1);
  }),
);

test('of a file with some entries that are none, the others are taken up', () =>
  inFolder((folder) => {
    const file = join(folder, 'captures.json');
    writeFileSync(file, JSON.stringify({ format: 1, captures: [capture, { no: 1 }, null] }));
    const { captures, note } = captureFile(file, isCapture, () => 7).read();
    expect(captures).toEqual([capture]);
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
