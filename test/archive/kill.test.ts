/** Power of `kill -9` over the embedded archive: none over what was acknowledged. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { Archive } from '../../src/archive/archive.ts';
import { openEmbeddedArchive } from '../../src/archive/embedded/index.ts';
import { batchOf, nodeId, sizeOf } from './kill/batches.ts';

/** KILLS=500 for more of them than every run tries. */
const RUNS = Number(process.env.KILLS ?? 20);
const appender = fileURLToPath(new URL('./kill/appender.ts', import.meta.url));

test('killed again and again while it writes, it opens, misses nothing acknowledged and has nothing twice', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'skein-kill-'));
  let expected = 0;
  let acknowledged = 0;
  try {
    for (let run = 0; run < RUNS; run++) {
      const acks = await appendAndKill(directory, run);
      acknowledged += acks.length;
      await using archive = await openEmbeddedArchive({ directory });
      expect((await archive.health()).notes).toEqual([]);
      const last = Math.max(0, ...acks);
      expect(acks).toEqual(Array.from({ length: last }, (_, i) => i + 1));
      // What was on its way is there as a whole or not at all. It is sent again: then it is there, once.
      const there = await countsOf(archive, run, last + 4);
      for (let n = 1; n <= last + 4; n++) {
        expect(n <= last ? [sizeOf(n)] : [0, sizeOf(n)]).toContain(there[n - 1]);
        if (n < last - 1 || n > last + 3) continue;
        await archive.append(batchOf(run, n));
        expect((await countsOf(archive, run, n)).at(-1)).toBe(sizeOf(n));
      }
      for (let n = 1; n <= last + 3; n++) expected += sizeOf(n);
      expect((await archive.health()).versions).toBe(expected);
    }
    expect(acknowledged).toBeGreaterThan(RUNS);
    using file = new DatabaseSync(join(directory, 'skein.db'), { readOnly: true });
    expect(file.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(file.prepare('select count(*) as n from versions').get()?.n).toBe(expected);
  } finally {
    rmSync(directory, { recursive: true });
  }
}, 300_000);

/** Numbers of the acknowledged batches. */
async function appendAndKill(directory: string, run: number): Promise<number[]> {
  const child = spawn(process.execPath, [appender, directory, String(run)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const closed = once(child, 'close');
  // From before its first batch to some dozens later.
  if (run % 5 !== 0) await Promise.race([once(child.stdout, 'data'), closed]);
  setTimeout(() => child.kill('SIGKILL'), Math.random() * (run % 5 === 0 ? 300 : 150));
  await closed;
  return said.split('\n').slice(0, -1).map(Number);
}

/** Versions of each of the first batches of a run that are there, asked at once. */
async function countsOf(archive: Archive, run: number, batches: number): Promise<number[]> {
  const ids = Array.from({ length: batches }, (_, n) =>
    Array.from({ length: sizeOf(n + 1) }, (_, i) => nodeId(run, n + 1, i)),
  );
  const counts = new Map<string, number>();
  for (const { id } of await archive.versions(ids.flat())) counts.set(id, (counts.get(id) ?? 0) + 1);
  return ids.map((each) => each.reduce((sum, id) => sum + (counts.get(id) ?? 0), 0));
}
