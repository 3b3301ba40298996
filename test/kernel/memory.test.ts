/** The whole product on a real kernel: what is seen, what was, and what happened while nobody was watching. */
import { execFileSync, spawn } from 'node:child_process';
import { inFolder, type Running, skeinUp } from '../e2e/running.ts';

const netns = `sk${process.pid}m`;
const veth = `sk${process.pid}v`;
const ip = (...words: string[]) => execFileSync('ip', words, { stdio: ['ignore', 'pipe', 'pipe'] });

afterEach(() => {
  for (const words of [
    ['netns', 'del', netns],
    ['link', 'del', veth],
  ])
    try {
      ip(...words);
    } catch {
      // Gone already.
    }
});

test('a pair of veths across namespaces is seen at once, and found in the past when it is gone', () =>
  inFolder(async (data) => {
    const skein = await skeinUp(data);
    ip('netns', 'add', netns);
    ip('link', 'add', veth, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', netns);
    const inside = `V().Has('Name','${netns}','Type','netns').Out('Name','eth0')`;
    await until(skein, `G.${inside}.Both('Name','${veth}').Count()`, 1);
    const then = Date.now();
    ip('netns', 'del', netns);
    await until(skein, `G.${inside}.Count()`, 0);
    await until(skein, `G.V().Has('Name','${veth}').Count()`, 0);
    expect(await skein.query(`G.At(${then}).${inside}.Both('Name','${veth}').Count()`)).toBe(1);
    expect(await skein.query(`G.Diff(${then},NOW)`)).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'removed' })]),
    );
    await skein.end();
  }));

test('a restart is no change of the network', () =>
  inFolder(async (data) => {
    ip('netns', 'add', netns);
    ip('link', 'add', veth, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', netns);
    const ours = `V().Has('Name',Within('${netns}','${veth}')).Both().Dedup()`;
    const before = await skeinUp(data);
    await until(before, `G.V().Has('Name','${netns}').Out('Name','eth0').Both('Name','${veth}').Count()`, 1);
    const seen = (await before.query(`G.${ours}`)) as { ID: string }[];
    const then = Date.now();
    await before.end();
    const after = await skeinUp(data);
    while (!after.said().includes('elements of an earlier run'))
      await new Promise((resolve) => setTimeout(resolve, 20));
    const ids = new Set(seen.map(({ ID }) => ID));
    const changes = (await after.query(`G.Diff(${then},NOW)`)) as { kind: string; before?: { ID: string } }[];
    // Others may work on this machine too; what they did is not asked about.
    expect(changes.filter(({ kind, before: was }) => kind !== 'changed' && ids.has(was?.ID ?? ''))).toEqual([]);
    const again = (await after.query(`G.${ours}`)) as { ID: string }[];
    expect(again.map(({ ID }) => ID).sort()).toEqual([...ids].sort());
    await after.end();
  }));

test('what went while nobody was watching is closed at the last moment it was known', () =>
  inFolder(async (data) => {
    // Whoever listens on this machine is not what is asked about.
    const quiet = ['--probes-enabled', 'host,netns,netlink'];
    const before = await skeinUp(data, ...quiet);
    ip('netns', 'add', netns);
    await until(before, `G.V().Has('Name','${netns}').Count()`, 1);
    const host = await before.query("G.V().Has('Type','host')");
    const known = Date.now();
    // A sign of life is written with whatever happens next.
    expect((await before.post('/api/node', { ID: 'n', Metadata: { Type: 't', Name: 'n' } })).status).toBe(201);
    expect(await before.end('SIGKILL')).toBe('SIGKILL');
    const end = Date.now();
    ip('netns', 'del', netns);

    const after = await skeinUp(data, ...quiet);
    expect(await after.query(`G.V().Has('Name','${netns}').Count()`)).toBe(0);
    expect(await after.query("G.V().Has('Type','host')")).toEqual(host);
    const told = new RegExp(`gone since then: \\d+ \\(.*${netns}`);
    while (!told.test(after.said())) await new Promise((resolve) => setTimeout(resolve, 20));
    await until(after, `G.At(${known}).V().Has('Name','${netns}').Count()`, 1);
    const [gone] = (await after.query(`G.At(${known}).V().Has('Name','${netns}')`)) as { DeletedAt: number }[];
    expect(gone?.DeletedAt).toBeGreaterThanOrEqual(known);
    expect(gone?.DeletedAt).toBeLessThanOrEqual(end);
    await after.end();
  }));

test('a namespace that nobody named is found through its process', () =>
  inFolder(async (data) => {
    const skein = await skeinUp(data);
    const sleeper = spawn('unshare', ['--net', 'sleep', '60'], { stdio: 'ignore' });
    try {
      const query = `G.V().Has('Type','netns','Path','/proc/${sleeper.pid}/ns/net').Out('Name','lo').Count()`;
      await until(skein, query, 1);
    } finally {
      sleeper.kill();
    }
    await until(skein, `G.V().Has('Path','/proc/${sleeper.pid}/ns/net').Count()`, 0);
    await skein.end();
  }));

/** Asks until the answer is as expected; the last answer is what the test shows when it never is. */
async function until(skein: Running, query: string, expected: unknown): Promise<void> {
  const end = Date.now() + 20_000;
  let answer = await skein.query(query);
  while (answer !== expected && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    answer = await skein.query(query);
  }
  expect({ query, answer }).toEqual({ query, answer: expected });
}
