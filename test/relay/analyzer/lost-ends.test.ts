import { fakeClock } from '../../std/fake-clock.ts';
import { HELLO, nodeVersion, speaker } from '../said.ts';
import { anAnalyzer, ListArchive } from '../two-sides.ts';

const END = { kind: 'gone', of: 'node', id: 'a', createdAt: 500, revision: 1, deletedAt: 2_000 } as const;
const LOST = { what: 'graph', count: 1, from: 1_500, to: 2_500 } as const;

test('an end that was lost on the agent, and was heard as a mirror, is in the archive as of the next whole picture', async () => {
  const { clock, agent, archive } = await heardAsMirror();
  agent.batch(5, { lost: [LOST], time: 2_500 }, 1);
  agent.batch(6, { isWholeGraph: true, graph: [nodeVersion('b', 600)], time: 3_000 });
  await clock.pass(10);
  expect(archive.names()).toEqual(['a ended 3000', 'a@500#1', 'b@600#1', 'later@3500#1', 'other@500#1']);
  expect(archive.asked).toBe(1);
  agent.batch(7, { isWholeGraph: true, graph: [nodeVersion('b', 600)], time: 4_000 });
  await clock.pass(10);
  expect(archive.asked).toBe(1);
});

test('the picture that comes with the word of a loss is held against the archive, an end that it tells is as told', async () => {
  const { clock, agent, archive } = await heardAsMirror();
  agent.batch(5, { lost: [LOST], isWholeGraph: true, graph: [END, nodeVersion('b', 600)], time: 3_000 }, 1);
  await clock.pass(10);
  expect(archive.names()).toContain('a ended 2000');
  expect(archive.names()).not.toContain('a ended 3000');
});

test('where nothing of the graph was lost the archive is not asked for what it has open', async () => {
  const { clock, agent, archive } = await heardAsMirror();
  const lost = [{ ...LOST, what: 'flows' }] as const;
  agent.batch(2, { lost, isWholeGraph: true, graph: [END, nodeVersion('b', 600)], time: 3_000 });
  await clock.pass(10);
  expect(archive.names()).toContain('a ended 2000');
  expect(archive.asked).toBe(0);
});

class AskedArchive extends ListArchive {
  asked = 0;

  override open(origins: ReadonlySet<string>) {
    this.asked++;
    return super.open(origins);
  }
}

/** Its home kept that `a` was there and not that it ended, which only the one knows that mirrors it: now its home. */
async function heardAsMirror() {
  const clock = fakeClock();
  const archive = new AskedArchive();
  const events = ['a', 'b', 'later', 'other'].map((id) => {
    const { element } = nodeVersion(id, { a: 500, b: 600, later: 3_500 }[id] ?? 500);
    const origin = id === 'other' ? 'agent.h2' : 'agent.h1';
    return { revision: 1, kind: 'added', element: { ...element, origin }, before: undefined } as const;
  });
  await archive.append({ id: 'spool-1-1', time: 1_000, events, samples: [], isRelayed: true });
  const { agents } = anAnalyzer(clock, { archive });
  const mirrored = speaker(agents, clock);
  mirrored.say({ ...HELLO, role: 'mirror' });
  mirrored.batch(1, { isWholeGraph: true, graph: [nodeVersion('a', 500), nodeVersion('b', 600)], time: 1_500 });
  mirrored.batch(2, { graph: [END], time: 2_000 });
  await clock.pass(10);
  mirrored.cut();
  const agent = speaker(agents, clock);
  agent.say({ ...HELLO, next: 2 });
  agent.batch(1, { time: 1_000 });
  await clock.pass(10);
  return { clock, agent, archive };
}
