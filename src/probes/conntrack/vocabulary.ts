/** What connection tracking adds to the node of a namespace. */
import * as z from 'zod';
import { field, type NodeType, nodeType } from '../../model/vocabulary.ts';

export const KEY = 'Conntrack';
/** How many entries there are now, of which kind: levels. */
export const LEVELS = 'Conntrack';
/** What the kernel counts of its table: counters. */
export const STATS = 'ConntrackStats';

const conntrackFields = {
  [KEY]: field(
    z
      .strictObject({
        Max: z.int(),
        Zones: z.array(z.int()).optional(),
        HalfOpen: z.array(z.strictObject({ Destination: z.string(), AtLeast: z.int() })).optional(),
      })
      .optional(),
    {
      doc: 'Connection tracking, where it is in use: Max entries; Zones other than 0 that have entries; HalfOpen: destinations with many connections that were begun and not answered, with the power of two that they reach. How many entries there are is the series Conntrack, what the kernel counts of its table the series ConntrackStats.',
      example: { Max: 262144, Zones: [5], HalfOpen: [{ Destination: '10.0.0.80:443', AtLeast: 512 }] },
    },
  ),
};

export const adds: readonly NodeType[] = ['host', 'netns'].map((name) =>
  nodeType(name, 'How connections are tracked in the namespace.', conntrackFields),
);
