/** Rules and groups as metadata, by Skydive's names where it has one. */
import type { Metadata } from '../../graph/element.ts';
import type { Group } from '../../openflow/groups.ts';
import type { Rule } from '../../openflow/rule.ts';
import type { Said, Word } from '../../openflow/said.ts';
import { uuidV5 } from '../../std/uuid.ts';

/** A rule with other actions is the same one; with another cookie it is another one. */
export function ruleId(bridge: string, { table, priority, cookie, match }: Rule): string {
  return uuidV5(['ofrule', bridge, String(table), String(priority), String(cookie), match.text]);
}

export function groupId(bridge: string, id: number): string {
  return uuidV5(['ofgroup', bridge, String(id)]);
}

export function describeRule(rule: Rule, id: string, tableName: string | undefined): Metadata {
  const { instructions, match } = rule;
  const { apply, write, clear, goto, meter, metadata } = instructions;
  const isNothing = instructions.text === 'drop';
  const flags = flagNames.filter((_, bit) => rule.flags & (1 << bit));
  return {
    ...{ Type: 'ofrule', UUID: id, Table: rule.table, Priority: rule.priority, Cookie: cookieText(rule.cookie) },
    ...{ Match: match.text, Filters: match.filters },
    ...{ ActionsText: instructions.text, Actions: isNothing ? [{ Type: 'drop' }] : words(apply) },
    ...(tableName !== undefined && { TableName: tableName }),
    ...(write && { WriteActions: words(write) }),
    ...(clear && { ClearActions: true }),
    ...(goto !== undefined && { GotoTable: goto }),
    ...(meter !== undefined && { Meter: meter }),
    ...(metadata && { WriteMetadata: { Value: metadata.value, Mask: metadata.mask } }),
    ...(rule.idleTimeout > 0 && { IdleTimeout: rule.idleTimeout }),
    ...(rule.hardTimeout > 0 && { HardTimeout: rule.hardTimeout }),
    ...(rule.importance > 0 && { Importance: rule.importance }),
    ...(flags.length > 0 && { Flags: Object.fromEntries(flags.map((name) => [name, true])) }),
  };
}

function cookieText(cookie: number | string): string {
  return typeof cookie === 'number' ? `0x${cookie.toString(16)}` : cookie;
}

/** OpenFlow 1.5 §7.3.4.2, from the lowest bit. */
const flagNames = ['SendFlowRem', 'CheckOverlap', 'ResetCounts', 'NoPktCounts', 'NoBytCounts'];

export function describeGroup({ id, type, meta, buckets }: Group): Metadata {
  return {
    ...{ Type: 'ofgroup', GroupId: id, GroupType: type },
    ...(meta !== undefined && { Meta: meta }),
    Buckets: buckets.map((bucket) => ({
      ...{ Len: 0, Weight: bucket.weight, WatchPort: bucket.watchPort, WatchGroup: bucket.watchGroup },
      ...(bucket.id !== undefined && { BucketId: bucket.id }),
      Actions: words(bucket.actions),
    })),
  };
}

function words(actions: readonly Said[]): Word[] {
  return actions.map(({ word }) => word);
}
