/** RTM_NEWRULE and RTM_DELRULE (linux/fib_rules.h): which routing table is asked, and when. */
import * as z from 'zod';
import type { Metadata } from '../../graph/element.ts';
import { field } from '../../model/vocabulary.ts';
import { Attributes } from '../../native/attributes.ts';
import { ipText } from '../../std/addresstext.ts';
import { AF_INET, AF_INET6 } from './address.ts';

export const ruleFields = {
  RoutingRules: field(
    z.array(
      z.strictObject({
        Family: z.string(),
        Priority: z.int(),
        Action: z.string(),
        Table: z.int().optional(),
        Goto: z.int().optional(),
        Src: z.string().optional(),
        Dst: z.string().optional(),
        IIf: z.string().optional(),
        OIf: z.string().optional(),
        TOS: z.int().optional(),
        Mark: z.int().optional(),
        Mask: z.int().optional(),
        Invert: z.boolean().optional(),
        L3mdev: z.boolean().optional(),
        IPProto: z.int().optional(),
        SPort: z.string().optional(),
        DPort: z.string().optional(),
        UID: z.string().optional(),
        TunID: z.int().optional(),
        SuppressPrefixLen: z.int().optional(),
        SuppressIfGroup: z.int().optional(),
        Protocol: z.int().optional(),
      }),
    ),
    {
      doc: 'Policy routing rules of the namespace, in the order in which they are asked.',
      example: [{ Family: 'ipv4', Priority: 32766, Action: 'lookup', Table: 254 }],
    },
  ),
};

export interface Rule {
  readonly key: string;
  readonly keys: Metadata & { readonly Family: string; readonly Priority: number };
}

const RULE_SIZE = 12;
const FIB_RULE_INVERT = 2;
/** FR_ACT_*. */
const ACTIONS = ['unspec', 'lookup', 'goto', 'nop', 'res3', 'res4', 'blackhole', 'unreachable', 'prohibit'];

export function readRule(body: Uint8Array): Rule | undefined {
  if (body.length < RULE_SIZE) return undefined;
  const head = Attributes.struct(body);
  const family = head.u8();
  if (family !== AF_INET && family !== AF_INET6) return undefined;
  const rule: Record<string, string | number | boolean> = {
    Family: family === AF_INET ? 'ipv4' : 'ipv6',
    Priority: 0,
    Action: ACTIONS[head.u8(7)] ?? head.u8(7).toString(),
  };
  if (head.u8(3) !== 0) rule.TOS = head.u8(3);
  if (head.u32(8) & FIB_RULE_INVERT) rule.Invert = true;
  let table = head.u8(4);
  const attributes = new Attributes(body, RULE_SIZE);
  while (attributes.next()) {
    switch (attributes.type) {
      case 1:
        rule.Dst = `${ipText(attributes.bytes())}/${head.u8(1)}`;
        break;
      case 2:
        rule.Src = `${ipText(attributes.bytes())}/${head.u8(2)}`;
        break;
      case 3:
        rule.IIf = attributes.text();
        break;
      case 4:
        rule.Goto = attributes.u32();
        break;
      case 6:
        rule.Priority = attributes.u32();
        break;
      case 10:
        rule.Mark = attributes.u32();
        break;
      case 12:
        rule.TunID = attributes.be32(4);
        break;
      // -1 where nothing is suppressed.
      case 13:
        if (attributes.i32() >= 0) rule.SuppressIfGroup = attributes.u32();
        break;
      case 14:
        if (attributes.i32() >= 0) rule.SuppressPrefixLen = attributes.u32();
        break;
      case 15:
        table = attributes.u32();
        break;
      case 16:
        // Of a rule with a mask the kernel does not tell a mark of 0.
        rule.Mark ??= 0;
        if (attributes.u32() !== 0xffffffff) rule.Mask = attributes.u32();
        break;
      case 17:
        rule.OIf = attributes.text();
        break;
      case 19:
        if (attributes.u8() !== 0) rule.L3mdev = true;
        break;
      case 20:
        rule.UID = range(attributes.u32(), attributes.u32(4));
        break;
      case 21:
        if (attributes.u8() !== 0) rule.Protocol = attributes.u8();
        break;
      case 22:
        rule.IPProto = attributes.u8();
        break;
      case 23:
        rule.SPort = range(attributes.u16(), attributes.u16(2));
        break;
      case 24:
        rule.DPort = range(attributes.u16(), attributes.u16(2));
        break;
    }
  }
  if (rule.Action === 'lookup' && table !== 0) rule.Table = table;
  const keys = rule as Rule['keys'];
  return { key: JSON.stringify(keys, Object.keys(keys).sort()), keys };
}

/** Of the same priority the kernel asks the older one first, and tells of it first: they stay in this order. */
export function byPriority(a: Rule, b: Rule): number {
  if (a.keys.Family !== b.keys.Family) return a.keys.Family < b.keys.Family ? -1 : 1;
  return a.keys.Priority - b.keys.Priority;
}

function range(from: number, to: number): string {
  return from === to ? from.toString() : `${from}-${to}`;
}
