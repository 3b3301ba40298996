/** `GET` and `POST /api/path`: the hops of layer 2 and 3 between two ends, with route, rule and MTU of each. */
import * as z from 'zod';
import { schemaVersion } from './element.ts';

const endText = z
  .string()
  .min(1)
  .max(64 * 1024);

export const pathRequestShape = z
  .strictObject({
    from: endText.meta({
      description:
        'Where it begins: id, TID or name of a node (OWNER/NAME where there are several), an address (also one beyond what is watched, whose packets come in where answers go out), container:NAME, netns:NAME, pid:N, process:NAME, or a query that gives one node.',
      example: 'blue/eth0',
    }),
    to: endText.meta({ description: 'Where it is to go: the same, or any address.', example: '10.0.0.2' }),
    at: z
      .union([z.string().max(64), z.number()])
      .optional()
      .meta({
        description: "The moment: '-5m', RFC 3339, 'rev:1234', Unix seconds or ms; now when left out.",
        example: '-5m',
      }),
    fromAddress: z
      .string()
      .max(64)
      .optional()
      .meta({ description: 'Source address, instead of the one its route prefers.' }),
    protocol: z.enum(['icmp', 'tcp', 'udp']).optional().meta({ description: 'icmp when left out.' }),
    port: z.int().min(0).max(65_535).optional().meta({ description: 'Destination port of tcp and udp.' }),
    sourcePort: z.int().min(0).max(65_535).optional(),
    both: z.boolean().optional().meta({ description: 'The way back too.' }),
  })
  .meta({ id: 'PathRequest' });

export type PathRequest = z.infer<typeof pathRequestShape>;

const pathNodeShape = z
  .object({
    id: z.string(),
    type: z.string(),
    name: z.string(),
    host: z.string(),
    namespace: z
      .string()
      .optional()
      .meta({ description: 'Name of the network namespace it is in; absent in that of the host.' }),
  })
  .meta({ id: 'PathNode' });

export type PathNode = z.infer<typeof pathNodeShape>;

const issueShape = z
  .object({
    code: z
      .string()
      .meta({ description: 'down, mtu, no-route, neighbour, vlan, filtered, dropped, rules, multipath, …' }),
    text: z.string(),
    weight: z.enum(['stops', 'assumed', 'warns']).meta({
      description: 'stops: no further; assumed: goes on if this holds; warns: goes on, and this should be known.',
    }),
  })
  .meta({ id: 'PathIssue' });

const hopShape = z
  .object({
    depth: z.int().meta({ description: '0, and one more inside of each tunnel around the packet.' }),
    node: pathNodeShape,
    how: z
      .object({
        kind: z.enum([
          'start',
          'route',
          'out',
          'in',
          'bridge',
          'switch',
          'openflow',
          'tunnel',
          'tunnel-end',
          'wire',
          'filter',
          'nat',
          'deliver',
        ]),
        text: z.string(),
        route: z
          .object({
            table: z.int(),
            rule: z.int().optional().meta({ description: 'Priority of the policy rule.' }),
            prefix: z.string(),
            gateway: z.string().optional(),
            device: z.string().optional(),
            metric: z.int().optional(),
            source: z.string().optional(),
            mtu: z.int().optional(),
          })
          .optional(),
        rule: z
          .object({
            id: z.string(),
            table: z.int(),
            priority: z.int(),
            cookie: z.string().optional(),
            match: z.string(),
            actions: z.string(),
          })
          .optional()
          .meta({ description: 'Rule of OpenFlow, as ovs-ofctl writes it.' }),
        fdb: z
          .object({ mac: z.string(), vlan: z.int().optional(), state: z.enum(['learned', 'static', 'flooded']) })
          .optional(),
        filter: z
          .object({
            id: z.string().meta({ description: 'Of the node of the rule, or of the chain whose policy it is.' }),
            family: z.string(),
            table: z.string(),
            chain: z.string(),
            text: z.string(),
            verdict: z.string().meta({ description: 'accept, drop, reject, snat, dnat, masquerade or redirect.' }),
          })
          .optional()
          .meta({ description: 'Rule of a packet filter, as nft writes it.' }),
        nat: z
          .object({
            kind: z.enum(['snat', 'dnat', 'masquerade', 'redirect']),
            isBack: z.boolean().optional().meta({ description: 'Of an answer, which is translated back.' }),
            from: z.string(),
            to: z.string(),
            newFrom: z.string(),
            newTo: z.string(),
          })
          .optional()
          .meta({ description: 'Addresses and ports before and after: 10.0.0.1, 10.0.0.1:80, [fd00::1]:80.' }),
        tunnel: z
          .object({
            type: z.string(),
            key: z.int().optional(),
            local: z.string().optional(),
            remote: z.string(),
            overhead: z.int().meta({ description: 'Bytes around each packet.' }),
          })
          .optional(),
      })
      .meta({ description: 'How the packet goes on from here, or came here.' }),
    mtu: z.int().optional().meta({ description: 'Of the link. Bytes.' }),
    issues: z.array(issueShape),
  })
  .meta({ id: 'PathHop' });

export type PathHop = z.infer<typeof hopShape>;

const travelShape = z
  .object({
    reaches: z.enum(['yes', 'no', 'unknown']),
    code: z.string().optional(),
    reason: z.string().optional().meta({ description: 'Why not, or why nobody knows.' }),
    stopsAt: pathNodeShape.optional(),
    mtu: z.int().optional().meta({ description: 'Largest packet that passes whole. Bytes.' }),
    assumed: z.array(z.string()).meta({ description: 'What has to hold besides, and is not in the graph.' }),
    hops: z.array(hopShape),
  })
  .meta({ id: 'PathTravel' });

export type PathTravel = z.infer<typeof travelShape>;

export const pathReplyShape = z
  .object({
    schema: z.literal(schemaVersion),
    kind: z.literal('path'),
    time: z.number().nullable().meta({ description: 'Epoch ms of the moment that was asked for; null is now.' }),
    from: z.object({ text: z.string(), node: pathNodeShape.optional() }),
    to: z.object({ text: z.string(), node: pathNodeShape.optional() }),
    packet: z.object({
      source: z.string(),
      destination: z.string(),
      protocol: z.int().optional().meta({ description: 'IANA number.' }),
      sourcePort: z.int().optional(),
      destinationPort: z.int().optional(),
    }),
    there: travelShape,
    back: travelShape.optional(),
    tookMs: z.number(),
  })
  .meta({ id: 'PathReply' });

export type PathReply = z.infer<typeof pathReplyShape>;
