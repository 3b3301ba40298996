/**
 * Tunnels between two ends that are both in the graph, of one machine or of two. It reads nothing but the graph, so that
 * it finds them wherever the nodes of several machines come together.
 */
import * as z from 'zod';
import type { Change } from '../../graph/change.ts';
import type { GraphView } from '../../graph/view.ts';
import { systemClock } from '../../std/clock.ts';
import { pause } from '../../std/pause.ts';
import { Sketch } from '../picture.ts';
import { defineProbe } from '../probe.ts';
import { endsOf } from './ends.ts';
import { addressOwners, pairs } from './pairs.ts';

const options = z
  .object({ lookMs: z.int().min(10).default(1_000).describe('How often ends are looked for, in ms') })
  .prefault({});

/** Of an edge between two ends. */
const TYPE = 'tunnel';
/** So long after the start edges of an earlier run may still come back. */
const ADOPT_FOR_MS = 10_000;

export const tunnels = defineProbe({
  name: 'tunnels',
  doc: 'Tunnels whose two ends are both in the graph: an edge layer2 of Type tunnel between them.',
  reads: ['The graph, once a second: addresses, keys and types of the ends.'],
  counters: {
    refused: 'changes that the graph refused',
  },
  options,
  types: [],

  async run({ options: { lookMs }, graph, view, host, signal, ready, count }) {
    const origin = `agent.${host.name}`;
    const said = new Set<string>();
    const startedMs = Date.now();
    while (!signal.aborted) {
      const now = view();
      if (Date.now() - startedMs < ADOPT_FOR_MS) for (const id of left(now, origin)) said.add(id);
      const changes = difference(now, said);
      if (changes.length > 0) count('refused', graph.apply(changes).refused.length);
      ready();
      await pause(systemClock, lookMs, signal);
    }
  },
});

/** Edges that an earlier run has said. */
function* left(view: GraphView, ours: string): Iterable<string> {
  for (const { id, origin, metadata } of view.edges())
    if (origin === ours && metadata.Type === TYPE && metadata.RelationType === 'layer2') yield id;
}

/** What there is and is not said, and what is said and is not any more. */
function difference(view: GraphView, said: Set<string>): Change[] {
  const sketch = new Sketch();
  const ends = endsOf(view);
  for (const [one, other] of pairs(ends, addressOwners(ends, view)))
    sketch.link(one.id, other.id, 'layer2', { Type: TYPE }, TYPE);
  const changes: Change[] = [];
  for (const id of said) {
    if (sketch.edges.has(id)) continue;
    said.delete(id);
    for (const _edge of view.edges(id)) changes.push({ kind: 'gone', id, of: 'edge' });
  }
  for (const [id, edge] of sketch.edges) {
    said.add(id);
    // One that went with an end, which is there again, is said again.
    const [known] = view.edges(id);
    if (!known) changes.push({ kind: 'edge', id, ...edge });
  }
  return changes;
}
