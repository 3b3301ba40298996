/** Power of `kill -9` over archived flows: none over what was acknowledged. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { openEmbeddedArchive } from '../../../src/archive/embedded/index.ts';
import { ALWAYS } from './contract.ts';
import { flowNumber, killBatch, PER_BATCH } from './killed.ts';
import { idOf } from './made.ts';

/** KILLS=500 for more of them than every run tries. */
const RUNS = Number(process.env.KILLS ?? 10);
const appender = fileURLToPath(new URL('./appender.ts', import.meta.url));

test('killed again and again while it writes, it opens, misses nothing acknowledged and has nothing twice', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'skein-flows-kill-'));
  let acknowledged = 0;
  let expected = { flows: 0, points: 0, rawPackets: 0 };
  try {
    for (let run = 1; run <= RUNS; run++) {
      const acks = await appendAndKill(directory, run);
      acknowledged += acks.length;
      const last = Math.max(0, ...acks);
      expect(acks).toEqual(Array.from({ length: last }, (_, i) => i + 1));
      await using archive = await openEmbeddedArchive({ directory });
      if (!archive.flows) throw new Error('it keeps none');
      const { flows, notes } = await archive.flows.health();
      expect(notes).toEqual([]);
      // What was on its way is there as a whole or not at all.
      const written = (flows - expected.flows) / (PER_BATCH / 2) - 1;
      expect([-1, last, last + 1, last + 2, last + 3]).toContain(written);
      expect(Math.max(0, written)).toBeGreaterThanOrEqual(last);
      // It is sent again: then it is there, once.
      for (let n = Math.max(1, last - 1); n <= last + 3; n++) await archive.flows.append(killBatch(run, n));
      const n = last + 3;
      expected = {
        flows: expected.flows + (PER_BATCH / 2) * (n + 1),
        points: expected.points + PER_BATCH * n,
        rawPackets: expected.rawPackets + n,
      };
      expect(await archive.flows.health()).toMatchObject(expected);
      const uuids = Array.from({ length: PER_BATCH / 2 }, (_, i) => idOf(flowNumber(run, (PER_BATCH / 2) * n + i)));
      for (const points of (await archive.flows.metrics(uuids, ALWAYS)).values()) expect(points).toHaveLength(2);
    }
    expect(acknowledged).toBeGreaterThan(RUNS);
    using file = new DatabaseSync(join(directory, 'flows.db'), { readOnly: true });
    expect(file.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(file.prepare('select count(*) as n from flows').get()?.n).toBe(expected.flows);
    expect(file.prepare('select count(*) as n from losses').get()?.n).toBe(expected.rawPackets);
  } finally {
    rmSync(directory, { recursive: true });
  }
}, 240_000);

/** Numbers of the acknowledged batches. */
async function appendAndKill(directory: string, run: number): Promise<number[]> {
  const child = spawn(process.execPath, [appender, directory, String(run)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const closed = once(child, 'close');
  if (run % 5 !== 0) await Promise.race([once(child.stdout, 'data'), closed]);
  setTimeout(() => child.kill('SIGKILL'), Math.random() * (run % 5 === 0 ? 300 : 150));
  await closed;
  return said.split('\n').slice(0, -1).map(Number);
}
