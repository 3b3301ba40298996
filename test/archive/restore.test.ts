import type { Archive } from '../../src/archive/archive.ts';
import { MemoryArchive } from '../../src/archive/memory/index.ts';
import { restoringFirst } from '../../src/archive/restore.ts';
import { ArchiveWriter } from '../../src/archive/writer.ts';
import type { Change } from '../../src/graph/change.ts';
import { Graph } from '../../src/graph/graph.ts';
import { Unavailable } from '../../src/std/unavailable.ts';
import { fakeClock } from '../std/fake-clock.ts';

const T = 1_000_000;
const node = (id: string): Change => ({ kind: 'node', id, metadata: { Name: id } });
const edge = (parent: string, child: string): Change => ({
  kind: 'edge',
  id: `${parent}>${child}`,
  parent,
  child,
  metadata: { RelationType: 'x' },
});

/** What a run writes that finds the archive away, or there. */
function run(archive: Archive, begin: number) {
  const clock = fakeClock(begin);
  const graph = new Graph({ begin, firstRevision: begin * 1_000 });
  const late = restoringFirst(archive, graph, 'probe');
  let isAway = true;
  const writer = new ArchiveWriter({
    archive: {
      append: async (batch) => {
        if (isAway) throw new Unavailable('history', 'a server that can be reached');
        await late.append(batch);
      },
    },
    writerId: `run-${begin}`,
    clock,
    random: () => 0.5,
  });
  graph.subscribe((commit) => writer.push(commit));
  return {
    graph,
    say: (origin: string, time: number, ...changes: Change[]) => graph.apply(changes, { host: 'h', origin, time }),
    async comes() {
      isAway = false;
      await clock.pass(60_000);
      await writer.flushed();
    },
  };
}

const names = (elements: Iterable<{ readonly id: string }>) => [...elements].map(({ id }) => id).sort();

test('what an earlier run left is dealt with as soon as an archive is there that was away at the start', async () => {
  await using archive = new MemoryArchive();
  const before = run(archive, T);
  before.say('probe', T + 1, node('kept'), node('gone'));
  before.say('user', T + 2, node('note'), node('renamed'), edge('note', 'kept'), edge('note', 'gone'));
  await before.comes();

  const next = run(archive, T + 10_000);
  next.say('probe', T + 10_001, node('kept'));
  next.say('user', T + 10_002, node('renamed'));
  expect(names(next.graph.now().nodes())).toEqual(['kept', 'renamed']);
  await next.comes();
  expect(names(next.graph.now().nodes())).toEqual(['kept', 'note', 'renamed']);
  expect(names(next.graph.now().edges())).toEqual(['note>kept']);

  expect(names(await archive.open())).toEqual(['kept', 'note', 'note>kept', 'renamed']);
  // Nobody watched in between.
  expect(names((await archive.viewAt(T + 2)).nodes())).toEqual(['gone', 'kept', 'note', 'renamed']);
  expect(names((await archive.viewAt(T + 5_000)).nodes())).not.toContain('gone');
  expect(names((await archive.viewAt(T + 5_000)).nodes())).not.toContain('kept');
  expect((await archive.versions(['note'])).map(({ createdAt }) => createdAt)).toEqual([T + 2]);
});

test('an archive that goes away again while it is read is asked again', async () => {
  await using archive = new MemoryArchive();
  const before = run(archive, T);
  before.say('user', T + 1, node('note'));
  await before.comes();
  const open = archive.open.bind(archive);
  let asked = 0;
  archive.open = async () => {
    asked++;
    if (asked === 1) throw new Unavailable('history', 'a server that answers in time');
    return open();
  };
  const next = run(archive, T + 10_000);
  next.say('probe', T + 10_001, node('new'));
  await next.comes();
  expect(asked).toBe(2);
  expect(names(await archive.viewAt(T + 10_001).then((view) => view.nodes()))).toEqual(['new', 'note']);
});
