/** Archived flows when the world is not as it should be: their file is nothing to the graph's, nor the other way round. */
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedArchive } from '../../../src/archive/embedded/index.ts';
import type { Flow } from '../../../src/flow/flow.ts';
import { eventually } from '../../eventually.ts';
import { batchOf as graphBatchOf } from '../kill/batches.ts';
import { ALWAYS, all, batchOf } from './contract.ts';
import { flowOf, T0 } from './made.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'skein-flow-trouble-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function open() {
  const archive = await openEmbeddedArchive({ directory });
  const { flows } = archive;
  if (!flows) throw new Error('it keeps none');
  return { archive, flows, [Symbol.asyncDispose]: () => archive[Symbol.asyncDispose]() };
}

const file = (name: string) => join(directory, name);
const keptAside = (name: string) => readdirSync(directory).filter((entry) => entry.startsWith(`${name}.corrupt-`));

test('a file that is no database is kept under another name, and said so; the graph is there', async () => {
  {
    await using first = await open();
    await first.archive.append(graphBatchOf(0, 5));
  }
  writeFileSync(file('flows.db'), 'my only copy of a letter');
  await using again = await open();
  expect((await again.flows.health()).notes).toEqual([expect.stringContaining('it is not an SQLite database')]);
  const [kept = ''] = keptAside('flows.db');
  expect(readFileSync(file(kept), 'utf8')).toBe('my only copy of a letter');
  await again.flows.append(batchOf('w-1', [flowOf(1)]));
  expect(await again.flows.count({ time: ALWAYS, where: [] })).toBe(1);
  expect(await again.archive.health()).toMatchObject({ state: 'ok', notes: [], versions: 6 });
});

test('a damaged graph is nothing to the flows', async () => {
  {
    await using first = await open();
    await first.flows.append(batchOf('w-1', [flowOf(1)]));
  }
  writeFileSync(file('skein.db'), 'not a graph');
  await using again = await open();
  expect(await again.flows.count({ time: ALWAYS, where: [] })).toBe(1);
  expect((await again.flows.health()).notes).toEqual([]);
});

test('damage that shows while running: the file is kept aside, a new one goes on, the graph never noticed', async () => {
  {
    await using first = await open();
    await first.flows.append(batchOf('w-1', many(20_000)));
  }
  await using again = await open();
  await again.archive.append(graphBatchOf(0, 5));
  expect((await again.flows.health()).flows).toBe(20_000);
  const fd = openSync(file('flows.db'), 'r+');
  const { size } = statSync(file('flows.db'));
  writeSync(fd, Buffer.alloc(size - 200_000, 0xff), 0, size - 200_000, 100_000);
  await expect(all(again.flows, { time: ALWAYS, where: [] })).rejects.toMatchObject({ name: 'Unavailable' });
  await eventually(async () => {
    await again.flows.append(batchOf('w-2', [flowOf(1)]));
    expect((await again.flows.health()).notes[0]).toContain('history starts anew');
  });
  expect(keptAside('flows.db')).toHaveLength(1);
  expect(keptAside('skein.db')).toEqual([]);
  expect((await again.archive.health()).versions).toBe(6);
});

test('a restart finds everything, and the same batch again changes nothing', async () => {
  const batch = batchOf('w-1', many(3_000));
  {
    await using first = await open();
    await first.flows.append(batch);
  }
  await using again = await open();
  await again.flows.append(batch);
  await again.flows.append(batchOf('w-2', [flowOf(3_000)]));
  expect((await all(again.flows, { time: ALWAYS, where: [] })).length).toBe(3_001);
  expect(await again.flows.health()).toMatchObject({ flows: 3_001, points: 3_001 });
});

test('appends and questions that are asked at the same time all get their answers', async () => {
  await using opened = await open();
  const { flows, archive } = opened;
  const work: Promise<unknown>[] = [];
  for (let n = 1; n <= 30; n++) {
    const some = Array.from({ length: 300 }, (_, i) => flowOf(n * 300 + i));
    work.push(flows.append(batchOf(`w-${n}`, some)));
    work.push(all(flows, { time: ALWAYS, where: [] }), Promise.resolve(flows.count({ time: ALWAYS, where: [] })));
    const uuids = some.map(({ UUID }) => UUID);
    work.push(archive.append(graphBatchOf(0, n)), Promise.resolve(flows.metrics(uuids, ALWAYS)));
    if (n % 10 === 0) work.push(flows.prune(0));
  }
  await Promise.all(work);
  expect(await flows.count({ time: ALWAYS, where: [] })).toBe(9_000);
  // More than the thread keeps the place of.
  const sort = { field: 'Last', isDescending: true };
  const found = await Promise.all(
    Array.from({ length: 40 }, (_, i) => all(flows, { time: ALWAYS, where: [], sort, skip: i * 10, limit: 700 })),
  );
  const newest = Array.from({ length: 9_000 }, (_, i) => T0 + 9_299 - i);
  for (const [i, some] of found.entries())
    expect(some.map(({ Last }) => Last)).toEqual(newest.slice(i * 10, i * 10 + 700));
});

function many(count: number): Flow[] {
  return Array.from({ length: count }, (_, n) => flowOf(n));
}
