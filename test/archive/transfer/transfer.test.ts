import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Archive } from '../../../src/archive/archive.ts';
import type { Dumped } from '../../../src/archive/dump.ts';
import { dump } from '../../../src/archive/dump-all.ts';
import { openEmbeddedArchive } from '../../../src/archive/embedded/index.ts';
import { MemoryArchive } from '../../../src/archive/memory/index.ts';
import { exportArchive } from '../../../src/archive/transfer/export.ts';
import { openFileOut } from '../../../src/archive/transfer/file-out.ts';
import { importArchive } from '../../../src/archive/transfer/import.ts';
import { verifyArchive } from '../../../src/archive/transfer/verify.ts';
import { fill } from '../dump-contract.ts';

test('what is imported is what was exported: versions, samples, flows, points, packets, losses, sockets, gaps', async () => {
  await using source = new MemoryArchive();
  await fill(source, 1_200);
  // Somebody was not watching for a while.
  await source.append({
    id: 'later-1',
    time: ((await source.range()) as { to: number }).to + 60_000,
    events: [],
    samples: [],
  });
  await using target = await embedded();
  const { known } = await importArchive(target.archive, piecesOf(await exported(source)));
  expect(known).toBe(0);
  expect(await allOf(target.archive)).toEqual(await allOf(source));
  expect(await target.archive.gaps()).toEqual(await source.gaps());
  expect(await target.archive.range()).toEqual(await source.range());
  // And back.
  await using back = new MemoryArchive();
  await importArchive(back, piecesOf(await exported(target.archive)));
  expect(await allOf(back)).toEqual(await allOf(source));
});

test('importing twice doubles nothing, nor does another export of the same', async () => {
  await using source = new MemoryArchive();
  await fill(source, 50);
  await using target = await embedded();
  const once = await importArchive(target.archive, piecesOf(await exported(source, 'one')));
  const before = await target.archive.flows?.health();
  for (const id of ['one', 'two']) {
    const again = await importArchive(target.archive, piecesOf(await exported(source, id)));
    expect([again.items, again.known]).toEqual([once.items, once.items]);
  }
  expect(await allOf(target.archive)).toEqual(await allOf(source));
  expect(await target.archive.flows?.health()).toMatchObject({ flows: before?.flows, points: before?.points });
});

test('what has come on since the first export is all that the second one adds', async () => {
  await using source = new MemoryArchive();
  await fill(source);
  await using target = new MemoryArchive();
  await importArchive(target, piecesOf(await exported(source, 'one')));
  const [open] = await source.open();
  if (!open) throw new Error('nothing is alive');
  await source.closeLost([open], open.updatedAt + 60_000);
  await importArchive(target, piecesOf(await exported(source, 'two')));
  expect(await allOf(target)).toEqual(await allOf(source));
  // The older one does not open again what has ended since.
  await importArchive(target, piecesOf(await exported(source, 'one')));
  expect((await target.open()).map(({ id }) => id)).toEqual((await source.open()).map(({ id }) => id));
});

test('an export that was broken off goes on where it stopped', async () => {
  await using source = new MemoryArchive();
  await fill(source, 4_000);
  await using folder = temporary();
  const file = join(folder.path, 'past.jsonl.gz');
  const parts = { id: 'x', nowMs: 1, place: 'p' };
  for (let stops = 0; stops < 3; stops++) {
    await using into = await openFileOut(file, 'all');
    const stop = new AbortController();
    let pages = 0;
    const onPage = () => void (++pages === 2 && stop.abort());
    await expect(exportArchive(source, { ...parts, into, onPage, signal: stop.signal })).rejects.toThrow('aborted');
    expect(existsSync(file)).toBe(false);
  }
  // What was written after the last word about it is cut off again.
  writeFileSync(`${file}.part`, 'rubbish', { flag: 'a' });
  let told = 0;
  {
    await using into = await openFileOut(file, 'all');
    expect(into.begun?.pages).toBe(6);
    await exportArchive(source, { ...parts, into, onPage: () => void told++ });
    await into.finish();
  }
  const text = gunzipSync(readFileSync(file)).toString();
  const itemsOf = (all: string) => all.split('\n').filter((line) => line.startsWith('{"kind":'));
  const [found, whole] = [itemsOf(text), itemsOf(await textOf(await exported(source)))];
  expect(found.length).toBe(whole.length);
  expect(found.findIndex((line, i) => line !== whole[i])).toBe(-1);
  expect([existsSync(`${file}.part`), existsSync(`${file}.part.json`)]).toEqual([false, false]);
  await using target = new MemoryArchive();
  await importArchive(target, piecesOf([readFileSync(file)]));
  expect(await allOf(target)).toEqual(await allOf(source));
});

test('part of another export is begun anew', async () => {
  await using source = new MemoryArchive();
  await fill(source);
  await using folder = temporary();
  const file = join(folder.path, 'past.jsonl');
  {
    await using into = await openFileOut(file, 'the last hour');
    const stop = AbortSignal.abort();
    await expect(exportArchive(source, { id: 'x', nowMs: 1, place: 'p', into, signal: stop })).rejects.toThrow();
  }
  await using into = await openFileOut(file, 'all');
  expect(into.begun).toBeUndefined();
});

test('a file that is cut off or changed is told, and what came before is kept', async () => {
  await using source = new MemoryArchive();
  await fill(source, 2_500);
  const text = await textOf(await exported(source));
  const lines = text.split('\n');
  const read = async (changed: string) => {
    const target = new MemoryArchive();
    const done = importArchive(target, piecesOf([Buffer.from(changed)]));
    const failure = await done.then(
      () => undefined,
      (error: Error) => error.message,
    );
    return { failure, versions: (await target.health()).versions };
  };
  expect(await read(lines.slice(0, 1500).join('\n'))).toEqual({
    failure: 'this export ends after 1 pages, and before its end',
    versions: 1000,
  });
  expect(await read(text.replace('"c1500"', '"d1500"'))).toEqual({
    failure: 'page 2 of this export is not as it was written',
    versions: 1000,
  });
  expect((await read(lines.toSpliced(3, 1).join('\n'))).failure).toBe('page 1 of this export is not as it was written');
  expect((await read('')).failure).toBe('this is no export of an archive');
  expect((await read('{"a":1}\n')).failure).toBe('this is no export of an archive');
  expect((await read('hello\n')).failure).toBe('this is no export of an archive');
});

test('bytes that are no export are refused wherever they are cut', async () => {
  await using source = new MemoryArchive();
  await fill(source);
  const whole = Buffer.from(await textOf(await exported(source)));
  for (let size = 0; size < whole.length; size += 97)
    await expect(importArchive(new MemoryArchive(), piecesOf([whole.subarray(0, size)]))).rejects.toThrow(
      /this export|no export/,
    );
});

test('a sound archive has no problems', async () => {
  await using target = await embedded();
  await fill(target.archive, 100);
  const { problems, told, counts } = await verifyArchive(target.archive);
  expect({ problems, told }).toEqual({ problems: 0, told: [] });
  expect(counts).toEqual({ version: 104, sample: 1, flow: 102, loss: 2, socket: 102 });
});

test('versions that overlap, flows that do not add up and things that end before they begin are told', async () => {
  await using source = new MemoryArchive();
  await fill(source);
  const items = (await allOf(source)).map((item): Dumped => {
    if (item.kind === 'version' && item.element.id === 'a' && item.element.revision === 1)
      return { ...item, element: { ...item.element, validTo: item.element.updatedAt + 1500 } };
    if (item.kind === 'flow' && item.points.length === 2) return { ...item, points: [item.points[0] as never] };
    if (item.kind === 'socket' && item.socket.closedAt !== undefined)
      return { ...item, socket: { ...item.socket, closedAt: item.socket.openedAt - 1 } };
    return item;
  });
  const broken = brokenArchive(source, items);
  const { problems, told } = await verifyArchive(broken);
  expect(problems).toBe(4);
  expect(told).toEqual([
    expect.stringMatching(/^flow \w{16} of node-1 has ABPackets 3, but its points add up to 1$/),
    expect.stringMatching(/^flow \w{16} of node-1 has ABBytes 300, but its points add up to 100$/),
    expect.stringMatching(/^socket n\/2 closed \(\d+\) before it opened/),
    expect.stringMatching(/^node a, life since \d+, revision 2: begins \(\d+\) before revision 1 ends \(\d+\)$/),
  ]);
});

/** One whose store says other things than were written to it. */
function brokenArchive(archive: MemoryArchive, items: readonly Dumped[]): Archive {
  const graph = items.filter((item) => item.kind === 'version' || item.kind === 'sample');
  const points = new Map(items.flatMap((item) => (item.kind === 'flow' ? [[item.flow.UUID, [...item.points]]] : [])));
  const flows = Object.assign(Object.create(archive.flows), { metrics: async () => points });
  const found = items.flatMap((item) => (item.kind === 'socket' ? [item.socket] : []));
  const sockets = Object.assign(Object.create(archive.sockets), {
    find: async () => found,
    health: () => archive.sockets.health(),
  });
  for (const name of ['find', 'dumpLosses', 'rawPackets', 'health'] as const)
    flows[name] = archive.flows[name].bind(archive.flows);
  return Object.assign(Object.create(archive), {
    flows,
    sockets,
    health: () => archive.health(),
    dump: async function* () {
      yield { items: graph, next: '1' };
    },
  });
}

async function exported(archive: Archive, id = 'x'): Promise<Buffer[]> {
  const texts: Buffer[] = [];
  const write = async (text: string) => void texts.push(Buffer.from(text));
  await exportArchive(archive, { into: { begun: undefined, write }, id, nowMs: 1, place: 'p' });
  return texts;
}

async function textOf(pieces: readonly Buffer[]): Promise<string> {
  return Buffer.concat(pieces).toString();
}

async function* piecesOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

/** In an order of their own: each backend has its order. */
async function allOf(archive: Archive): Promise<Dumped[]> {
  const items: Dumped[] = [];
  for await (const page of dump(archive)) items.push(...page.items);
  return items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function temporary() {
  const path = mkdtempSync(join(tmpdir(), 'skein-transfer-'));
  return { path, [Symbol.asyncDispose]: async () => rmSync(path, { recursive: true }) };
}

async function embedded() {
  const folder = temporary();
  const archive = await openEmbeddedArchive({ directory: folder.path, maxAgeMs: 1e14 });
  return {
    archive,
    async [Symbol.asyncDispose]() {
      await archive[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
