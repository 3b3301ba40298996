/** What a bundle holds is read once for all questions about one time, and anew when it could not be read. */
import type { Archive } from '../../src/archive/archive.ts';
import { MemoryArchive } from '../../src/archive/memory/index.ts';
import { bundleTimeline } from '../../src/bundle/views.ts';
import type { GraphView, Span } from '../../src/graph/view.ts';
import { fill } from '../archive/dump-contract.ts';
import { T0 } from '../archive/flows/made.ts';

const span = { from: T0, to: T0 + 10_000 };

test('one question that is several about the same time reads it once, and the next time is another', async () => {
  await using archive = new MemoryArchive();
  await fill(archive);
  const reads: Span[] = [];
  const between = (asked: Span) => {
    reads.push(asked);
    return archive.viewBetween(asked);
  };
  const timeline = await over(archive, between);
  const [first, second] = [
    { from: T0, to: T0 + 1_500 },
    { from: T0 + 1, to: T0 + 3_500 },
  ];
  const views = await Promise.all([first, first, second, first].map((asked) => timeline.between(asked)));
  expect(reads).toEqual([first, second]);
  expect(views.map((view) => Array.from(view.nodes('b')).length)).toEqual([1, 1, 1, 1]);
  expect(views[0]).toBe(views[3]);
  // Of the last ones alone.
  for (let n = 0; n < 3; n++) await timeline.between({ from: T0 + 10 + n, to: T0 + 20 + n });
  await timeline.between(first);
  expect(reads).toHaveLength(6);
});

test('what could not be read is read when it is asked again', async () => {
  await using archive = new MemoryArchive();
  await fill(archive);
  let failures = 1;
  const timeline = await over(archive, async (asked) => {
    if (failures-- > 0) throw new Error('away');
    return archive.viewBetween(asked);
  });
  await expect(timeline.between(span)).rejects.toThrow('away');
  expect((await timeline.between(span)).nodeCount).toBeGreaterThan(0);
});

async function over(archive: MemoryArchive, viewBetween: (asked: Span) => Promise<GraphView>) {
  const its = { viewBetween, viewAt: (time: number) => archive.viewAt(time) } as unknown as Archive;
  return bundleTimeline(its, await archive.viewAt(span.to), { span, gaps: [] });
}
