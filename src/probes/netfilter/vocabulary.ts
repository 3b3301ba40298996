/** What is said of packet filters and NAT: chains, their rules, sets, and how much there is of them. */
import * as z from 'zod';
import { field, type NodeType, nodeType } from '../../model/vocabulary.ts';

export const KEY = 'Netfilter';

const family = field(z.string(), { doc: 'ip, ip6, inet, arp, bridge or netdev.', example: 'inet' });
const table = field(z.string(), { doc: 'Name of its table.', example: 'filter' });
const clauses = z.array(z.record(z.string(), z.json()));

export const ChainType = nodeType(
  'nftchain',
  'A chain of nftables, with its rules; those of iptables-nft are such too.',
  {
    Type: field(z.literal('nftchain'), { doc: 'Kind of node', example: 'nftchain', index: true }),
    Name: field(z.string(), { doc: 'Name of the chain.', example: 'input', index: true }),
    Family: family,
    Table: table,
    Hook: field(z.string().optional(), {
      doc: 'Where packets come to it: prerouting, input, forward, output, postrouting, ingress; absent of one that is jumped to.',
      example: 'input',
    }),
    Priority: field(z.int().optional(), { doc: 'Of the chains of a hook the lowest comes first.', example: 0 }),
    Policy: field(z.enum(['accept', 'drop']).optional(), {
      doc: 'What happens to packets that come to its end.',
      example: 'drop',
    }),
    ChainType: field(z.string().optional(), { doc: 'filter, nat or route.', example: 'filter' }),
    Devices: field(z.array(z.string()).optional(), {
      doc: 'Whose packets, of a hook of interfaces.',
      example: ['eth0'],
    }),
    Dormant: field(z.boolean().optional(), { doc: 'Its table is switched off.', example: true }),
  },
);

export const RuleType = nodeType('nftrule', 'A rule of nftables, owned by its chain.', {
  Type: field(z.literal('nftrule'), { doc: 'Kind of node', example: 'nftrule', index: true }),
  Name: field(z.string(), { doc: 'The same as Text, cut.', example: 'tcp dport 22 accept' }),
  Family: family,
  Table: table,
  Chain: field(z.string(), { doc: 'Name of its chain.', example: 'input' }),
  Order: field(z.number(), {
    doc: "Of two rules of a chain the one with the lower number comes first; a rule that comes or goes changes no other's. The handle that `nft -a` shows is not told: it is another one whenever the same rule is written again.",
    example: 3,
  }),
  Text: field(z.string(), {
    doc: 'As `nft -s list ruleset` writes it, without its comment; what iptables put there as nft would write it, where it is known.',
    example: 'ip saddr 10.0.0.0/8 tcp dport { 22, 80-90 } counter accept',
  }),
  Verdict: field(z.string().optional(), {
    doc: 'What ends it: accept, drop, reject, jump, goto, return, snat, dnat, masquerade, redirect, queue, vmap.',
    example: 'accept',
  }),
  Comment: field(z.string().optional(), { doc: 'Its comment.', example: 'ssh' }),
  Clauses: field(clauses, {
    doc: 'What it consists of, in order: conditions {Key, Op, Values, Set, Mask} and actions {Do, Chain, Address, Port, Key, Map, MapName, Value, Mask}. IsCut: more values than are told.',
    example: [{ Key: 'tcp dport', Op: '==', Values: ['22', '80-90'] }, { Do: 'accept' }],
  }),
});

export const SetType = nodeType('nftset', 'A set or map of nftables that has a name.', {
  Type: field(z.literal('nftset'), { doc: 'Kind of node', example: 'nftset', index: true }),
  Name: field(z.string(), { doc: 'Name of the set.', example: 'blocked', index: true }),
  Family: family,
  Table: table,
  KeyType: field(z.string(), { doc: 'Of what its elements consist.', example: 'ipv4 . port' }),
  Elements: field(z.array(z.string()).optional(), {
    doc: 'What is in it; of maps with what it leads to. Absent of sets that packets fill; those that end by themselves are read again now and then.',
    example: ['10.0.0.0/8', '192.168.1.1'],
  }),
  IsMap: field(z.boolean().optional(), { doc: 'Whether its elements lead to something.', example: true }),
  IsDynamic: field(z.boolean().optional(), {
    doc: 'Packets fill it, or its elements end by themselves: it may hold others than are told.',
    example: true,
  }),
  Notice: field(z.string().optional(), {
    doc: 'Why its elements are not told.',
    example: 'packets fill it: its elements are not read',
  }),
  IsCut: field(z.boolean().optional(), { doc: 'It has more elements than are told.', example: true }),
});

export const types: readonly NodeType[] = [ChainType, RuleType, SetType];

/** Every key of nodes of our own. */
export const OWNED: ReadonlySet<string> = new Set(types.flatMap(({ fields }) => Object.keys(fields.shape)));

const netfilterFields = {
  [KEY]: field(
    z
      .strictObject({
        Tables: z.int(),
        Chains: z.int(),
        Rules: z.int(),
        Sets: z.int(),
        LeftOut: z.int().optional(),
        Legacy: z.array(z.string()).optional(),
      })
      .optional(),
    {
      doc: 'Packet filters and NAT of the namespace, where they are read: how many tables, chains, rules and named sets there are; LeftOut: rules that are not told, as there are too many; Legacy: tables of the old ip_tables, which are not read.',
      example: { Tables: 2, Chains: 5, Rules: 12, Sets: 1 },
    },
  ),
};

export const adds: readonly NodeType[] = ['host', 'netns'].map((name) =>
  nodeType(name, 'Packet filters and NAT of the namespace.', netfilterFields),
);
