/** A process of Skein as far as time is concerned, from its start to its end: graph, writer and timeline over an archive. */
import type { Archive } from '../../src/archive/archive.ts';
import { closeLost, restore } from '../../src/archive/restore.ts';
import { MergedTimeline } from '../../src/archive/timeline.ts';
import { ArchiveWriter } from '../../src/archive/writer.ts';
import type { Change } from '../../src/graph/change.ts';
import { Graph } from '../../src/graph/graph.ts';
import { fakeClock } from '../std/fake-clock.ts';

/** What comes from this host's probes. */
export const OWN = 'agent.h';

export type Process = Awaited<ReturnType<typeof begin>>;

export async function begin(archive: Archive, time: number) {
  const clock = fakeClock(time);
  const graph = new Graph({ begin: time, indexed: ['Name'] });
  const writer = new ArchiveWriter({ archive, writerId: `boot${time}`, clock });
  const timeline = new MergedTimeline({ graph, archive, flushed: () => writer.flushed(), nowMs: clock.now });
  const restored = await restore(archive, graph, OWN);
  graph.subscribe((commit) => writer.push(commit));
  // Somebody watches from now on, even when nothing happens.
  writer.heartbeat();
  await writer.flushed();
  await timeline.refresh();
  return {
    graph,
    writer,
    timeline,
    restored,
    clock,
    say: (time: number, changes: readonly Change[], origin = OWN) => graph.apply(changes, { host: 'h', origin, time }),
    settle: () => closeLost(archive, graph, restored),
    async end(time: number) {
      await clock.pass(time - clock.now());
      await writer.stop();
    },
  };
}
