/** WebSocket messages, Skydive's envelope: `/ws/subscriber`, `/ws/publisher`, `/ws/pubsub`. */
import * as z from 'zod';
import { newEdgeShape, newNodeShape, partialUpdateShape } from './change.ts';
import { edgeShape, nodeShape } from './element.ts';

const envelope = {
  Namespace: z.string().default('Graph'),
  UUID: z.string().max(255).default(''),
  Status: z.int().default(200),
};

export const syncRequestShape = z
  .object({
    Time: z.number().nullish().meta({ description: 'Epoch ms: the state at that time.' }),
    GremlinFilter: z.string().nullish().meta({ description: 'Replaces the filter of the connection; "" removes it.' }),
    Revision: z.int().nonnegative().nullish().meta({ description: 'Replay what came after this LogRevision.' }),
  })
  .meta({ id: 'SyncRequest' });

export const syncReplyShape = z
  .object({
    Nodes: z.array(nodeShape).nullable(),
    Edges: z.array(edgeShape).nullable(),
    LogRevision: z.int().optional().meta({ description: 'The events that follow come after this one.' }),
    Resumed: z.boolean().optional().meta({
      description: 'true: nothing is sent again, the missed events follow. false: too old, everything is sent.',
    }),
  })
  .meta({ id: 'SyncReply' });

const ours = { LogRevision: z.int().optional().meta({ description: 'Position in the change log: resume from here.' }) };

/** What the server sends after a change. */
export const eventShape = z
  .discriminatedUnion('Type', [
    z.object({ ...envelope, ...ours, Type: z.enum(['NodeAdded', 'NodeUpdated', 'NodeDeleted']), Obj: nodeShape }),
    z.object({ ...envelope, ...ours, Type: z.enum(['EdgeAdded', 'EdgeUpdated', 'EdgeDeleted']), Obj: edgeShape }),
    z.object({
      ...envelope,
      ...ours,
      Type: z.enum(['NodePartiallyUpdated', 'EdgePartiallyUpdated']),
      Obj: partialUpdateShape,
    }),
  ])
  .meta({ id: 'Event' });

export const serverMessageShape = z
  .union([
    eventShape,
    z.object({ ...envelope, Type: z.literal('SyncReply'), Obj: z.union([syncReplyShape, z.string(), z.null()]) }),
    z.object({ ...envelope, Type: z.literal('Error'), Obj: z.string() }),
    z.object({
      ...envelope,
      Type: z.literal('Ack'),
      Obj: z.object({ Count: z.int(), Refused: z.int(), LogRevision: z.int() }),
    }),
  ])
  .meta({ id: 'ServerMessage' });

/** What a publisher sends. */
export const publishedShape = z
  .discriminatedUnion('Type', [
    z.object({ ...envelope, Type: z.enum(['NodeAdded', 'NodeUpdated']), Obj: newNodeShape }),
    z.object({ ...envelope, Type: z.enum(['EdgeAdded', 'EdgeUpdated']), Obj: newEdgeShape }),
    z.object({ ...envelope, Type: z.enum(['NodeDeleted', 'EdgeDeleted']), Obj: z.looseObject({ ID: z.string() }) }),
    z.object({ ...envelope, Type: z.enum(['NodePartiallyUpdated', 'EdgePartiallyUpdated']), Obj: partialUpdateShape }),
  ])
  .meta({ id: 'Published' });

export type SyncRequest = z.infer<typeof syncRequestShape>;
export type SyncReply = z.infer<typeof syncReplyShape>;
export type ServerMessage = z.infer<typeof serverMessageShape>;
export type Published = z.infer<typeof publishedShape>;
