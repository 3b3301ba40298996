import type { Archive } from '../../../src/archive/archive.ts';
import type { Dumped, DumpedOfGraph } from '../../../src/archive/dump.ts';
import { dump } from '../../../src/archive/dump-all.ts';
import { MemoryArchive } from '../../../src/archive/memory/index.ts';
import { exportArchive } from '../../../src/archive/transfer/export.ts';
import { importArchive } from '../../../src/archive/transfer/import.ts';
import { verifyArchive } from '../../../src/archive/transfer/verify.ts';
import { fill } from '../dump-contract.ts';
import { T0 } from '../flows/made.ts';
import { openOn } from './opened.ts';
import { esServer, stopServers } from './servers.ts';

const server = esServer('es8');
afterAll(stopServers);

test('there and back again is the same, and twice is once', async () => {
  await using source = new MemoryArchive();
  await fill(source);
  await using there = await openOn((await server).url);
  for (const known of [false, true]) {
    const imported = await importArchive(there, exported(source, known ? 'two' : 'one'));
    // An archive that keeps no sockets has none to know.
    const kept = imported.items - (there.sockets ? 0 : imported.end.counts.socket);
    expect(imported.known).toBe(known ? kept : 0);
  }
  expect(await verifyArchive(there)).toMatchObject({ problems: 0, told: [] });
  await using back = new MemoryArchive();
  await importArchive(back, exported(there, 'three'));
  const all = await allOf(source);
  expect(await allOf(back)).toEqual(there.sockets ? all : all.filter(({ kind }) => kind !== 'socket'));
});

async function* exported(archive: Archive, id: string): AsyncGenerator<Uint8Array> {
  const texts: Buffer[] = [];
  const write = async (text: string) => void texts.push(Buffer.from(text));
  await exportArchive(archive, { into: { begun: undefined, write }, id, nowMs: 1, place: 'p' });
  yield* texts;
}

async function allOf(archive: Archive): Promise<Dumped[]> {
  const items: Dumped[] = [];
  for await (const page of dump(archive)) items.push(...page.items);
  return items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

test('of a span it gives what was so in it, and the newest count before', async () => {
  await using archive = await openOn((await server).url);
  await fill(archive);
  const span = { from: T0 + 4_500, to: T0 + 9_000 };
  const items: DumpedOfGraph[] = [];
  for await (const page of archive.dump(undefined, span)) items.push(...page.items);
  expect(items.flatMap((item) => (item.kind === 'version' ? [item.element.id] : [])).sort()).toEqual(['a', 'b']);
  expect(items.flatMap((item) => (item.kind === 'sample' ? [item.sample] : []))).toEqual([
    { id: 'a', series: 'Metric', start: T0 + 1000, last: T0 + 4000, counters: { Rx: 8 }, total: { Rx: 9 } },
  ]);
  const early: DumpedOfGraph[] = [];
  for await (const page of archive.dump(undefined, { from: T0 + 2_500, to: T0 + 2_900 })) early.push(...page.items);
  expect(early.map((item) => (item.kind === 'version' ? item.element.id : item.sample.last - T0)).sort()).toEqual([
    4000,
    'a',
    'b',
  ]);
});
