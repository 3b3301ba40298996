/** Peering: two nodes that are ends of one wire, though neither side can see the other. */
import * as z from 'zod';
import { bell } from '../../std/bell.ts';
import { pausedFor } from '../cost.ts';
import { Sketch } from '../picture.ts';
import { defineProbe } from '../probe.ts';
import { Speaker } from '../speaker.ts';
import { findPairs } from './ends.ts';

const LOOK_MS = 1_000;
const TOLD_MAX = 5;

export const peering = defineProbe({
  name: 'peering',
  doc: 'Links between nodes that belong together: by the MAC that one says its peer has, and by addresses in a network for two.',
  reads: ['The graph, once a second.'],
  counters: {
    refused: 'changes that the graph refused',
  },
  options: z.object({}).prefault({}),
  types: [],

  async run({ graph, view, host, signal, ready, notice, count }) {
    // It has no nodes; its edges go with its pictures.
    const speaker = new Speaker({ graph, host, owned: new Set(), added: [], isOwn: () => false });
    const look = bell();
    let wake: NodeJS.Timeout | undefined;
    takeOver();
    look.ring();
    while (await look.rung(signal)) {
      const begunMs = performance.now();
      const now = view();
      const { pairs, unclear } = findPairs(now);
      const sketch = new Sketch();
      for (const { a, b, by } of pairs) sketch.link(a.id, b.id, 'layer2', { Type: 'peering', By: by }, 'peering');
      count('refused', speaker.say(sketch, now));
      const more = unclear.length > TOLD_MAX ? [`and ${unclear.length - TOLD_MAX} more`] : [];
      const told = [...unclear.slice(0, TOLD_MAX), ...more].join('; ');
      notice(unclear.length > 0 ? `not linked, as it is not clear which are meant: ${told}` : undefined, 'quietly');
      ready();
      wake = setTimeout(look.ring, pausedFor(performance.now() - begunMs, LOOK_MS)).unref();
    }
    clearTimeout(wake);

    /** What this probe said before it was started again. */
    function takeOver(): void {
      const { pairs } = findPairs(view());
      const still = new Set(pairs.map(({ a, b }) => `${a.id} ${b.id}`));
      const old = [...view().edges()].filter(
        ({ origin, metadata, parent, child }) =>
          origin === `agent.${host.name}` && metadata.Type === 'peering' && !still.has(`${parent} ${child}`),
      );
      if (old.length > 0) graph.apply(old.map(({ id }) => ({ kind: 'gone', id, of: 'edge' }) as const));
    }
  },
});
