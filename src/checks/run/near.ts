/** What has changed on and beside a path since the check was ok the last time. */
import type { Element, GraphNode } from '../../graph/element.ts';
import type { PathAnswer } from '../../query/forwarding/path.ts';
import { Mistake } from '../../std/mistake.ts';
import { Unavailable } from '../../std/unavailable.ts';
import type { ChangeSeen, Evidence } from '../result.ts';
import type { Check } from '../suite/suite.ts';
import { changesOf } from './changes.ts';
import type { Moment } from './moment.ts';
import type { Run } from './run.ts';
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
  const { evidence, id } = sending.check;
  if (!evidence.onFailure.includes('diff')) return {};
  const { timeline, clock } = run.world;
  const to = moment.time ?? clock.now();
  const lastGreenAt = run.lastGreen(id);
  const range = timeline.range();
  const known = lastGreenAt !== undefined && lastGreenAt < to ? lastGreenAt : undefined;
  const from = Math.max(known ?? to - evidence.sinceMs, Math.ceil(range.from));
  if (from >= to) return { missing: [`changes: nothing is kept from before ${new Date(to).toISOString()}`] };
  try {
    const then = await run.moments.at(from);
    const before = await wayOf(sending, then, signal).catch(() => undefined);
    const near = await distances([answer, before], [moment, then], signal);
    const differences = (await timeline.diff({ from, to })).filter(({ before: was, after }) =>
      isNear(near, (after ?? was) as Element),
    );
    const atlas = await (differences.some(({ after }) => after !== undefined) ? moment : then).atlas(signal);
    const found = changesOf(differences, atlas, (its) => near.get(its) ?? 1);
    const list = await ranked(found.list, sending, run, { from: known, to, since: from }, signal);
    return { changes: { from, to, ...(known !== undefined && { lastGreenAt: known }), ...found, list } };
  } catch (error) {
    if (!(error instanceof Mistake) && !(error instanceof Unavailable)) throw error;
    return { missing: [`changes: ${error.message}`] };
  }
}

/** Of a check that is about no path: of these elements, and of all beside them, since it was ok the last time. */
export async function changesSince(
  ids: ReadonlySet<string>,
  { id, evidence }: Check,
  run: Run,
  signal: AbortSignal,
): Promise<Pick<Evidence, 'changes' | 'missing'>> {
  if (!evidence.onFailure.includes('diff')) return {};
  const { timeline, clock } = run.world;
  const to = clock.now();
  const known = run.lastGreen(id);
  const from = Math.max(known ?? to - evidence.sinceMs, Math.ceil(timeline.range().from));
  if (from >= to) return {};
  try {
    const atlas = await run.moments.now().atlas(signal);
    const found = changesOf(await timeline.diff({ from, to }), atlas, (its) => (ids.has(its) ? 0 : 1));
    return { changes: { from, to, ...(known !== undefined && { lastGreenAt: known }), ...found } };
  } catch (error) {
    if (!(error instanceof Mistake) && !(error instanceof Unavailable)) throw error;
    return { missing: [`changes: ${error.message}`] };
  }
}

/** 0 on the path, 1 beside it: what its nodes own, what they are plugged into, and the rules of their packet filters. */
async function distances(
  ways: readonly (PathAnswer | undefined)[],
  moments: readonly Moment[],
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const near = new Map<string, number>();
  for (const [at, way] of ways.entries()) {
    const hops = [...(way?.there.hops ?? []), ...(way?.back?.hops ?? [])];
    for (const { node } of hops) near.set(node.id, 0);
    const moment = moments[at] as Moment;
    const atlas = await moment.atlas(signal);
    const waiting = [...new Set(hops.map(({ node }) => node))];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop())
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

/** What is known to have broken it comes first, in the words of who knows. */
async function ranked(
  list: readonly ChangeSeen[],
  { from, to, proto, port }: Sending,
  { world }: Run,
  span: { readonly from: number | undefined; readonly to: number; readonly since: number },
  signal: AbortSignal,
): Promise<readonly ChangeSeen[]> {
  if (world.why === undefined) return list;
  try {
    const asked = {
      from: from.text,
      to: to.text,
      protocol: numbers[proto],
      port,
      good: span.from,
      failed: span.to,
      since: span.since,
    };
    const culprits = await world.why(asked, signal);
    const said = culprits.map(({ text, time, kind, id }): ChangeSeen => {
      const its = list.find(({ node }) => node?.id === id);
      const change = kind.endsWith('.added') ? 'added' : kind.endsWith('.removed') ? 'removed' : 'updated';
      return { at: time, change, ...(its?.node && { node: its.node }), text };
    });
    return [...said, ...list];
  } catch (error) {
    if (!(error instanceof Mistake) && !(error instanceof Unavailable)) throw error;
    return list;
  }
}
