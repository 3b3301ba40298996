/** What goes wrong in a run, when, and with whom: some kinds of it, so that each is also seen alone. */
import type { Chance } from './chance.ts';

export const FAULTS = [
  'cut',
  'shut',
  'deaf',
  'agent-killed',
  'agent-power',
  'agent-torn',
  'agent-long-away',
  'analyzer-killed',
  'analyzer-stopped',
  'disk-full',
  'archive-slow',
  'archive-away',
  'archive-mute',
  'agent-clock',
  'analyzer-clock',
] as const;
export type FaultKind = (typeof FAULTS)[number];

export interface Fault {
  readonly kind: FaultKind;
  readonly atMs: number;
  readonly forMs: number;
  readonly agent: number;
  readonly analyzer: number;
}

export interface FaultsOptions {
  readonly chance: Chance;
  readonly runMs: number;
  readonly graceMs: number;
  readonly agents: number;
  readonly analyzers: number;
}

export function faults({ chance, runMs, graceMs, agents, analyzers }: FaultsOptions): Fault[] {
  const kinds = FAULTS.filter(() => chance.is(0.35));
  if (kinds.length === 0) return [];
  return Array.from({ length: chance.between(0, 9) }, (): Fault => {
    const kind = chance.pick(kinds);
    return {
      kind,
      atMs: chance.between(500, runMs - 1_000),
      forMs: kind === 'agent-long-away' ? graceMs + chance.between(1_000, 20_000) : chance.between(50, 15_000),
      agent: chance.below(agents),
      analyzer: chance.below(analyzers),
    };
  }).sort((a, b) => a.atMs - b.atMs);
}
