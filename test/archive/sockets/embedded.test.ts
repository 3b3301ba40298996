import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SocketArchive } from '../../../src/archive/archive.ts';
import { openEmbeddedArchive } from '../../../src/archive/embedded/index.ts';
import type { SocketKeeping } from '../../../src/archive/socket-keeping.ts';
import { client, listener } from '../../ends/made.ts';
import { eventually } from '../../eventually.ts';
import { socketArchiveContract } from './contract.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'skein-sockets-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function opened(sockets: Partial<SocketKeeping> = {}, where = directory) {
  const archive = await openEmbeddedArchive({ directory: where, sockets });
  if (!archive.sockets) throw new Error('it keeps none');
  return { archive, sockets: archive.sockets, [Symbol.asyncDispose]: () => archive[Symbol.asyncDispose]() };
}

socketArchiveContract(
  async () => {
    const own = mkdtempSync(join(tmpdir(), 'skein-sockets-'));
    const { archive, sockets } = await opened({}, own);
    return {
      sockets,
      async [Symbol.asyncDispose]() {
        await archive[Symbol.asyncDispose]();
        rmSync(own, { recursive: true });
      },
    };
  },
  { numRuns: 5 },
);

test('they are there after a restart', async () => {
  {
    await using first = await opened();
    await first.sockets.append({ id: 'a-1', time: 5_000, sockets: [client, listener] });
  }
  await using again = await opened();
  expect(await again.sockets.find({ time: { from: 2_000, to: 2_000 } })).toHaveLength(2);
});

test('kill -9 loses nothing that was acknowledged', async () => {
  const appender = fileURLToPath(new URL('./appender.ts', import.meta.url));
  const child = spawn(process.execPath, [appender, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
    if (said.split('\n').length > 30) child.kill('SIGKILL');
  });
  await once(child, 'exit');
  const acknowledged = said.split('\n').slice(0, -1).length;
  expect(acknowledged).toBeGreaterThanOrEqual(30);
  await using again = await opened();
  const found = await again.sockets.find({ time: { from: 0, to: 1e9 } });
  const known = new Set(found.map(({ id }) => id));
  for (let n = 1; n <= acknowledged; n++) for (let i = 0; i < 100; i++) expect(known.has(`ns1/${n}-${i}`)).toBe(true);
  expect(found.length).toBe(known.size);
  expect((await again.sockets.health()).notes).toEqual([]);
}, 60_000);

const many = (n: number, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const openedAt = n * 1_000 + i;
    return { ...client, id: `ns1/${n}-${i}`, localPort: 1 + (i % 60_000), openedAt, closedAt: openedAt + (i % 900) };
  });

async function fill(sockets: SocketArchive, batches: number, perBatch: number): Promise<void> {
  for (let n = 1; n <= batches; n++)
    await sockets.append({ id: `w-${n}`, time: n * 1_000 + perBatch, sockets: many(n, perBatch) });
}

test('the file stays below its bound: the oldest go first', async () => {
  const maxBytes = 4 * 2 ** 20;
  await using kept = await opened({ maxBytes });
  await fill(kept.sockets, 40, 2_000);
  let beat = 40;
  await eventually(async () => {
    // A log that a reader held open is cut short by the next one that writes: signs of life go on.
    await kept.sockets.append({ id: `w-${++beat}`, time: 42_000, sockets: [] });
    const { sockets, range } = await kept.sockets.health();
    expect(sockets).toBeLessThan(40 * 2_000);
    expect(range?.from).toBeGreaterThan(1_000);
    const size = ['', '-wal'].reduce((sum, part) => sum + statSync(join(directory, `sockets.db${part}`)).size, 0);
    expect(size).toBeLessThanOrEqual(maxBytes * 1.1);
  });
  const newest = await kept.sockets.find({ time: { from: 41_000, to: 50_000 } });
  expect(newest.length).toBeGreaterThan(0);
}, 60_000);

test('what is too old is forgotten', async () => {
  await using kept = await opened({ maxAgeMs: 10_000 });
  await fill(kept.sockets, 30, 50);
  await kept.sockets.append({ id: 'x-1', time: 31_000, sockets: [] });
  await eventually(async () => {
    await kept.sockets.append({ id: `y-${performance.now()}`, time: 31_000, sockets: [] });
    expect((await kept.sockets.find({ time: { from: 0, to: 20_000 } })).length).toBe(0);
  });
  expect((await kept.sockets.find({ time: { from: 25_000, to: 31_000 } })).length).toBeGreaterThan(0);
}, 30_000);

test('a file that cannot be read is kept aside, and said', async () => {
  writeFileSync(join(directory, 'sockets.db'), 'what is this?'.repeat(1_000));
  await using kept = await opened();
  await kept.sockets.append({ id: 'a-1', time: 5_000, sockets: [client] });
  expect((await kept.sockets.health()).notes[0]).toContain('could not be read');
  expect(await kept.sockets.find({ time: { from: 2_000, to: 2_000 } })).toHaveLength(1);
});
