/** Peering: two nodes that are ends of one wire, though neither side can see the other. */
import * as z from 'zod';
import { defineProbe } from '../probe.ts';
import { keepTied } from '../ties.ts';
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

  async run(context) {
    await keepTied({
      context,
      type: 'peering',
      lookMs: LOOK_MS,
      find(view) {
        const { pairs, unclear } = findPairs(view);
        context.notice(unclear.length > 0 ? told(unclear) : undefined, 'quietly');
        return pairs.map(({ a, b, by }) => ({ parent: a.id, child: b.id, more: { By: by } }));
      },
    });
  },
});

function told(unclear: readonly string[]): string {
  const more = unclear.length > TOLD_MAX ? [`and ${unclear.length - TOLD_MAX} more`] : [];
  return `not linked, as it is not clear which are meant: ${[...unclear.slice(0, TOLD_MAX), ...more].join('; ')}`;
}
