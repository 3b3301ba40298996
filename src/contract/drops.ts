/** `GET /api/drops`: packets that kernels drop, as they do, a JSON object a line. */
import * as z from 'zod';

export const dropsRequestShape = z.strictObject({
  a: z
    .union([z.ipv4(), z.ipv6()])
    .optional()
    .meta({ description: 'Packets from or to this address; all when left out.', example: '10.0.0.2' }),
  b: z.union([z.ipv4(), z.ipv6()]).optional().meta({ description: 'And to or from this one.', example: '10.0.0.3' }),
});

export const dropLineShape = z
  .object({
    Time: z.number().meta({ description: 'Epoch ms.', example: 1_800_000_000_000.25 }),
    Host: z.string().meta({ example: 'web1' }),
    Reason: z.string().meta({ description: "The kernel's, without SKB_DROP_REASON_.", example: 'NETFILTER_DROP' }),
    Code: z.string().meta({ description: 'Result code of checks that it is the cause of.', example: 'POLICY_DENY' }),
    Words: z.string().meta({ description: 'What the reason means.' }),
    Symbol: z
      .string()
      .optional()
      .meta({ description: 'Function of the kernel that dropped it.', example: 'nft_do_chain' }),
    Node: z.string().optional().meta({ description: 'Id of the interface, or of the namespace, in the graph.' }),
    Place: z.string().optional().meta({ description: 'Its name, with that of its namespace.', example: 'blue/eth0' }),
    Direction: z.enum(['in', 'out', 'forward']),
    Length: z.number().meta({ description: 'Bytes.' }),
    Protocol: z.number().meta({ description: 'IANA number; 0 of ARP.', example: 6 }),
    From: z.string().meta({ example: '10.0.0.2' }),
    To: z.string().meta({ example: '10.0.0.3' }),
    FromPort: z.number().optional(),
    ToPort: z.number().optional(),
    ICMP: z.object({ Type: z.number(), Code: z.number(), ID: z.number() }).optional(),
    TTL: z.number().optional(),
  })
  .meta({ id: 'Drop' });

/** In between, when it grew: drops that found no room, since the stream began. */
export const dropsLostShape = z.object({ Lost: z.number() }).meta({ id: 'DropsLost' });

export type DropsRequest = z.infer<typeof dropsRequestShape>;
export type DropLine = z.infer<typeof dropLineShape>;
export type DropsLost = z.infer<typeof dropsLostShape>;
