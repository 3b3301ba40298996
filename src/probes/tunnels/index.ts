/**
 * Tunnels between two ends that are both in the graph, of one machine or of two. It reads nothing but the graph, so that
 * it finds them wherever the nodes of several machines come together.
 */
import * as z from 'zod';
import { defineProbe } from '../probe.ts';
import { keepTied } from '../ties.ts';
import { endsOf } from './ends.ts';
import { addressOwners, pairs } from './pairs.ts';

const options = z
  .object({ lookMs: z.int().min(10).default(1_000).describe('How often ends are looked for, in ms') })
  .prefault({});

export const tunnels = defineProbe({
  name: 'tunnels',
  doc: 'Tunnels whose two ends are both in the graph: an edge layer2 of Type tunnel between them.',
  reads: ['The graph, once a second: addresses, keys and types of the ends.'],
  counters: {
    refused: 'changes that the graph refused',
  },
  options,
  types: [],

  async run(context) {
    await keepTied({
      context,
      type: 'tunnel',
      lookMs: context.options.lookMs,
      find(view) {
        const ends = endsOf(view);
        return pairs(ends, addressOwners(ends, view)).map(([{ id }, other]) => ({ parent: id, child: other.id }));
      },
    });
  },
});
