/** The words of OpenFlow, Skydive's where it has one (as its native client has them). */
import * as z from 'zod';
import type { Metadata } from '../../graph/element.ts';
import { field, type NodeType, nodeType } from '../../model/vocabulary.ts';

/**
 * A condition of a rule: a packet matches when all do. `Type` is the name of the field as OpenFlow has it (`in_port`,
 * `eth_type`, `ipv4_dst`, `conn_tracking_state`), with `_masked` behind it when there is a `Mask`. Values: numbers for
 * what is counted, text for addresses (`10.0.0.0`, `02:00:00:00:00:01`) and for types of Ethernet that have a name
 * (`ip`, `ipv6`, `arp`), an object of flags for what consists of flags, `0x…` for what no number can hold.
 */
export type OfFilter = Metadata & {
  readonly Type: string;
  readonly Value?: Metadata[string];
  readonly Mask?: Metadata[string];
};

/**
 * What is done, in order: `output` {Port, MaxLen}, `resubmit` {InPort, Table}, `group` {GroupId}, `set_field` {Field},
 * `push_vlan`, `nx_ct` {RecircTable, Value, Actions…}, `nx_learn`, … A single `drop` stands for nothing at all. What is
 * not known here is `unknown` {Raw}: its bytes in hexadecimal.
 */
export type OfAction = Metadata & {
  readonly Type: string;
  readonly Arguments?: Metadata;
};

/** The metadata of a node of Type `ofrule`. */
export type OfRule = Metadata & {
  readonly Type: 'ofrule';
  /** Of table, priority, match and cookie on this bridge: the same for as long as these are. */
  readonly UUID: string;
  readonly Table: number;
  /** Only when someone gave the table one. */
  readonly TableName?: string;
  /** The matching rule of a table with the highest one is taken. */
  readonly Priority: number;
  /** What the controller knows it by, in hexadecimal: `0x0`. */
  readonly Cookie: string;
  /** As ovs-ofctl writes it, without the priority: `ip,in_port=1,nw_dst=10.0.0.0/24`; empty when all packets match. */
  readonly Match: string;
  /** All in the order of their fields on the wire; empty when all packets match. */
  readonly Filters: readonly OfFilter[];
  /** As ovs-ofctl writes it: `load:0x1->NXM_NX_REG0[],resubmit(,10)`; with instructions, as `goto_table:2`. */
  readonly ActionsText: string;
  /** What is applied at once. */
  readonly Actions: readonly OfAction[];
  /** What is put into the action set, which is done when no table follows. */
  readonly WriteActions?: readonly OfAction[];
  /** Whether the action set is emptied first. */
  readonly ClearActions?: boolean;
  /** The table that comes next. */
  readonly GotoTable?: number;
  readonly Meter?: number;
  readonly WriteMetadata?: { readonly Value: number | string; readonly Mask: number | string };
  /** Seconds; absent when it stays. */
  readonly IdleTimeout?: number;
  readonly HardTimeout?: number;
  readonly Importance?: number;
  /** SendFlowRem, CheckOverlap, ResetCounts, NoPktCounts, NoBytCounts (OpenFlow 1.5 §7.3.4.2): those that are set. */
  readonly Flags?: { readonly [name: string]: boolean };
};

const value = z.union([z.string(), z.number(), z.record(z.string(), z.union([z.boolean(), z.string(), z.number()]))]);
const filters = z.array(z.strictObject({ Type: z.string(), Value: value.optional(), Mask: value.optional() }));
const actions = z.array(z.strictObject({ Type: z.string(), Arguments: z.record(z.string(), z.json()).optional() }));
const whole = z.union([z.int(), z.string()]);

export const OfRuleType = nodeType('ofrule', 'A rule of OpenFlow in a table of a bridge.', {
  Type: field(z.literal('ofrule'), { doc: 'Kind of node', example: 'ofrule', index: true }),
  UUID: field(z.string(), {
    doc: 'Follows from bridge, table, priority, match and cookie: other actions are another version of the same rule.',
    example: '6cfcd4e2-9f6b-5f39-8a37-2b8f8d1f0c11',
    index: true,
  }),
  Table: field(z.int(), { doc: 'Number of its table.', example: 0 }),
  TableName: field(z.string().optional(), { doc: 'Name of its table, where it was given one.', example: 'ingress' }),
  Priority: field(z.int(), { doc: 'Of the rules that match, that with the highest one is taken.', example: 32_768 }),
  Cookie: field(z.string(), { doc: 'What the controller knows it by, in hexadecimal.', example: '0x0' }),
  Match: field(z.string(), {
    doc: 'Which packets, as ovs-ofctl(8) writes it; empty: all.',
    example: 'ip,in_port=1,nw_dst=10.0.0.0/24',
  }),
  Filters: field(filters, { doc: 'Which packets.', example: [{ Type: 'in_port', Value: 1 }] }),
  ActionsText: field(z.string(), {
    doc: 'What is done with them, as ovs-ofctl(8) writes it.',
    example: 'load:0x1->NXM_NX_REG0[],resubmit(,10)',
  }),
  Actions: field(actions, {
    doc: 'What is done with them at once.',
    example: [{ Type: 'output', Arguments: { Port: 2, MaxLen: 0 } }],
  }),
  WriteActions: field(actions.optional(), {
    doc: 'What is done when no table follows.',
    example: [{ Type: 'group', Arguments: { GroupId: 1 } }],
  }),
  ClearActions: field(z.boolean().optional(), {
    doc: 'Whether what earlier tables wanted is dropped.',
    example: true,
  }),
  GotoTable: field(z.int().optional(), { doc: 'The table that follows.', example: 2 }),
  Meter: field(z.int().optional(), { doc: 'The meter that limits it.', example: 1 }),
  WriteMetadata: field(z.strictObject({ Value: whole, Mask: whole }).optional(), {
    doc: 'What is handed to the next table.',
    example: { Value: 1, Mask: 255 },
  }),
  IdleTimeout: field(z.int().optional(), { doc: 'Goes when no packet came for so long.', example: 60, unit: 's' }),
  HardTimeout: field(z.int().optional(), { doc: 'Goes after so long.', example: 3600, unit: 's' }),
  Importance: field(z.int().optional(), { doc: 'What is less important goes first when a table is full.', example: 1 }),
  Flags: field(z.record(z.string(), z.boolean()).optional(), {
    doc: 'Those that are set of SendFlowRem, CheckOverlap, ResetCounts, NoPktCounts, NoBytCounts.',
    example: { SendFlowRem: true },
  }),
});

const bucket = z.strictObject({
  Len: z.int(),
  Weight: z.int(),
  WatchPort: z.int(),
  WatchGroup: z.int(),
  BucketId: z.int().optional(),
  Actions: actions,
});

export const OfGroupType = nodeType('ofgroup', 'A group of OpenFlow on a bridge: one of several ways, or all.', {
  Type: field(z.literal('ofgroup'), { doc: 'Kind of node', example: 'ofgroup', index: true }),
  GroupId: field(z.int(), { doc: 'Its number on the bridge.', example: 1 }),
  GroupType: field(z.string(), { doc: 'all, select, indirect or ff (fast failover)', example: 'select' }),
  Meta: field(z.string().optional(), {
    doc: 'How a bucket is selected, where it was said, as ovs-ofctl(8) writes it.',
    example: 'selection_method=hash,fields(ip_src)',
  }),
  Buckets: field(z.array(bucket), {
    doc: 'What each does. BucketId is known with OpenFlow 1.5 alone; Len is always 0; WatchPort and WatchGroup are 4294967295 for none.',
    example: [{ Len: 0, Weight: 0, WatchPort: 4_294_967_295, WatchGroup: 4_294_967_295, Actions: [] }],
  }),
});

export const types: readonly NodeType[] = [OfRuleType, OfGroupType];

/** Every key of nodes of our own. */
export const OWNED: ReadonlySet<string> = new Set(types.flatMap(({ fields }) => Object.keys(fields.shape)));
