/** What has changed on and beside a path since the check was ok the last time. */
import type { Element, GraphNode } from '../../graph/element.ts';
import type { PathAnswer } from '../../query/forwarding/path.ts';
import { Mistake } from '../../std/mistake.ts';
import { Unavailable } from '../../std/unavailable.ts';
import type { ChangeSeen, Evidence } from '../result.ts';
import type { Check } from '../suite/suite.ts';
import type { Breath } from './breath.ts';
import { type Changes, changesOf } from './changes.ts';
import type { Moment } from './moment.ts';
import { isWanted, type Run } from './run.ts';
import { type Differences, differencesSince } from './since.ts';
import { numbers, type Sending, wayOf } from './traffic.ts';

/** Elements on and beside one path that are looked at. */
const NEAR_MAX = 2_000;

/** Nothing when it was not asked for; `missing` when it cannot be told. */
export async function changesNear(
  answer: PathAnswer | undefined,
  sending: Sending,
  run: Run,
  moment: Moment,
  signal: AbortSignal,
): Promise<Pick<Evidence, 'changes' | 'missing'>> {
  if (!isWanted('diff', sending.check, run)) return {};
  const span = spanOf(sending.check, run, moment);
  if (span === undefined) return { missing: [nothingKept(moment)] };
  try {
    const since = await differencesSince(span.from, span.to, moment, run, signal);
    const { from, to } = since;
    const before = await wayOf(sending, since.then, signal).catch(() => undefined);
    const found = await moment.shared(`near ${from} ${wayKey(answer)} ${wayKey(before)}`, signal, () =>
      foundNear([answer, before], since, run, moment, signal),
    );
    const { list, missing } = await ranked(found.list, sending, run, moment, { ...span, from }, signal);
    return { changes: { ...span, from, to, ...found, list }, ...(missing && { missing }) };
  } catch (error) {
    if (!(error instanceof Mistake) && !(error instanceof Unavailable)) throw error;
    return { missing: [`changes: ${error.message}`] };
  }
}

/** Of a check that is about no path: of these elements, and of all beside them, since it was ok the last time. */
export async function changesSince(
  ids: ReadonlySet<string>,
  check: Check,
  run: Run,
  signal: AbortSignal,
): Promise<Pick<Evidence, 'changes' | 'missing'>> {
  if (!isWanted('diff', check, run)) return {};
  const moment = run.moments.now();
  const span = spanOf(check, run, moment);
  if (span === undefined) return {};
  try {
    const since = await differencesSince(span.from, span.to, moment, run, signal);
    const atlas = await moment.atlas(signal);
    const found = await changesOf(since, atlas, run.breath, { near: (its) => (ids.has(its) ? 0 : 1) });
    return { changes: { ...span, from: since.from, ...found } };
  } catch (error) {
    if (!(error instanceof Mistake) && !(error instanceof Unavailable)) throw error;
    return { missing: [`changes: ${error.message}`] };
  }
}

/** Undefined: nothing is kept from before. */
function spanOf(check: Check, { world, since }: Run, moment: Moment) {
  const to = moment.lastMs();
  const { from, ...green } = since.of(check, to);
  return Math.max(from, Math.ceil(world.timeline.range().from)) < to ? { from, to, ...green } : undefined;
}

function nothingKept(moment: Moment): string {
  return `changes: nothing is kept from before ${new Date(moment.lastMs()).toISOString()}`;
}

function wayKey(answer: PathAnswer | undefined): string {
  return [...(answer?.there.hops ?? []), ...(answer?.back?.hops ?? [])].map(({ node }) => node.id).join();
}

async function foundNear(
  ways: readonly (PathAnswer | undefined)[],
  since: Differences,
  run: Run,
  moment: Moment,
  signal: AbortSignal,
): Promise<Changes> {
  await run.breath.take();
  const near = await distances(ways, [moment, since.then], run.breath, signal);
  const its = since.all.filter(({ before, after }) => isNear(near, (after ?? before) as Element));
  const atlas = await (its.some(({ after }) => after !== undefined) ? moment : since.then).atlas(signal);
  return changesOf({ ...since, all: its }, atlas, run.breath, { near: (id) => near.get(id) ?? 1 });
}

/** 0 on the path, 1 beside it: what its nodes own, what they are plugged into, and the rules of their packet filters. */
async function distances(
  ways: readonly (PathAnswer | undefined)[],
  moments: readonly Moment[],
  breath: Breath,
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const near = new Map<string, number>();
  for (const [at, way] of ways.entries()) {
    const hops = [...(way?.there.hops ?? []), ...(way?.back?.hops ?? [])];
    for (const { node } of hops) near.set(node.id, 0);
    const moment = moments[at] as Moment;
    const atlas = await moment.atlas(signal);
    const waiting = [...new Set(hops.map(({ node }) => node))];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      await breath.take();
      for (const edge of [...edgesOf(moment, node)]) {
        if (near.size > NEAR_MAX) return near;
        for (const id of [edge.id, edge.parent, edge.child]) {
          const other = atlas.node(id);
          if (near.has(id) || other?.metadata.Type === 'host') continue;
          near.set(id, 1);
          // A chain is of a namespace, and its rules are its own.
          if (other?.metadata.Type === 'nftchain') waiting.push(other);
        }
      }
    }
  }
  return near;
}

function* edgesOf({ view }: Moment, node: GraphNode) {
  yield* view.in(node);
  // A host and a namespace own much that is not on the way: what belongs to it is found from below.
  if (node.metadata.Type !== 'host') yield* view.out(node);
}

function isNear(near: ReadonlyMap<string, number>, element: Element): boolean {
  if (near.has(element.id)) return true;
  return element.kind === 'edge' && (near.get(element.parent) === 0 || near.get(element.child) === 0);
}

/** All that is asked about what broke it in one run, one after the other, ms. */
const WHY_MS_MAX = 4_000;

/** What is known to have broken it comes first, in the words of who knows. */
async function ranked(
  list: readonly ChangeSeen[],
  { from, to, proto, port }: Sending,
  run: Run,
  moment: Moment,
  span: { readonly lastGreenAt?: number; readonly from: number; readonly to: number },
  signal: AbortSignal,
): Promise<{ readonly list: readonly ChangeSeen[]; readonly missing?: readonly string[] }> {
  const { why, elapsed } = run.world;
  if (why === undefined) return { list };
  // Whoever was green a little later has the same to tell.
  const good = span.lastGreenAt === undefined ? undefined : span.from;
  const asked = {
    from: from.text,
    to: to.text,
    protocol: numbers[proto],
    port,
    good,
    failed: span.to,
    since: span.from,
  };
  try {
    const culprits = await moment.shared(`why ${JSON.stringify(asked)}`, signal, () =>
      run.blaming.with(signal, async () => {
        if (run.spent.whyMs > WHY_MS_MAX) return undefined;
        const begun = elapsed();
        try {
          return await why(asked, signal);
        } finally {
          run.spent.whyMs += elapsed() - begun;
        }
      }),
    );
    if (culprits === undefined)
      return { list, missing: [`what broke it: ${WHY_MS_MAX / 1000} s were spent on that for others of this run`] };
    // What came or went is told once; of what changed there may be more to tell.
    const told = new Set<ChangeSeen>();
    const said = culprits.map(({ text, time, kind, id }): ChangeSeen => {
      const its = list.find(({ node }) => node?.id === id);
      const change = kind.endsWith('.added') ? 'added' : kind.endsWith('.removed') ? 'removed' : 'updated';
      if (its && change !== 'updated' && its.change === change) told.add(its);
      return { at: time, change, ...(its?.node && { node: its.node }), text };
    });
    return { list: [...said, ...list.filter((one) => !told.has(one))] };
  } catch (error) {
    if (!(error instanceof Mistake) && !(error instanceof Unavailable)) throw error;
    return { list, missing: [`what broke it: ${error.message}`] };
  }
}
