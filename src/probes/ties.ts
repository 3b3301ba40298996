/** Ties nodes of others to each other, by nothing but what the graph says of them. */
import type { Metadata } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { bell } from '../std/bell.ts';
import { keepLooking, sparingly } from './looks.ts';
import { Sketch } from './picture.ts';
import type { ProbeContext } from './probe.ts';
import { Speaker } from './speaker.ts';
import { youth } from './youth.ts';

export interface TiesParts {
  readonly context: Pick<ProbeContext<unknown>, 'graph' | 'view' | 'host' | 'signal' | 'ready' | 'count'>;
  /** Of edges between two ends; none but these ties have it. */
  readonly type: string;
  readonly lookMs: number;
  /** All pairs that there are now, and what else is to be said of their edges. */
  readonly find: (view: GraphView) => Iterable<Tie>;
}

export interface Tie {
  /** Ids of nodes. */
  readonly parent: string;
  readonly child: string;
  readonly more?: Metadata;
}

/** Until the signal aborts. */
export async function keepTied({ context, type, lookMs, find }: TiesParts): Promise<void> {
  const { graph, view, host, signal, ready, count } = context;
  const speaker = new Speaker({
    ...{ graph, host, owned: new Set(), added: [] },
    isOwn: () => false,
    isOwnEdge: ({ metadata }) => metadata.Type === type && metadata.RelationType === 'layer2',
  });
  const isYoung = youth();
  const look = bell();
  look.ring();
  await keepLooking(
    look,
    signal,
    sparingly(() => {
      const now = view();
      if (isYoung()) speaker.adopt(now);
      const sketch = new Sketch();
      for (const { parent, child, more } of find(now))
        sketch.link(parent, child, 'layer2', { Type: type, ...more }, type);
      count('refused', speaker.say(sketch, now));
      ready();
      return lookMs;
    }),
  );
}
