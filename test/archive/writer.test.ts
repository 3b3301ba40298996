/** What stands between the graph and an archive that may be slow, away or broken. */
import type { ArchiveBatch } from '../../src/archive/archive.ts';
import { MemoryArchive } from '../../src/archive/memory/index.ts';
import { ArchiveWriter, type ArchiveWriterOptions } from '../../src/archive/writer.ts';
import type { Commit } from '../../src/graph/change.ts';
import { Graph } from '../../src/graph/graph.ts';
import { Unavailable } from '../../src/std/unavailable.ts';
import { fakeClock, quiet } from '../std/fake-clock.ts';

/** An archive whose answers the test gives. */
class Away {
  readonly batches: ArchiveBatch[] = [];
  readonly answers: { resolve: () => void; reject: (error: Error) => void }[] = [];

  append(batch: ArchiveBatch): Promise<void> {
    this.batches.push(batch);
    return new Promise((resolve, reject) => this.answers.push({ resolve, reject }));
  }

  async keep(): Promise<void> {
    this.answers.shift()?.resolve();
    await quiet();
  }

  async refuse(error: Error = new Unavailable('history', 'room')): Promise<void> {
    this.answers.shift()?.reject(error);
    await quiet();
  }

  get sizes(): number[] {
    return this.batches.map(({ events, samples }) => events.length + samples.length);
  }
}

function scene(options: Partial<ArchiveWriterOptions> = {}) {
  const archive = new Away();
  const clock = fakeClock(50_000);
  const writer = new ArchiveWriter({ archive, writerId: 'boot', clock, random: () => 0, ...options });
  const graph = new Graph();
  graph.subscribe((commit) => writer.push(commit));
  let n = 0;
  const source = () => ({ host: 'h', origin: 'o', time: clock.now() });
  const add = (count = 1) => {
    for (let i = 0; i < count; i++) graph.apply([{ kind: 'node', id: `n${++n}`, metadata: {} }], source());
  };
  const update = (id: string, count: number) => {
    for (let i = 0; i < count; i++) graph.apply([{ kind: 'set', id, set: { N: ++n } }], source());
  };
  return { archive, clock, writer, graph, add, update, source };
}

test('what happens within some milliseconds is one batch', async () => {
  const { archive, clock, add } = scene();
  add();
  await clock.pass(10);
  add(2);
  expect(archive.batches).toEqual([]);
  await clock.pass(10);
  expect(archive.batches.map(({ id, time }) => [id, time])).toEqual([['boot-1', 50_020]]);
  expect(archive.sizes).toEqual([3]);
});

test('enough for a batch does not wait, and one batch is on its way at a time', async () => {
  const { archive, add } = scene({ batchMax: 10 });
  add(35);
  await quiet();
  expect(archive.sizes).toEqual([10]);
  await archive.keep();
  await archive.keep();
  expect(archive.sizes).toEqual([10, 10, 10]);
});

test('flushed resolves when all that was pushed before is kept, whatever comes after', async () => {
  const { archive, writer, add } = scene({ batchMax: 2 });
  let isFlushed = false;
  add(3);
  const flushed = writer.flushed().then(() => {
    isFlushed = true;
  });
  add(2);
  await archive.keep();
  expect(isFlushed).toBe(false);
  await archive.keep();
  await flushed;
  expect(archive.sizes).toEqual([2, 2]);
});

test('nothing to write is flushed at once', async () => {
  await scene().writer.flushed();
});

test('a refused batch is sent again under the same name, later and later', async () => {
  const { archive, clock, writer, add } = scene();
  add();
  await clock.pass(20);
  const flushed = writer.flushed();
  await archive.refuse();
  await expect(flushed).rejects.toThrow('needs room');
  expect(writer.status()).toMatchObject({ queued: 1, failures: 1, lastError: 'history: needs room', written: 0 });
  expect(writer.status().notes).toEqual(['not written for now: history: needs room']);
  add();
  await clock.pass(49);
  expect(archive.batches).toHaveLength(1);
  await clock.pass(1);
  await archive.refuse();
  await clock.pass(99);
  expect(archive.batches).toHaveLength(2);
  await clock.pass(1);
  await archive.keep();
  await clock.pass(20);
  await archive.keep();
  expect(archive.batches.map(({ id }) => id)).toEqual(['boot-1', 'boot-1', 'boot-1', 'boot-2']);
  expect(writer.status()).toMatchObject({ queued: 0, written: 2, lastError: undefined, notes: [] });
  await writer.flushed();
});

test('while the archive is away flushed says so at once', async () => {
  const { archive, clock, writer, add } = scene();
  add();
  await clock.pass(20);
  await archive.refuse();
  await expect(writer.flushed()).rejects.toThrow('needs room');
});

test('a batch that cannot be written at all does not hold up the next, and is counted', async () => {
  const { archive, clock, writer, add } = scene();
  add(2);
  for (let tries = 0; tries < 3; tries++) {
    await clock.pass(10_000);
    await archive.refuse(new Error('a bug'));
  }
  add();
  await clock.pass(20);
  await archive.keep();
  expect(archive.batches.map(({ id }) => id)).toEqual(['boot-1', 'boot-1', 'boot-1', 'boot-2']);
  expect(writer.status()).toMatchObject({ written: 1, lost: { events: 2, samples: 0 } });
  expect(writer.status().notes).toEqual(['lost for lack of room or refused: 2 changes, 0 samples']);
});

test('when there is no more room, mere changes go first, and are counted', async () => {
  const { archive, writer, add, update } = scene({ batchMax: 10, eventsQueuedMax: 100 });
  add(10);
  expect(writer.isFull).toBe(false);
  update('n1', 60);
  expect(writer.isFull).toBe(true);
  add(41);
  expect(writer.status().lost).toEqual({ events: 11, samples: 0 });
  while (archive.answers.length > 0) await archive.keep();
  const added = archive.batches.flatMap(({ events }) => events).filter(({ kind }) => kind === 'added');
  expect(added).toHaveLength(51);
  expect(writer.status()).toMatchObject({ queued: 0, written: 100 });
  await writer.flushed();
});

test('of samples the oldest go', async () => {
  const { archive, clock, writer, graph, source, add } = scene({ samplesQueuedMax: 10 });
  add();
  for (let n = 0; n <= 11; n++) {
    await clock.pass(1);
    graph.apply([{ kind: 'counters', id: 'n1', series: 'Metric', total: { Rx: n } }], source());
  }
  expect(writer.status().lost).toEqual({ events: 0, samples: 2 });
  await clock.pass(20);
  expect(archive.batches[0]?.samples.map(({ last }) => last - 50_000)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test('a heartbeat is a batch that says nothing but the time', async () => {
  const { archive, clock, writer } = scene();
  writer.heartbeat();
  await clock.pass(20);
  expect(archive.batches).toEqual([{ id: 'boot-1', time: 50_020, events: [], samples: [] }]);
});

test('while more waits, a batch only vouches for its own time', async () => {
  const { archive, clock, add } = scene({ batchMax: 1 });
  add();
  await clock.pass(5);
  add();
  await clock.pass(5);
  add();
  await archive.keep();
  await clock.pass(7);
  await archive.keep();
  expect(archive.batches.map(({ time }) => time)).toEqual([50_000, 50_005, 50_017]);
});

test('stopping writes what waits', async () => {
  const { archive, writer, add } = scene();
  add(2);
  const stopped = writer.stop();
  await quiet();
  await archive.keep();
  await stopped;
  expect(archive.sizes).toEqual([2]);
  expect(writer.status()).toMatchObject({ written: 2, lost: { events: 0 } });
  await writer.stop();
});

test('stopping does not wait forever for an archive that is away, and counts what it leaves', async () => {
  const { clock, writer, add } = scene({ batchMax: 2 });
  add(5);
  const stopped = writer.stop();
  await clock.pass(5_000);
  await stopped;
  expect(writer.status().lost.events).toBe(5);
  expect(clock.waiting()).toBe(0);
});

test('a removal that was learned late is archived as learned late', async () => {
  const clock = fakeClock(50_000);
  const archive = new MemoryArchive();
  const writer = new ArchiveWriter({ archive, writerId: 'boot', clock });
  const graph = new Graph();
  graph.subscribe((commit: Commit) => writer.push(commit));
  graph.apply([{ kind: 'node', id: 'a', metadata: {} }], { host: 'h', origin: 'o', time: 1_000 });
  graph.apply([{ kind: 'gone', id: 'a' }], { host: 'h', origin: 'o', time: 2_000, recordedAt: 9_000 });
  await writer.flushed();
  expect((await archive.viewAt(3_000, { knownAt: 8_999 })).nodeCount).toBe(1);
  expect((await archive.viewAt(3_000, { knownAt: 9_000 })).nodeCount).toBe(0);
});
