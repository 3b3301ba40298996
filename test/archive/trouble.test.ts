/** The embedded archive when the world is not as it should be. What needs root is in test/kernel/. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { Archive, ArchiveBatch } from '../../src/archive/archive.ts';
import { RESTARTS_MAX, ThreadCalls } from '../../src/archive/embedded/calls.ts';
import { openEmbeddedArchive } from '../../src/archive/embedded/index.ts';
import { SCHEMA_VERSION } from '../../src/archive/embedded/schema.ts';
import { flowDefaults } from '../../src/archive/flow-keeping.ts';
import { socketDefaults } from '../../src/archive/socket-keeping.ts';
import { eventually } from '../eventually.ts';
import { batchOf } from './kill/batches.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'skein-trouble-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const file = () => join(directory, 'skein.db');
const keptAside = () => readdirSync(directory).filter((name) => /^skein\.db\.corrupt-\d{8}T\d{6}Z$/.test(name));

test('a second process is refused, with the number of the first', async () => {
  const appender = fileURLToPath(new URL('./kill/appender.ts', import.meta.url));
  const child = spawn(process.execPath, [appender, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    await expect(openEmbeddedArchive({ directory })).rejects.toMatchObject({
      name: 'Mistake',
      message: `${directory}: another Skein (process ${child.pid}) keeps its history here`,
    });
  } finally {
    child.kill('SIGKILL');
  }
  await once(child, 'close');
  await using archive = await openEmbeddedArchive({ directory });
  expect((await archive.health()).versions).toBeGreaterThan(0);
});

test('a second one in the same process is refused too, and the first goes on', async () => {
  await using archive = await openEmbeddedArchive({ directory });
  await expect(openEmbeddedArchive({ directory })).rejects.toThrow(`process ${process.pid}`);
  await archive.append(batchOf(0, 1));
  await expect(openEmbeddedArchive({ directory })).rejects.toThrow(`process ${process.pid}`);
});

test('a file that is no database is kept under another name, and said so', async () => {
  writeFileSync(file(), 'my only copy of a letter');
  await using archive = await openEmbeddedArchive({ directory });
  const [kept = ''] = keptAside();
  expect(readFileSync(join(directory, kept), 'utf8')).toBe('my only copy of a letter');
  expect((await archive.health()).notes).toEqual([
    `${file()} could not be read (it is not an SQLite database): kept as ${join(directory, kept)}, history starts anew`,
  ]);
  await archive.append(batchOf(0, 1));
  expect((await archive.health()).state).toBe('ok');
});

test('a damaged file is kept as it is, with what belongs to it', async () => {
  await fill(3_000);
  const fd = openSync(file(), 'r+');
  const { size } = statSync(file());
  writeSync(fd, Buffer.alloc(size / 2, 0xff), 0, size / 2, size / 4);
  const damaged = readFileSync(file());
  await using archive = await openEmbeddedArchive({ directory });
  const [kept = ''] = keptAside();
  expect(readFileSync(join(directory, kept)).equals(damaged)).toBe(true);
  expect((await archive.health()).notes).toHaveLength(1);
  expect((await archive.health()).versions).toBe(0);
});

test('a file cut short is kept aside', async () => {
  await fill(3_000);
  const whole = readFileSync(file());
  writeFileSync(file(), whole.subarray(0, whole.length / 3));
  await using archive = await openEmbeddedArchive({ directory });
  expect(keptAside()).toHaveLength(1);
  expect((await archive.health()).versions).toBe(0);
});

test('a file of a newer Skein, or of another program, is kept aside', async () => {
  const reasons: string[] = [];
  for (const pragma of ['user_version = 999', 'application_id = 1']) {
    await fill(10);
    using db = new DatabaseSync(file());
    db.exec(`pragma ${pragma}`);
    db.close();
    await using archive = await openEmbeddedArchive({ directory });
    reasons.push(...(await archive.health()).notes);
    rmSync(file());
  }
  expect(reasons).toEqual([
    expect.stringContaining(`written by a newer Skein (schema 999, this one knows ${SCHEMA_VERSION})`),
    expect.stringContaining('it belongs to another program'),
  ]);
});

test('an empty file, and one of a start that got no further, are simply begun', async () => {
  writeFileSync(file(), '');
  await using archive = await openEmbeddedArchive({ directory });
  expect((await archive.health()).notes).toEqual([]);
  expect(keptAside()).toEqual([]);
});

test('damage that shows while running: the file is kept aside, a new one goes on', async () => {
  await fill(20_000);
  await using archive = await openEmbeddedArchive({ directory });
  const fd = openSync(file(), 'r+');
  const { size } = statSync(file());
  writeSync(fd, Buffer.alloc(size - 200_000, 0xff), 0, size - 200_000, 100_000);
  await expect(archive.viewAt(1_800_000_000_000)).rejects.toThrow();
  await eventually(async () => {
    await archive.append(batchOf(1, 1));
    expect((await archive.health()).notes[0]).toContain('history starts anew');
  });
  expect(keptAside()).toHaveLength(1);
  expect((await archive.health()).state).toBe('ok');
});

test('a place that cannot be is Unavailable, and says what would do', async () => {
  writeFileSync(join(directory, 'file'), '');
  await expect(openEmbeddedArchive({ directory: join(directory, 'file', 'below') })).rejects.toMatchObject({
    name: 'Unavailable',
    needs: expect.stringContaining('a directory that can be written to'),
  });
});

test('a thread that dies is started again, but not forever', async () => {
  const options = {
    directory,
    maxBytes: 1e9,
    maxAgeMs: 1e12,
    spanRowsMax: 1000,
    keepAside: undefined,
    flows: flowDefaults,
    sockets: socketDefaults,
  };
  const calls = new ThreadCalls(options);
  for (let death = 0; death <= RESTARTS_MAX; death++) {
    expect(calls.hasFailed).toBe(false);
    await calls.call({ kind: 'summary' });
    await expect(calls.call(undefined as never)).rejects.toThrow('needs a thread that lives');
  }
  await expect(calls.call({ kind: 'summary' })).rejects.toThrow('needs a restart of Skein');
  expect(calls.hasFailed).toBe(true);
  await calls.close();
});

test('after it is closed it says so', async () => {
  const archive = await openEmbeddedArchive({ directory });
  await archive[Symbol.asyncDispose]();
  await archive[Symbol.asyncDispose]();
  await expect(archive.append(batchOf(0, 1))).rejects.toThrow('it is closed');
});

test('an answer that is too long is refused, a shorter one is not', async () => {
  await using archive = await openEmbeddedArchive({ directory, spanRowsMax: 5_000 });
  for (let n = 1; n <= 8; n++) await archive.append(updates(n, 1_000));
  await expect(archive.viewBetween({ from: 0, to: 9_000 })).rejects.toMatchObject({
    name: 'Mistake',
    message: 'more than 5,000 versions lie in this span',
  });
  expect((await archive.viewBetween({ from: 1_999, to: 1_999 })).nodeCount).toBe(1_000);
  await expect(archive.versions(['node-1', 'node-2'])).resolves.toHaveLength(16);
});

test('size is bounded: the oldest that ended goes, what is alive stays, and appends go on', async () => {
  const maxBytes = 3 * 2 ** 20;
  await using archive = await openEmbeddedArchive({ directory, maxBytes });
  let slowestMs = 0;
  for (let n = 1; n <= 150; n++) {
    const start = performance.now();
    await archive.append(updates(n, 300));
    slowestMs = Math.max(slowestMs, performance.now() - start);
  }
  await eventually(async () => expect((await archive.health()).sizeBytes).toBeLessThanOrEqual(maxBytes));
  const { versions, range } = await archive.health();
  expect(versions).toBeLessThan(20_000);
  expect(versions).toBeGreaterThan(2_000);
  expect(range?.from).toBeGreaterThan(50_000);
  expect(range?.to).toBe(150_299);
  expect((await archive.viewAt(range?.from ?? 0)).nodeCount).toBe(300);
  expect(await archive.open()).toHaveLength(300);
  expect(slowestMs).toBeLessThan(1_000);
});

test('age is bounded, of versions and of samples', async () => {
  await using archive = await openEmbeddedArchive({ directory, maxAgeMs: 20_000 });
  for (let n = 1; n <= 100; n++) await archive.append(updates(n, 10));
  await eventually(async () => {
    const { range, versions, samples } = await archive.health();
    expect(range?.from).toBeGreaterThanOrEqual(79_000);
    expect(versions).toBeLessThan(240);
    expect(samples).toBeLessThan(24);
  });
  expect((await archive.viewAt(85_100)).nodeCount).toBe(10);
});

/** A closed archive with so many versions in it. */
async function fill(versions: number): Promise<void> {
  await using archive: Archive = await openEmbeddedArchive({ directory });
  for (let n = 1; n * 1_000 <= versions + 999; n++) await archive.append(updates(n, Math.min(versions, 1_000)));
}

/** Nodes that are all born in the first batch and changed by each later one, a second apart. */
function updates(n: number, nodes: number): ArchiveBatch {
  const time = n * 1_000;
  return {
    id: `updates-${n}`,
    time: time + nodes - 1,
    events: Array.from({ length: nodes }, (_, i) => ({
      revision: 1,
      kind: n === 1 ? 'added' : 'updated',
      element: {
        kind: 'node',
        id: `node-${i}`,
        metadata: { Name: `node-${i}`, N: n, Filler: 'x'.repeat(100) },
        host: 'h',
        origin: 'test.h',
        createdAt: 1_000 + i,
        updatedAt: time + i,
        deletedAt: undefined,
        validTo: undefined,
        recordedAt: time + i,
        revision: n,
      },
      before: undefined,
    })),
    samples: [{ id: 'node-0', series: 'Metric', start: time - 1_000, last: time, counters: { Rx: n } }],
  };
}
