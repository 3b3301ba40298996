/** With `pick: each` one check is several: one for each of the nodes that its endpoint stands for. */
import { Mistake, mistake } from '../../std/mistake.ts';
import { pause } from '../../std/pause.ts';
import type { Check, PathCheck, ReachCheck } from '../suite/suite.ts';
import { type End, endsOf, startOf } from './ends.ts';
import type { Run } from './run.ts';
import type { Slots } from './slots.ts';

export interface Instance {
  /** `blue → red`; undefined of a check that is one. */
  readonly name: string | undefined;
  /** The ends that are given; others are looked up at each attempt. */
  readonly from: End | undefined;
  readonly to: End | undefined;
  /** It could not be found out what it is about. */
  readonly error?: Mistake;
}

/** Results of one check. */
const INSTANCES_MAX = 1_000;

const single: Instance = { name: undefined, from: undefined, to: undefined };

export async function instancesOf(
  check: Check,
  run: Run,
  slots: Slots,
  signal: AbortSignal,
): Promise<readonly Instance[]> {
  if (check.skip !== undefined || (check.kind !== 'reach' && check.kind !== 'path')) return [single];
  if (check.from.pick !== 'each' && check.to.pick !== 'each') return [single];
  const { clock } = run.world;
  const last = clock.now() + check.retry.forMs;
  for (;;) {
    try {
      return await slots.with(signal, () => found(check, run, signal));
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      if (clock.now() + check.retry.everyMs > last) return [{ ...single, error }];
      await pause(clock, check.retry.everyMs, signal);
    }
  }
}

async function found(check: Check & (ReachCheck | PathCheck), run: Run, signal: AbortSignal): Promise<Instance[]> {
  const moment = await run.moments.at(run.moments.spanOf(check.when)?.to);
  const ends = async (side: 'from' | 'to'): Promise<(End | undefined)[]> =>
    check[side].pick === 'each'
      ? endsOf(check[side], moment, side === 'from' ? startOf(check) : side, signal)
      : [undefined];
  const [froms, tos] = [await ends('from'), await ends('to')];
  const pairs = froms
    .flatMap((from) => tos.map((to) => ({ from, to })))
    .filter(({ from, to }) => from === undefined || from.text !== to?.text);
  if (pairs.length > INSTANCES_MAX)
    throw mistake(
      'check.many',
      `${check.id} would be ${pairs.length} checks, of ${INSTANCES_MAX} at most`,
      'narrow its endpoints',
    );
  return pairs.map(({ from, to }) => ({
    name: `${from?.name ?? check.from.name} → ${to?.name ?? check.to.name}`,
    from,
    to,
  }));
}
