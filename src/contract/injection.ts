/** `/api/injectpacket`: packets that are sent, in Skydive's shape; what became of them is said beside. */
import * as z from 'zod';
import { idShape } from './element.ts';

const text = z.string().optional();
const number = z.number().optional();

const askedFields = {
  Src: text.meta({ description: 'Query; the first node is the source.' }),
  Dst: text.meta({ description: 'Query; the first node is the destination.' }),
  From: text.meta({ description: 'The source as paths name ends: OWNER/NAME, id, address, container:, netns:, pid:.' }),
  To: text.meta({ description: 'The destination, the same.' }),
  SrcIP: text.meta({ description: 'Address, or one with its prefix length; left out: found in the graph.' }),
  DstIP: text,
  SrcMAC: text,
  DstMAC: text.meta({ description: 'Left out: of the next hop, asked for on the link when nobody knows it.' }),
  SrcPort: number.meta({ description: '0: any.' }),
  DstPort: number,
  Type: text.meta({ description: 'icmp4, icmp6, tcp4, tcp6, udp4 or udp6.' }),
  Payload: text.meta({ description: 'Left out: 56 random bytes, and none in TCP.' }),
  ICMPID: number,
  Count: number.meta({ description: 'Packets.' }),
  Interval: number.meta({ description: 'ms between packets.' }),
  Mode: text.meta({ description: 'unique, or random: each packet is a conversation of its own.' }),
  IncrementPayload: number.meta({ description: 'Bytes that the payload grows by with each packet.' }),
  StartTime: z.union([z.number(), z.string()]).optional().meta({ description: 'Epoch ms, or RFC 3339.' }),
  Pcap: text.meta({ description: 'A trace (pcap, pcapng) in base64, whose frames are sent as they are.' }),
  TTL: number,
  Way: text.meta({ description: 'link (a frame on the interface) or stack (through the routes and filters there).' }),
  Wait: number.meta({ description: 'ms that answers are waited for.' }),
  Drops: z
    .boolean()
    .optional()
    .meta({ description: 'Whether to tell what kernels drop of its packets and their answers: Dropped.' }),
};

/** Empty and zero are what Skydive's clients send for what they do not ask. */
export const newInjectionShape = z.object(askedFields).meta({ id: 'NewInjection' });

const count = z.int().nonnegative();

export const injectionShape = z
  .object({
    ...askedFields,
    UUID: idShape,
    State: z.enum(['pending', 'running', 'completed', 'failed', 'stopped']),
    Packet: z.object({
      Type: z.string(),
      Way: z.string(),
      Host: z.string(),
      NodeID: z.string(),
      Name: z.string(),
      Namespace: text,
      SrcIP: text,
      DstIP: text,
      SrcMAC: text,
      DstMAC: text,
      SrcPort: number,
      DstPort: number,
      ICMPID: number,
      TTL: number,
      DstNodeID: text,
    }),
    TrackingIDs: z
      .array(z.string())
      .meta({ description: 'Of flows that its packets make, known before they are sent.' }),
    L3TrackingIDs: z.array(z.string()),
    Sent: count,
    SentBytes: count,
    Replies: z.object({
      Received: count,
      EchoReply: count,
      SynAck: count,
      Reset: count,
      Datagram: count,
      Errors: z.array(
        z.object({
          Type: count,
          Code: count,
          Text: z.string(),
          From: z.string(),
          Count: count,
          MTU: count.optional(),
        }),
      ),
      RTT: z
        .object({
          ...{ Min: z.number(), Avg: z.number(), P50: z.number(), P95: z.number(), Max: z.number() },
          Guessed: count.optional(),
        })
        .optional()
        .meta({
          description:
            'ns; percentiles of the newest 1024. Guessed: so many answers do not tell of which packet they are.',
        }),
    }),
    Dropped: z
      .array(
        z.object({
          Count: count,
          Reason: z.string().meta({ description: "The kernel's, without SKB_DROP_REASON_." }),
          Words: z.string().meta({ description: 'What the reason means.' }),
          Symbol: text,
          Host: z.string(),
          Node: text,
          Place: text,
          From: z.string(),
          To: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'Of an injection that asked for Drops, when it is over.' }),
    Bounds: z.record(z.string(), z.int()).optional().meta({ description: 'Bounds it met, and how often.' }),
    Error: text,
    CreatedAt: z.int().meta({ description: 'Epoch ms.' }),
    StartedAt: z.int().optional(),
    EndedAt: z.int().optional(),
  })
  .meta({ id: 'Injection' });

export type NewInjection = z.infer<typeof newInjectionShape>;
export type WireInjection = z.infer<typeof injectionShape>;
