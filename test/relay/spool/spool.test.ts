import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Facts } from '../../../src/relay/message.ts';
import { openFolder } from '../../../src/relay/spool/folder.ts';
import { LEAP } from '../../../src/relay/spool/found.ts';
import type { Spool } from '../../../src/relay/spool/spool.ts';
import { decodeFacts } from '../../../src/relay/wire/facts.ts';
import { emptyFacts, flowOf } from '../facts.ts';
import { Crash, FakeDisk } from './fake-disk.ts';
import { start } from './teller.ts';

test('what is appended is read in its order, and goes when it is acknowledged', async () => {
  const agent = await start(new FakeDisk());
  expect([agent.tell('a'), agent.tell('b'), agent.tell('a')]).toEqual([1, 2, 3]);
  expect(agent.spool.read(1, 1 << 20).map(({ seq, after }) => [seq, after])).toEqual([
    [1, 0],
    [2, 1],
    [3, 2],
  ]);
  expect(agent.spool.read(2, 1).map(({ seq }) => seq)).toEqual([2]);
  expect(revisions(agent.spool)).toEqual(['a1', 'b1', 'a2']);
  agent.spool.acknowledge(2);
  expect([agent.spool.first, agent.spool.next]).toEqual([3, 4]);
  agent.spool.acknowledge(99);
  expect([agent.spool.first, agent.spool.next]).toEqual([4, 4]);
});

test('after the end of the process the agent knows its elements as it told them, and goes on', async () => {
  const disk = new FakeDisk();
  const agent = await start(disk);
  for (const id of ['a', 'b', 'a', 'c', 'a']) agent.tell(id);
  agent.gone('b');
  disk.restart('process');
  const next = await start(disk);
  expect(next.restored).toEqual(agent.elements);
  expect([next.spool.id, next.spool.next, next.spool.needsWholeGraph]).toEqual([agent.spool.id, 7, false]);
  next.tell('a');
  disk.restart('process');
  const third = await start(disk);
  expect(third.restored).toEqual(next.elements);
  expect(third.spool.read(1, 1 << 20)).toHaveLength(7);
});

test('whenever the process dies, what append returned is there, and no more than one batch beyond it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 9000 }), async (crashAt) => {
      const disk = new FakeDisk();
      const agent = await start(disk, { maxBytes: 64 << 10 });
      disk.crashAfterBytes = crashAt;
      const states = [new Map(agent.elements)];
      let appended = 0;
      try {
        for (let i = 0; i < 40; i++) {
          agent.tell(`n${i % 5}`, { pad: 'x'.repeat(200) });
          // A process that is gone does not return.
          if (disk.hasCrashed) throw new Crash();
          appended = i + 1;
          states.push(new Map(agent.elements));
          if (i % 7 === 0) agent.spool.acknowledge(i - 3);
        }
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        states.push(new Map(agent.elements));
      }
      disk.restart('process');
      const next = await start(disk);
      expect([appended, appended + 1]).toContain(next.spool.next - 1);
      expect(next.restored).toEqual(states[next.spool.next - 1]);
      if (appended > 0) expect([next.spool.id, next.spool.needsWholeGraph]).toEqual([agent.spool.id, false]);
      expect(next.spool.status().damaged).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('after a loss of power revisions do not go back: the spool has a new name and the graph is told anew', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(30), fc.nat(30), async (synced, more) => {
      const disk = new FakeDisk();
      const agent = await start(disk, { maxBytes: 64 << 10 });
      for (let i = 0; i < synced; i++) agent.tell('a', { pad: 'x'.repeat(200) });
      await agent.spool.sync();
      for (let i = 0; i < more; i++) agent.tell('a', { pad: 'x'.repeat(200) });
      disk.restart('power');
      const next = await start(disk);
      expect(next.spool.id).not.toBe(agent.spool.id);
      expect(next.spool.needsWholeGraph).toBe(true);
      const before = agent.elements.get('a');
      const after = next.restored.get('a');
      if (synced > 0) expect(after?.revision).toBeGreaterThan(before?.revision ?? 0);
      expect(next.spool.read(1, 1 << 20)[0]?.after ?? 0).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test('after two losses of power in a row no name of a version is given twice', async () => {
  const disk = new FakeDisk();
  const first = await start(disk);
  first.tell('a');
  await first.spool.sync();
  disk.restart('power');
  const second = await start(disk);
  second.tell('a');
  const told = second.elements.get('a')?.revision ?? 0;
  disk.restart('power');
  const third = await start(disk);
  third.tell('a');
  expect(third.elements.get('a')?.revision).toBeGreaterThan(told);
});

test('a close in order is no loss of power, whenever the machine starts again', async () => {
  const disk = new FakeDisk();
  const agent = await start(disk);
  agent.tell('a');
  await agent.spool.close();
  disk.restart('power');
  const next = await start(disk);
  expect(next.restored).toEqual(agent.elements);
  expect(next.spool.id).toBe(agent.spool.id);
});

test.each(['its own bound', 'a full disk', 'a disk that never had room for the reserve'])(
  'full by %s: what goes goes in its order, and is told as lost exactly once',
  async (why) => {
    const disk = new FakeDisk();
    const most = 100 << 10;
    const maxBytes = why === 'its own bound' ? most : why === 'a full disk' ? most * 2 : undefined;
    const agent = await start(disk, maxBytes ? { maxBytes } : {});
    if (why !== 'its own bound') disk.roomBytes = most;
    const told = { samples: 0, flows: 0, graph: 0 };
    const seen = () => {
      const all = agent.spool.read(1, 1 << 30).map(({ facts }) => decodeFacts(facts));
      const lost = { samples: 0, flows: 0, graph: 0, rawPackets: 0, sockets: 0 };
      for (const each of all) for (const { what, count } of each.lost) lost[what] += count;
      const sum = (of: (facts: Facts) => number) => all.reduce((total, each) => total + of(each), 0);
      return {
        lost,
        samples: sum(({ samples }) => samples.length),
        ended: sum(({ flows }) => flows.filter(({ FinishType }) => FinishType).length),
        flows: sum(({ flows }) => flows.length),
        graph: sum(({ graph }) => graph.length),
      };
    };
    const order: string[] = [];
    for (let i = 0; i < 1500 && !order.includes('graph'); i++) {
      const flows = [flowOf(`l${i}`), flowOf(`e${i}`, { FinishType: 2 })];
      const samples = [{ id: 'a', series: 's', start: i, last: i + 1, counters: { rx: i } }];
      agent.tell('a', { pad: 'x'.repeat(300) }, { flows, samples });
      told.samples++;
      told.flows += 2;
      told.graph++;
      const { lost } = agent.spool.status();
      const now =
        lost.graph > 0 ? 'graph' : lost.flows > lost.samples ? 'flows' : lost.samples > 0 ? 'samples' : undefined;
      if (now && order.at(-1) !== now) order.push(now);
    }
    // A thinner copy needs room beside: where a full disk has none, whole segments go.
    expect(order).toEqual(why.includes('never') ? ['graph'] : ['samples', 'flows', 'graph']);
    expect(agent.spool.status().reserveBytes).toBe(maxBytes ? maxBytes / 32 : 0);
    agent.tell('a');
    told.graph++;
    const there = seen();
    // Whatever is not there is told as lost, exactly once.
    expect({
      samples: there.samples + there.lost.samples,
      flows: there.flows + there.lost.flows,
      graph: there.graph + there.lost.graph,
    }).toEqual(told);
    expect(agent.spool.needsWholeGraph).toBe(true);
    expect([...disk.files.values()].reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(most);
    agent.spool.append({ ...emptyFacts(9_999), isWholeGraph: true, isAllSockets: true, graph: agent.picture() });
    expect(agent.spool.needsWholeGraph).toBe(false);
  },
);

test('a disk that takes nothing at all does not stop the agent; what it could not keep is told when it can', async () => {
  const disk = new FakeDisk();
  disk.roomBytes = 0;
  const agent = await start(disk);
  expect([agent.tell('a'), agent.tell('a')]).toEqual([1, 2]);
  expect(agent.spool.status()).toMatchObject({ fault: 'ENOSPC', lost: { graph: 2 }, bytes: 0 });
  expect(agent.spool.needsWholeGraph).toBe(true);
  disk.roomBytes = 1 << 20;
  agent.tell('a');
  const [batch] = agent.spool.read(1, 1 << 20);
  expect(batch).toMatchObject({ seq: 3, after: 0 });
  expect(decodeFacts(batch?.facts as Uint8Array).lost).toMatchObject([{ what: 'graph', count: 2 }]);
  expect(agent.spool.status().fault).toBeUndefined();
});

test('a sync that fails is counted, and what follows goes into another file with a picture of its own', async () => {
  const disk = new FakeDisk();
  const agent = await start(disk);
  agent.tell('a');
  disk.failsToSync = true;
  await agent.clock.pass(1000);
  expect(agent.spool.status()).toMatchObject({ syncFailures: 1, fault: 'EIO' });
  disk.failsToSync = false;
  agent.tell('a');
  expect(agent.spool.status().segments).toBe(2);
});

test('a damaged batch is passed by, counted and said; the graph is told anew', async () => {
  const disk = new FakeDisk();
  const agent = await start(disk);
  for (const id of ['a', 'b', 'c']) agent.tell(id);
  const [name, bytes] = [...disk.files].find(([file]) => file.endsWith('.spool')) as [string, Buffer];
  const at = bytes.lastIndexOf('host-of-b');
  bytes.writeUInt8(0x21, at);
  expect(agent.spool.read(1, 1 << 20).map(({ seq, after }) => [seq, after])).toEqual([
    [1, 0],
    [3, 1],
  ]);
  expect(agent.spool.status()).toMatchObject({ damaged: 1 });
  expect(agent.spool.needsWholeGraph).toBe(true);
  expect(agent.said.join('\n')).toContain(name);
  // Read again it is the same damage; and it is there for who wants to look.
  agent.spool.read(1, 1 << 20);
  expect(agent.spool.status()).toMatchObject({ damaged: 1, lost: { graph: 1 } });
  expect(disk.files.get(`${name}-2.damaged`)?.includes('!ost-of-b')).toBe(true);
  disk.restart('process');
  const next = await start(disk);
  expect(next.spool.id).not.toBe(agent.spool.id);
  expect(next.restored.get('a')?.revision).toBe(1 + LEAP);
  expect(next.spool.next).toBeGreaterThan(1);
});

test('one process at a time, and nobody else may read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skein-spool-'));
  try {
    const agent = await start(openFolder(join(folder, 'spool')));
    agent.tell('a');
    await expect(start(openFolder(join(folder, 'spool')))).rejects.toThrow(`another agent (process ${process.pid})`);
    expect(statSync(join(folder, 'spool')).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(join(folder, 'spool')))
      expect(statSync(join(folder, 'spool', file)).mode & 0o077).toBe(0);
    await agent.spool.close();
    const next = await start(openFolder(join(folder, 'spool')));
    expect(next.restored).toEqual(agent.elements);
    await next.spool.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what append returned survives kill -9', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skein-spool-'));
  try {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'appending.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    let text = '';
    for await (const chunk of child.stdout) {
      text += chunk;
      if (text.length > 2000) break;
    }
    child.kill('SIGKILL');
    child.stdout.on('data', (chunk) => (text += chunk));
    await once(child, 'close');
    const said = Number(text.slice(0, text.lastIndexOf('\n')).split('\n').at(-1));
    const next = await start(openFolder(folder));
    expect(said).toBeGreaterThan(100);
    expect(next.spool.next - 1).toBeGreaterThanOrEqual(said);
    expect(next.restored.get('a')?.revision).toBe(next.spool.next - 1);
    expect(next.spool.needsWholeGraph).toBe(false);
    await next.spool.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 20_000);

function revisions(spool: Spool): string[] {
  return spool
    .read(1, 1 << 20)
    .flatMap(({ facts }) => decodeFacts(facts).graph)
    .map((told) =>
      told.kind === 'version' ? `${told.element.id}${told.element.revision}` : `${told.id}${told.revision}`,
    );
}
