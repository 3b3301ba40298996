/** Checks of what a bundle holds: query, path and model are asked of it, nothing is sent, and nothing changes. */
import { randomUUID } from 'node:crypto';
import { Checks, type ChecksList, greenAt, type LastGreen, type PreparedChecks } from './api/checks.ts';
import { placesIn } from './api/process-places.ts';
import { turn } from './api/write.ts';
import { CHECK_WHY_MS, whatBroke } from './app-checks.ts';
import { whyOf } from './app-why.ts';
import type { World } from './checks/run/world.ts';
import { version } from './cli/version.ts';
import type { BundleManifest, KeptChecks } from './contract/bundle.ts';
import type { SocketView } from './ends/socket-view.ts';
import type { FlowView } from './flow/view.ts';
import type { Timeline } from './graph/view.ts';
import type { Log } from './probes/probe.ts';
import type { Context, QueryEngine } from './query/query.ts';
import { type Clock, systemClock } from './std/clock.ts';

export interface OpenCheckParts {
  readonly manifest: Pick<BundleManifest, 'span'>;
  /** What came with it. */
  readonly kept: KeptChecks | undefined;
  readonly timeline: Timeline;
  readonly engine: Pick<QueryEngine, 'prepare' | 'run'>;
  readonly flows: { readonly flows?: FlowView; readonly sockets?: SocketView } & Pick<Context, 'matchFilter'>;
  readonly log: Log;
}

export function bundleChecks({ manifest, kept: given, timeline, engine, flows, log }: OpenCheckParts): Checks {
  const { to: end } = manifest.span;
  const { sockets } = flows;
  const why = whyOf({ timeline, sockets, timeMs: CHECK_WHY_MS, now: () => end });
  const world: World = {
    version: version(),
    clock: clockFrom(end),
    elapsed: () => performance.now(),
    turn,
    newId: randomUUID,
    timeline,
    revision: () => 0,
    ask: async (query, its, signal) =>
      engine.run(engine.prepare(query), {
        ...flows,
        timeline: its,
        nowMs: end,
        elapsed: () => performance.now(),
        turn,
        signal,
      }),
    ...(sockets && { places: (time) => placesIn(sockets, time) }),
    flows: flows.flows,
    why: whatBroke(why),
    log,
  };
  // Of the form of results, which was looked at when they were read.
  const kept = given as unknown as Pick<ChecksList, 'last' | 'results'> | undefined;
  return new StillChecks(end, {
    ...{ world, version: version(), clock: { ...systemClock, now: () => end }, green: greenIn(kept?.results ?? []) },
    ...(kept && { kept }),
  });
}

class StillChecks extends Checks {
  readonly #end: number;

  constructor(end: number, parts: ConstructorParameters<typeof Checks>[0]) {
    super(parts);
    this.#end = end;
  }

  /** To ask again or to look on would change nothing. */
  override async prepare(...asked: Parameters<Checks['prepare']>): Promise<PreparedChecks> {
    const prepared = await super.prepare(...asked);
    const checks = prepared.checks.map((check) => ({ ...check, retry: { ...check.retry, forMs: 0 }, holdMs: 0 }));
    return { ...prepared, checks };
  }

  /** However long the bundle has been open: each run begins at its end. */
  override run(prepared: PreparedChecks, as: Parameters<Checks['run']>[1], ...rest: Rest): Promise<void> {
    return super.run(prepared, { ...as, world: { ...as.world, clock: clockFrom(this.#end) } }, ...rest);
  }
}

type Rest = Parameters<Checks['run']> extends [unknown, unknown, ...infer More] ? More : never;

/** What waits must see time pass, so it goes on from there. */
function clockFrom(time: number): Clock {
  const begin = performance.now();
  return { now: () => Math.floor(time + performance.now() - begin), after: systemClock.after };
}

function greenIn(results: ChecksList['results']): LastGreen {
  const times = new Map(results.filter(({ status }) => status === 'ok').map((result) => [result.id, greenAt(result)]));
  for (const { id, status } of results) if (status !== 'ok') times.delete(id);
  return { get: (id) => times.get(id), set: () => undefined };
}
