import { MemoryArchive } from '../../src/archive/memory/index.ts';
import { Graph } from '../../src/graph/graph.ts';
import { archiveContract } from './contract.ts';

archiveContract(async (now) => new MemoryArchive({ clock: { now: () => now, after: () => () => {} } }));

test('its size is bounded: the oldest that ended goes first, what is alive stays', async () => {
  const archive = new MemoryArchive({ versionsMax: 100, samplesMax: 50 });
  const graph = new Graph();
  for (let n = 1; n <= 500; n++) {
    const { time, events, samples } = graph.apply(
      [
        { kind: 'node', id: 'a', metadata: { N: n } },
        { kind: 'counters', id: 'a', series: 'Metric', total: { Rx: n } },
      ],
      { host: 'h', origin: 'o', time: n },
    );
    await archive.append({ id: `boot-${n}`, time, events, samples });
  }
  const { versions, samples, range } = await archive.health();
  expect(versions).toBeLessThanOrEqual(100);
  expect(versions).toBeGreaterThan(40);
  expect(samples).toBeLessThanOrEqual(50);
  const [first] = (await archive.viewAt(range?.from ?? 0)).nodes('a');
  expect(first?.metadata.N).toBe(range?.from);
  expect((await archive.open()).map(({ metadata }) => metadata.N)).toEqual([500]);
});
