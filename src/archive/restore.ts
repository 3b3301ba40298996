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
 * Of an archive that was away at the start: before the first word of this run comes to it, what an earlier run left there
 * is dealt with. What probes and rules told has begun anew, so its lives are closed; all others are in the graph from then
 * on.
 */
export function restoringFirst(
  archive: Archive,
  graph: Graph,
  ...ownOrigins: readonly string[]
): Pick<Archive, 'append'> {
  let restored: Promise<void> | undefined;
  return {
    async append(batch) {
      restored ??= restoreLate(archive, graph, ownOrigins);
      try {
        await restored;
      } catch (error) {
        restored = undefined;
        throw error;
      }
      await archive.append(batch);
    },
  };
}

async function restoreLate(archive: Archive, graph: Graph, ownOrigins: readonly string[]): Promise<void> {
  const [elements, range] = [await archive.open(), await archive.range()];
  if (!range) return;
  const own = elements.filter(({ origin }) => ownOrigins.includes(origin));
  await archive.closeLost(own, range.to);
  const now = graph.now();
  const isThere = ({ kind, id }: Element) =>
    !(kind === 'node' ? now.nodes(id) : now.edges(id))[Symbol.iterator]().next().done;
  graph.remember(elements.filter((element) => !ownOrigins.includes(element.origin) && !isThere(element)));
  graph.adopt(() => true);
  // Edges whose ends are not there.
  await archive.closeLost(graph.forgotten(), range.to);
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
