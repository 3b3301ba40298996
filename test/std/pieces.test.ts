import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { piecesOf } from '../../src/std/pieces.ts';

test('all that is in a file, and all that comes through a pipe, also from one who writes later', async () => {
  using folder = new Folder();
  const [file, pipe] = [join(folder.path, 'file'), join(folder.path, 'pipe')];
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, n) => n * n));
  await writeFile(file, bytes);
  expect(bytes.equals(Buffer.concat(await piecesOf(file, 1_000).toArray()))).toBe(true);
  execFileSync('mkfifo', [pipe]);
  const coming = piecesOf(pipe, 1_000).toArray();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await writeFile(pipe, bytes);
  expect(bytes.equals(Buffer.concat(await coming))).toBe(true);
});

test('what is not there is an error of open(2)', () => {
  expect(() => piecesOf('/nowhere/at/all', 1)).toThrow(expect.objectContaining({ code: 'ENOENT', syscall: 'open' }));
});

class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'skein-pieces-'));
  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}
