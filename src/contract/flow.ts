/** A conversation at one place, in Skydive's shape and ours beside it, and what belongs to it. */
import * as z from 'zod';
import { jsonShape } from './element.ts';

/** Start and Last in epoch ms, RTT in ns. */
export const flowMetricShape = z
  .object({
    ABPackets: z.number(),
    ABBytes: z.number(),
    BAPackets: z.number(),
    BABytes: z.number(),
    Start: z.number(),
    Last: z.number(),
    RTT: z.number().optional(),
  })
  .meta({ id: 'FlowMetric' });

const ends = <Shape extends z.ZodType>(end: Shape) =>
  z.object({ Protocol: z.string(), A: end, B: end, ID: z.number() }).optional();

export const flowShape = z
  .object({
    UUID: z.string(),
    ParentUUID: z.string().meta({ description: 'The tunnel it was seen in; empty for none.' }),
    TrackingID: z.string().meta({ description: 'The same wherever the conversation is seen.' }),
    L3TrackingID: z.string(),
    LayersPath: z.string(),
    Application: z.string(),
    Link: ends(z.string()),
    Network: ends(z.string()),
    Transport: ends(z.number()),
    Metric: flowMetricShape,
    LastUpdateMetric: flowMetricShape.optional(),
    Start: z.number().meta({ description: 'First packet, epoch ms.' }),
    Last: z.number().meta({ description: 'Last packet, epoch ms.' }),
    NodeTID: z.string().meta({ description: 'TID of the node it was captured at.' }),
    CaptureID: z.string(),
    RawPacketsCaptured: z.number(),
    FinishType: z.number().optional().meta({ description: '1 timeout, 2 FIN, 3 RST; absent while it lives.' }),
  })
  .catchall(jsonShape)
  .meta({ id: 'Flow' });

export const packetShape = z
  .object({
    Timestamp: z.number().meta({ description: 'Epoch ms.' }),
    Index: z.number(),
    Data: z.string().meta({ description: 'Base64.' }),
    LinkType: z.number().meta({ description: 'LINKTYPE_ number; 1 is Ethernet.' }),
  })
  .meta({ id: 'RawPacket' });

export const socketShape = z.record(z.string(), jsonShape).meta({ id: 'Socket' });

/** What was seen and could not be taken. */
export const lossShape = z
  .object({
    node: z.string().meta({ description: 'TID of the node it happened at.' }),
    capture: z.string(),
    host: z.string(),
    stage: z.string(),
    reason: z.string(),
    packets: z.number(),
    bytes: z.number().meta({ description: '0 when not known.' }),
    flows: z.number().meta({ description: 'Flows that lack packets or are missing; 0 when not known.' }),
    from: z.number(),
    to: z.number(),
  })
  .meta({ id: 'Loss' });

export type WireFlow = z.infer<typeof flowShape>;
export type WireLoss = z.infer<typeof lossShape>;
