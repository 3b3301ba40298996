/** How each probe is doing, what it sees, and what it lacks, as the status tells it. */
import { readFileSync } from 'node:fs';
import type { ProbeStatus as ProbeReply } from './contract/status.ts';
import type { Metadata } from './graph/element.ts';
import type { GraphView } from './graph/view.ts';
import { probes as probeList } from './probes/index.ts';
import type { Probe } from './probes/probe.ts';
import { type ProbeStatus, said } from './probes/supervisor.ts';
import { effectiveIn, lackingIn } from './std/capabilities.ts';

export function probeReplies(all: readonly ProbeStatus[], view: GraphView): Record<string, ProbeReply> {
  const declared = new Map(probeList.map((probe) => [probe.name, probe]));
  const effective = ownCapabilities();
  return Object.fromEntries(all.map((one) => [one.name, replyOf(one, declared.get(one.name), view, effective)]));
}

function replyOf(
  status: ProbeStatus,
  probe: Probe | undefined,
  view: GraphView,
  effective: bigint | undefined,
): ProbeReply {
  const missing = status.state === 'off' || effective === undefined ? [] : missingOf(probe, effective);
  return {
    Status: status.state,
    Up: status.state === 'up',
    Ready: status.durationMs !== undefined,
    Runs: status.runs,
    Errors: status.errors,
    ...(status.lastError !== undefined && { LastError: status.lastError }),
    ...(status.needs !== undefined && { Needs: status.needs }),
    ...(status.nextTryMs !== undefined && { RetryAt: status.nextTryMs }),
    ...(status.durationMs !== undefined && { LastDurationMs: status.durationMs }),
    ...(said(status) !== '' && { Notice: said(status) }),
    ...(status.notices.length > 0 && { Complaint: status.notices.join('; ') }),
    ...(probe && { Doc: probe.doc, Sees: seenBy(probe, view) }),
    ...(missing.length > 0 && { Missing: missing }),
    Counters: { ...status.counters },
  };
}

function missingOf(probe: Probe | undefined, effective: bigint): { What: string; Without: string }[] {
  return (probe?.needs ?? []).flatMap(({ what, without }) => {
    const lacking = lackingIn(what, effective);
    return lacking.length === 0 ? [] : [{ What: lacking.join(', '), Without: without }];
  });
}

/** Nodes of the types that it declares, by type; what several probes show (containers, devices) counts for the one that tells of it. */
function seenBy({ name, types }: Probe, view: GraphView): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const type of types) {
    let count = 0;
    for (const { metadata } of view.nodesWith('Type', type.name) ?? [])
      if (tellerOf(type.name, metadata) === name) count++;
    if (count > 0) counts[type.name] = count;
  }
  return counts;
}

const declaring = Map.groupBy(
  probeList.flatMap(({ name, types }) => types.map((type) => ({ name, type: type.name }))),
  ({ type }) => type,
);

/** Of several probes that know a type the one the node names, else the first. */
function tellerOf(type: string, { Probe, Manager }: Metadata): string | undefined {
  const names = (declaring.get(type) ?? []).map(({ name }) => name);
  return names.find((name) => name === Probe || name === Manager) ?? names[0];
}

function ownCapabilities(): bigint | undefined {
  try {
    return effectiveIn(readFileSync('/proc/self/status', 'utf8'));
  } catch {
    return undefined;
  }
}
