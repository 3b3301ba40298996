/** `POST /api/why`: which changes of the graph broke a conversation, ranked, with the reasons. */
import * as z from 'zod';
import { schemaVersion } from './element.ts';

const endText = z
  .string()
  .min(1)
  .max(64 * 1024);

const moment = z.union([z.string().max(64), z.number()]);

export const whyRequestShape = z
  .strictObject({
    from: endText.optional().meta({ description: 'Where it begins, as for /api/path.', example: 'blue/eth0' }),
    to: endText.optional().meta({ description: 'Where it is to go, as for /api/path.', example: '10.0.0.2' }),
    tracking: z
      .string()
      .max(128)
      .optional()
      .meta({ description: 'TrackingID of a conversation that stopped, instead of its ends.' }),
    fromAddress: z.string().max(64).optional(),
    protocol: z.enum(['icmp', 'tcp', 'udp']).optional().meta({ description: 'icmp when left out.' }),
    port: z.int().min(0).max(65_535).optional().meta({ description: 'Destination port of tcp and udp.' }),
    sourcePort: z.int().min(0).max(65_535).optional(),
    good: moment.optional().meta({
      description: 'A moment at which it is known to have worked; looked for by the model when left out.',
      example: '-5m',
    }),
    at: moment.optional().meta({ description: 'A moment at which it fails; now when left out.' }),
    since: moment.optional().meta({
      description:
        'How far back a good moment is looked for; an hour when left out, and more where it fails and has failed in all of it.',
    }),
    limit: z.int().min(1).max(100).optional().meta({ description: 'Culprits in the answer; 10 when left out.' }),
  })
  .refine(({ from, to, tracking }) => (tracking === undefined ? from !== undefined && to !== undefined : true), {
    message: 'say from and to, or tracking',
  })
  .meta({ id: 'WhyRequest' });

export type WhyRequest = z.infer<typeof whyRequestShape>;

const verdictShape = z
  .object({
    time: z.number(),
    reaches: z.enum(['yes', 'no', 'unknown']),
    code: z.string().optional(),
    reason: z.string().optional(),
    at: z.string().optional().meta({ description: 'Name of the node where it stops.' }),
    mtu: z.number().optional(),
  })
  .meta({ id: 'WhyVerdict' });

const culpritShape = z
  .object({
    rank: z.int(),
    score: z.number().meta({ description: '0 to 100: the sum of the points of its reasons.' }),
    text: z.string().meta({ description: 'What changed.', example: 'address 10.0.2.1/24 was removed from eth0 in r1' }),
    kind: z.string().meta({ example: 'address.removed' }),
    time: z.number().meta({ description: 'Epoch ms.' }),
    element: z.object({
      id: z.string(),
      kind: z.enum(['node', 'edge']),
      type: z.string(),
      name: z.string(),
      host: z.string(),
      namespace: z.string().optional(),
    }),
    key: z.string().optional().meta({ description: 'Key of the metadata that changed.' }),
    from: z.unknown().optional(),
    to: z.unknown().optional(),
    reasons: z.array(
      z.object({ of: z.enum(['model', 'place', 'time', 'kind']), points: z.number(), text: z.string() }),
    ),
    consequences: z.array(z.string()).meta({ description: 'What changed with it, oldest first.' }),
  })
  .meta({ id: 'WhyCulprit' });

const span = z.object({ from: z.number(), to: z.number() });

export const whyReplyShape = z
  .object({
    schema: z.literal(schemaVersion),
    kind: z.literal('why'),
    from: z.string(),
    to: z.string(),
    window: span.meta({ description: 'From the last good moment to the first failure. Epoch ms.' }),
    goodBy: z.enum(['given', 'model', 'earliest']).meta({ description: 'How its beginning was found.' }),
    before: verdictShape,
    after: verdictShape,
    culprits: z
      .array(culpritShape)
      .meta({ description: 'The likeliest first; none: nothing in the graph explains it.' }),
    looked: z.object({ elements: z.int(), changes: z.int() }),
    unwatched: z.array(span).meta({ description: 'Times in the window in which nobody was watching.' }),
    notes: z.array(z.string()),
    tookMs: z.number(),
  })
  .meta({ id: 'WhyReply' });

export type WhyReply = z.infer<typeof whyReplyShape>;
export type WhyCulprit = z.infer<typeof culpritShape>;
