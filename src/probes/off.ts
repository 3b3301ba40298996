/** What probes that are off now added, in an earlier run, to nodes of others: nobody else takes it back. */
import type { Change } from '../graph/change.ts';
import type { GraphView } from '../graph/view.ts';
import type { ProbeHost } from './probe.ts';
import type { ProbePlan } from './supervisor.ts';

export function* leftByThoseOff(plans: readonly ProbePlan[], view: GraphView, host: ProbeHost): Iterable<Change> {
  const keys = keysOfThoseOff(plans);
  if (keys.size === 0) return;
  for (const node of view.nodes()) {
    if (node.host !== host.name || node.origin !== `agent.${host.name}`) continue;
    const left = keys.get(String(node.metadata.Type));
    const unset = left ? Object.keys(node.metadata).filter((key) => left.has(key)) : [];
    if (unset.length > 0) yield { kind: 'set', id: node.id, of: 'node', unset };
  }
}

/** By type of node; without what a probe that is on may say as well. */
function keysOfThoseOff(plans: readonly ProbePlan[]): Map<string, Set<string>> {
  const keys = new Map<string, Set<string>>();
  const isOff = ({ on = true }: ProbePlan) => !on;
  for (const { probe } of plans.filter(isOff))
    for (const { name, fields } of probe.adds ?? [])
      keys.set(name, (keys.get(name) ?? new Set()).union(new Set(Object.keys(fields.shape))));
  for (const plan of plans) {
    if (isOff(plan)) continue;
    for (const { name, fields } of [...plan.probe.types, ...(plan.probe.adds ?? [])])
      for (const key of Object.keys(fields.shape)) keys.get(name)?.delete(key);
  }
  return keys;
}
