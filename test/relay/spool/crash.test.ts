import fc from 'fast-check';
import { Graph } from '../../../src/graph/graph.ts';
import type { Facts } from '../../../src/relay/message.ts';
import type { Spool } from '../../../src/relay/spool/spool.ts';
import { decodeFacts } from '../../../src/relay/wire/facts.ts';
import { Crash, FakeDisk } from './fake-disk.ts';
import { start } from './teller.ts';

const bounds = ['its own bound', 'a full disk'];

test.each(bounds)(
  'a process that dies while room is made, by %s: all that append returned is there or told as lost, once',
  async (bound) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60_000 }), (crashAt) =>
        dying(bound, (disk) => {
          disk.crashAfterBytes = crashAt;
        }),
      ),
      { numRuns: 40 },
    );
  },
);

test.each(bounds)('full by %s: a process that dies between the note of a loss and the loss counts it once', (bound) =>
  dying(bound, (disk) => {
    disk.crashAtRemoval = '.spool';
  }),
);

test.each(bounds)('full by %s: a process that dies when it has two notes of losses keeps the newer', (bound) =>
  dying(bound, (disk) => {
    disk.crashAtRemoval = '.hole';
  }),
);

test('power that fails at any byte between write and sync: revisions do not go back, and a new name begins anew', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(8), fc.nat(8), fc.nat(4000), fc.boolean(), async (synced, more, kept, isLonger) => {
      const disk = new FakeDisk();
      const agent = await start(disk, { maxBytes: 64 << 10 });
      for (let i = 0; i < synced; i++) agent.tell('a', { pad: 'x'.repeat(200) });
      await agent.spool.sync();
      for (let i = 0; i < more; i++) agent.tell('a', { pad: 'x'.repeat(200) });
      const next = agent.spool.next;
      disk.restart('power', { kept, isLonger });
      const again = await start(disk, { maxBytes: 64 << 10 });
      expect(again.spool.id).not.toBe(agent.spool.id);
      expect(again.spool.needsWholeGraph).toBe(true);
      expect(again.spool.next).toBeLessThanOrEqual(next);
      const after = again.restored.get('a');
      if (synced > 0) expect(after?.revision).toBeGreaterThan(agent.elements.get('a')?.revision ?? 0);
      // What it tells now is behind what is left, and all of it is read.
      const seq = again.tell('a');
      const batches = again.spool.read(1, 1 << 20);
      expect(batches[0]?.after).toBe(0);
      expect(batches.at(-1)?.seq).toBe(seq);
      for (const { facts } of batches) expect(decodeFacts(facts).graph).toHaveLength(1);
    }),
    { numRuns: 60 },
  );
});

test('after a loss of power a version goes on far ahead: a mirror that saw later times takes it', async () => {
  const disk = new FakeDisk();
  const agent = await start(disk);
  agent.tell('a');
  await agent.spool.sync();
  for (let i = 0; i < 5; i++) agent.tell('a');
  const mirror = new Graph();
  const shown = () => [...mirror.now().nodes('a')][0];
  const teller = { origin: 'agent.h', host: 'h' };
  for (const { facts } of agent.spool.read(1, 1 << 20))
    mirror.mirror(decodeFacts(facts).graph, teller, { recordedAt: 2000 });
  const seen = shown();
  expect(seen?.revision).toBe(6);
  disk.restart('power');
  const again = await start(disk);
  const left = again.restored.get('a');
  expect(left?.updatedAt).toBeLessThan(seen?.updatedAt ?? 0);
  const { missing } = mirror.mirror(again.picture(), teller, { recordedAt: 3000, wholeAt: 3000 });
  expect(missing).toEqual([]);
  const taken = shown();
  expect(taken).toMatchObject({ revision: left?.revision, metadata: left?.metadata, createdAt: seen?.createdAt });
  // Valid time does not go back either.
  expect(taken?.updatedAt).toBe(seen?.updatedAt);
  // What follows is an update of it, told as such.
  again.tell('a', { Name: 'again' });
  const told = again.spool.read(1, 1 << 20).flatMap(({ facts }) => decodeFacts(facts).graph);
  expect(mirror.mirror(told.slice(-1), teller, { recordedAt: 4000 }).missing).toEqual([]);
  expect(shown()?.metadata).toMatchObject({ Name: 'again' });
});

/** From when the spool is full, until the process dies as it is told to. */
async function dying(bound: string, arm: (disk: FakeDisk) => void): Promise<void> {
  const disk = new FakeDisk();
  const most = 32 << 10;
  const maxBytes = bound === 'its own bound' ? most : most * 2;
  const agent = await start(disk, { maxBytes });
  if (bound !== 'its own bound') disk.roomBytes = most;
  let appended = 0;
  const tell = () => {
    const samples = [{ id: 'a', series: 's', start: appended, last: appended + 1, counters: { rx: appended } }];
    agent.tell('a', { pad: 'x'.repeat(250) }, { samples });
    if (disk.hasCrashed) throw new Crash();
    appended++;
  };
  while (agent.spool.status().lost.samples === 0) tell();
  arm(disk);
  try {
    for (;;) tell();
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
  disk.restart('process');
  const next = await start(disk, { maxBytes });
  expect(next.spool.status().damaged).toBe(0);
  expect([next.spool.id, next.restored.size]).toEqual([agent.spool.id, 1]);
  const there = totals(next.spool);
  expect([appended, appended + 1]).toContain(there.samples);
  expect(there.graph).toBe(there.samples);
  expect(next.spool.needsWholeGraph).toBe(there.lostGraph > 0);
}

/** There, or told as lost. */
function totals(spool: Spool): { samples: number; graph: number; lostGraph: number } {
  const all = spool.read(1, 1 << 30).map(({ facts }) => decodeFacts(facts));
  const lost = (what: Facts['lost'][number]['what']) =>
    all.flatMap((each) => each.lost.filter((one) => one.what === what)).reduce((sum, { count }) => sum + count, 0);
  const sum = (of: (facts: Facts) => number) => all.reduce((total, each) => total + of(each), 0);
  return {
    samples: sum(({ samples }) => samples.length) + lost('samples'),
    graph: sum(({ graph }) => graph.length) + lost('graph'),
    lostGraph: lost('graph'),
  };
}
