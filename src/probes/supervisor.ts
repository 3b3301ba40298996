/**
 * Runs probes: each on its own, again and again with back-off, and says how it goes. A probe that throws ends its run,
 * never the process and never another probe.
 */
import * as z from 'zod';
import { Mistake } from '../std/mistake.ts';
import { settlesWithin } from '../std/pause.ts';
import { type KeepParts, keep, STOP_MS } from './keep.ts';
import type { Probe } from './probe.ts';
import { type ProbeStatus, said } from './status.ts';

export { type ProbeStatus, said };
export type SupervisorParts = KeepParts;

export interface Supervisor {
  /** Resolves when every probe that is on has its first reading in the graph or waits for its next try. */
  ready(): Promise<void>;
  status(): readonly ProbeStatus[];
  /** Ends all runs. Resolves when they have ended; those that do not listen are left behind after `STOP_MS`. */
  stop(): Promise<void>;
}

/** A probe to run. Options are checked by the probe's own shape; a probe that is not on is only listed. */
export interface ProbePlan {
  readonly probe: Probe;
  readonly options?: unknown;
  readonly on?: boolean;
}

/** Throws a Mistake that names all wrong options of all probes, before anything runs. */
export function supervise(plans: readonly ProbePlan[], parts: SupervisorParts): Supervisor {
  const checked = check(plans);
  const stopping = new AbortController();
  const kept = checked.map((plan) => keep(plan, parts, stopping.signal));
  return {
    ready: async () => void (await Promise.all(kept.map((one) => one.settled))),
    status: () => kept.map((one) => one.status()),
    async stop() {
      stopping.abort();
      for (const one of kept) {
        if (await settlesWithin(parts.clock, STOP_MS, one.ended)) continue;
        parts.log.warn(`probe ${one.status().name}: did not stop within ${STOP_MS / 1000} s; left behind`);
      }
    },
  };
}

function check(plans: readonly ProbePlan[]): Required<ProbePlan>[] {
  const read = plans.map(({ probe, options = {}, on = true }) => ({
    probe,
    on,
    parsed: on ? probe.options.safeParse(options) : { success: true as const, data: options },
  }));
  const faults = read.flatMap(({ probe, parsed }) =>
    parsed.success
      ? []
      : parsed.error.issues.map((issue) => ({
          code: 'probe.option',
          message: `probe ${probe.name}: option ${z.core.toDotPath(issue.path) || '(all)'}: ${issue.message}`,
        })),
  );
  if (faults.length > 0) throw new Mistake(faults);
  return read.map(({ probe, on, parsed }) => ({ probe, on, options: parsed.data }));
}
