import { Housekeeping } from '../../src/archive/housekeeping.ts';
import { MemoryArchive } from '../../src/archive/memory/index.ts';
import { MergedTimeline } from '../../src/archive/timeline.ts';
import { ArchiveWriter } from '../../src/archive/writer.ts';
import { Graph } from '../../src/graph/graph.ts';
import type { Clock } from '../../src/std/clock.ts';

const HOUR = 3_600_000;

function house(append?: () => Promise<void>) {
  let now = 10 * HOUR;
  const clock: Clock = { now: () => now, after: () => () => undefined };
  const archive = new MemoryArchive({ clock });
  const graph = new Graph({ begin: now });
  const writer = new ArchiveWriter({ archive: append ? { append } : archive, writerId: 'w', clock });
  graph.subscribe((commit) => writer.push(commit));
  const timeline = new MergedTimeline({ graph, archive, flushed: () => writer.flushed(), nowMs: () => now });
  const said: string[] = [];
  const log = { info: (line: string) => void said.push(line), warn: (line: string) => void said.push(line) };
  const parts = { graph, timeline, archive, writer, horizonMs: HOUR, versionsMax: 1e6, clock, log };
  const write = (n: number) =>
    graph.apply([{ kind: 'node', id: 'a', metadata: { n } }], { host: 'h', origin: 'o', time: now });
  return { keeping: new Housekeeping(parts), graph, archive, timeline, said, write, pass: (ms: number) => (now += ms) };
}

test('a sign of life is written even when nothing changes', async () => {
  const { keeping, archive, pass } = house();
  await keeping.keep();
  pass(5_000);
  await keeping.keep();
  expect(await archive.range()).toEqual({ from: 10 * HOUR, to: 10 * HOUR + 5_000 });
  expect(keeping.health?.state).toBe('ok');
});

test('what is older than the horizon is answered by the archive from then on', async () => {
  const { keeping, graph, timeline, write, pass } = house();
  for (let i = 0; i < 10_000; i++) {
    pass(1_000);
    write(i);
  }
  await keeping.keep();
  expect(graph.range().from).toBeGreaterThan(10 * HOUR);
  const [then] = (await timeline.at(10 * HOUR + 5_000)).nodes('a');
  expect(then?.metadata.n).toBe(4);
});

test('while the archive is away nothing is forgotten, and it is said once', async () => {
  const isAway = true;
  const { keeping, graph, said, write, pass } = house(async () => {
    if (isAway) throw new Error('the disk is full');
  });
  for (let i = 0; i < 10_000; i++) {
    pass(1_000);
    write(i);
  }
  await keeping.keep();
  await keeping.keep();
  expect(graph.range().from).toBe(10 * HOUR);
  expect(said).toEqual(['archive: the disk is full']);
});
