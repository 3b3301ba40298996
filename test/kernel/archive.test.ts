/** The embedded archive on file systems that are full or read-only. Needs root: they are mounted here. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedArchive } from '../../src/archive/embedded/index.ts';
import { batchOf, sizeOf } from '../archive/kill/batches.ts';

const isRoot = process.geteuid?.() === 0;
if (!isRoot) console.warn('the archive on full and read-only file systems is not tested: needs root');
const describeAsRoot = isRoot ? describe : describe.skip;

/** Large enough to cross to the thread in parts: sizeOf(3) is 2,500. */
const LARGE = 3;

const refusalOfFull = { name: 'Unavailable', needs: 'room on its file system (it is full)' };

describeAsRoot('archive', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), `sk${process.pid}archive-`));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', directory]);
  });
  afterEach(() => {
    // Lazily: the thread of an archive that was refused may have its files open for a moment more.
    execFileSync('umount', ['-l', directory]);
    rmSync(directory, { recursive: true });
  });

  test('a full disk refuses what comes, keeps what was there, and takes up again when there is room', async () => {
    await using archive = await openEmbeddedArchive({ directory });
    await archive.append(batchOf(0, 1));
    const ballast = join(directory, 'ballast');
    fillUp(ballast);

    await expect(archive.append(batchOf(0, LARGE))).rejects.toMatchObject(refusalOfFull);
    await expect(archive.append(batchOf(0, LARGE))).rejects.toMatchObject(refusalOfFull);
    expect(await archive.health()).toMatchObject({
      state: 'degraded',
      notes: [`history in ${directory}: needs room on its file system (it is full)`],
      versions: sizeOf(1),
    });
    expect((await archive.viewAt(2e12)).nodeCount).toBe(sizeOf(1));

    rmSync(ballast);
    await archive.append(batchOf(0, LARGE));
    expect(await archive.health()).toMatchObject({ state: 'ok', notes: [], versions: sizeOf(1) + sizeOf(LARGE) });
    expect((await archive.viewAt(2e12)).nodeCount).toBe(sizeOf(1) + sizeOf(LARGE));
  });

  test('of batches that wait together on a full disk each is whole or not there', async () => {
    await using archive = await openEmbeddedArchive({ directory });
    const ballast = join(directory, 'ballast');
    fillUp(ballast, 1_500_000);
    const kept: number[] = [];
    const appends = [1, 2, LARGE, LARGE + 7, LARGE + 14, LARGE + 21].map((n) =>
      archive.append(batchOf(0, n)).then(
        () => void kept.push(n),
        () => undefined,
      ),
    );
    await Promise.all(appends);
    expect(kept.length).toBeLessThan(appends.length);
    const total = kept.reduce((sum, n) => sum + sizeOf(n), 0);
    expect((await archive.viewAt(2e12)).nodeCount).toBe(total);
    expect((await archive.health()).versions).toBe(total);
  });

  test('no room for so much as an empty archive is Unavailable', async () => {
    fillUp(join(directory, 'ballast'));
    await expect(openEmbeddedArchive({ directory })).rejects.toMatchObject(refusalOfFull);
  });

  test.each([4_096, 20_000])(
    'no room to open the archive of an earlier run but %d bytes is said to be that',
    async (left) => {
      {
        await using archive = await openEmbeddedArchive({ directory });
        await archive.append(batchOf(0, 1));
      }
      fillUp(join(directory, 'ballast'), left);
      await expect(openEmbeddedArchive({ directory })).rejects.toMatchObject(refusalOfFull);
    },
  );

  test('a read-only file system is Unavailable, with history and without', async () => {
    await using archive = await openEmbeddedArchive({ directory });
    await archive.append(batchOf(0, 1));
    await archive[Symbol.asyncDispose]();
    execFileSync('mount', ['-o', 'remount,ro', directory]);
    const refusal = { name: 'Unavailable', needs: expect.stringContaining('a directory that can be written to') };
    await expect(openEmbeddedArchive({ directory })).rejects.toMatchObject(refusal);
    await expect(openEmbeddedArchive({ directory: join(directory, 'new') })).rejects.toMatchObject(refusal);
  });
});

/** Fills the file system until nothing goes in, or all but `left` bytes of it. */
function fillUp(file: string, left = 0): void {
  const chunk = Buffer.alloc(4096);
  try {
    for (;;) writeFileSync(file, chunk, { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
  if (left > 0) execFileSync('truncate', ['-s', `-${left}`, file]);
}
