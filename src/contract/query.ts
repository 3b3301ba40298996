/** `POST /api/query`, our own door: the answer says what it is, what to beware of, and what is kept. */
import * as z from 'zod';
import { edgeShape, jsonShape, metadataShape, nodeShape, schemaVersion } from './element.ts';
import { faultShape } from './fault.ts';
import { flowShape, lossShape, packetShape, socketShape } from './flow.ts';

export const queryRequestShape = z
  .object({
    query: z.string().meta({ example: "G.At('-5m').V().Has('Type','veth')" }),
    explain: z.boolean().optional().meta({ description: 'Show the plan instead of running it.' }),
    profile: z.boolean().optional().meta({ description: 'Run it and show what each step cost.' }),
  })
  .meta({ id: 'QueryRequest' });

/** Increments over a span of time: counters by name, with `Start` and `Last` in epoch ms. Counters at 0 are left out. */
export const sampleShape = z
  .record(z.string(), z.number())
  .meta({ id: 'Sample', example: { RxBytes: 84, RxPackets: 2, Start: 1795255909583, Last: 1795255914583 } });

export const nextHopShape = z
  .object({
    Priority: z.number().optional(),
    IP: z.string().optional(),
    MAC: z.string().optional(),
    IfIndex: z.number().optional(),
  })
  .catchall(jsonShape)
  .meta({ id: 'NextHop' });

export const spanShape = z.object({ from: z.number(), to: z.number() }).meta({ id: 'Span', description: 'Epoch ms.' });

/** An element as it was once: a version, with the end of its validity and when we learned of it. */
const pastShape = {
  ValidTo: z.number().nullable().meta({ description: 'Until when this version was so; null while it still is.' }),
  RecordedAt: z.number().meta({ description: 'When we learned of it, by our own clock.' }),
};
export const pastElementShape = z
  .union([edgeShape.extend(pastShape), nodeShape.extend(pastShape)])
  .meta({ id: 'PastElement' });

export const differenceShape = z
  .object({
    kind: z.enum(['added', 'removed', 'changed']),
    before: z.union([edgeShape, nodeShape]).nullable(),
    after: z.union([edgeShape, nodeShape]).nullable(),
    keys: z.array(
      z.object({
        key: z.string(),
        before: jsonShape.optional().meta({ description: 'Absent when the key was not there.' }),
        after: jsonShape.optional(),
      }),
    ),
  })
  .meta({ id: 'Difference' });

export const warningShape = faultShape.meta({ id: 'Warning' });

const always = {
  schema: z.literal(schemaVersion),
  warnings: z.array(warningShape),
  /** What is kept: a time outside of it cannot be asked about. */
  range: spanShape,
  /** The time the answer is of: null is now. */
  time: spanShape.nullable(),
  /** Position of the change log when it was answered; `watch` can go on from here. */
  logRevision: z.int(),
  tookMs: z.number(),
  loss: z
    .array(lossShape)
    .optional()
    .meta({ description: 'Of an answer about flows: what it may lack. Absent when nothing was lost.' }),
};

export const queryReplyShape = z
  .discriminatedUnion('kind', [
    z.object({ ...always, kind: z.literal('graph'), nodes: z.array(nodeShape), edges: z.array(edgeShape) }),
    z.object({ ...always, kind: z.literal('nodes'), nodes: z.array(nodeShape) }),
    z.object({ ...always, kind: z.literal('edges'), edges: z.array(edgeShape) }),
    z.object({ ...always, kind: z.literal('paths'), paths: z.array(z.array(nodeShape)) }),
    z.object({ ...always, kind: z.literal('values'), values: z.array(jsonShape) }),
    z.object({ ...always, kind: z.literal('maps'), maps: z.array(metadataShape) }),
    z.object({ ...always, kind: z.literal('value'), value: jsonShape }),
    z.object({ ...always, kind: z.literal('metrics'), groups: z.record(z.string(), z.array(sampleShape)) }),
    z.object({ ...always, kind: z.literal('metric'), sample: sampleShape }),
    z.object({ ...always, kind: z.literal('nexthops'), nextHops: z.record(z.string(), nextHopShape) }),
    z.object({ ...always, kind: z.literal('differences'), differences: z.array(differenceShape) }),
    z.object({ ...always, kind: z.literal('history'), elements: z.array(pastElementShape) }),
    z.object({ ...always, kind: z.literal('flows'), flows: z.array(flowShape) }),
    z.object({ ...always, kind: z.literal('flowgroups'), flowGroups: z.record(z.string(), z.array(flowShape)) }),
    z.object({ ...always, kind: z.literal('packets'), packets: z.record(z.string(), z.array(packetShape)) }),
    z.object({ ...always, kind: z.literal('sockets'), sockets: z.record(z.string(), z.array(socketShape)) }),
    z.object({ ...always, kind: z.literal('plan'), plan: jsonShape }),
    z.object({ ...always, kind: z.literal('profile'), profile: jsonShape }),
  ])
  .meta({ id: 'QueryReply' });

export type QueryRequest = z.infer<typeof queryRequestShape>;
export type QueryReply = z.infer<typeof queryReplyShape>;
export type WireSample = z.infer<typeof sampleShape>;
export type WireDifference = z.infer<typeof differenceShape>;
export type PastElement = z.infer<typeof pastElementShape>;
