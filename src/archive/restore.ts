/** What an earlier run knew: it waits for the probes to speak of it again, and what they don't is closed. */
import type { Graph } from '../graph/graph.ts';
import type { Element } from '../graph/view.ts';
import { Unavailable } from '../std/unavailable.ts';
import type { Archive } from './archive.ts';

export interface Restored {
  /** Last sign of life of the run before; undefined when there was none. */
  readonly lastKnown: number | undefined;
  readonly elements: number;
}

/**
 * Hands the archive's open elements to the graph. Those of `ownOrigins` wait for this host's probes and rules; all others
 * (what users and publishers made) are in the graph at once, an edge with its ends: nobody will speak of them again.
 */
export async function restore(archive: Archive, graph: Graph, ...ownOrigins: readonly string[]): Promise<Restored> {
  const [elements, range] = [await archive.open(), await archive.range()];
  graph.remember(elements);
  graph.adopt(({ origin }) => !ownOrigins.includes(origin));
  return { lastKnown: range?.to, elements: elements.length };
}

/**
 * Ends, at the last moment they were known, the elements that did not come back. Gives them. While the archive is away,
 * `again` is asked whether to go on trying, and takes its time.
 */
export async function closeLost(
  archive: Archive,
  graph: Graph,
  { lastKnown }: Restored,
  again: () => Promise<boolean> = async () => false,
): Promise<Element[]> {
  const lost = graph.forgotten();
  if (lost.length === 0 || lastKnown === undefined) return lost;
  const names = lost.map(({ kind, id }) => ({ kind, id }));
  for (;;) {
    try {
      await archive.closeLost(names, lastKnown);
      return lost;
    } catch (error) {
      if (!(error instanceof Unavailable) || !(await again())) throw error;
    }
  }
}
