/**
 * Which change broke it: the changes of the graph before a failure, ranked by what they did to the path.
 *
 * What could matter is gathered around the path of then and of the failure, and asked for by its ids. Its changes are
 * played one after the other on a small graph, and the model is asked after each: where it says that the path breaks, and
 * stays so, is the culprit. What the model does not see is weighed by its kind, its place and its time.
 */
import type { Element } from '../graph/element.ts';
import type { GraphView, Span } from '../graph/view.ts';
import { nameOf } from '../query/forwarding/atlas.ts';
import { Budget, defaultLimits } from '../query/limits.ts';
import type { Mistake } from '../std/mistake.ts';
import { groupsOf } from './causes.ts';
import { factsOf } from './facts.ts';
import type { Judgement } from './judge.ts';
import { Lore } from './lore.ts';
import { play } from './play.ts';
import type { WhyAnswer, WhyQuestion, WhyVerdict, WhyWorld } from './question.ts';
import { ranked } from './rank.ts';
import { keyOf, type Region, regionOf } from './region.ts';
import { type Step, stepsOf } from './steps.ts';
import { trafficOf } from './traffic.ts';
import { isMoment, judgedAs, lastGood, type Moment, type MomentQuestion, momentAt } from './window.ts';

export type { Culprit, WhyAnswer, WhyElement, WhyQuestion, WhyReason, WhyVerdict, WhyWorld } from './question.ts';

/** Looked back by default, ms: as long as the live graph remembers by itself. */
const BACK_MS = 3_600_000;
const CULPRITS = 10;
/** Nodes, edges and rules that are looked at for one answer. */
const ITEMS_MAX = 50_000_000;

/** Rejects with a Mistake for ends that nobody knows at any moment of the window. */
export async function why(question: WhyQuestion, world: WhyWorld, signal?: AbortSignal): Promise<WhyAnswer> {
  const start = world.elapsed();
  const about = momentQuestion(question, world, signal);
  const { good, goodBy, failed } = await momentsOf(question, world, about);
  const window = { from: good.time, to: failed.time };
  const regions = regionsOf(good, failed);
  const versions = await versionsIn(regions, window, world);
  const steps = stepsOf(versions, window);
  const lore = new Lore([...regions.base, ...regions.later, ...versions]);
  const traffic = trafficOf(good.conversation, good.judgement, good.view);
  const factsBy = new Map(steps.map((step) => [step, factsOf(step, traffic, (id) => lore.nameOf(id))]));
  const matters = (step: Step) => (factsBy.get(step) ?? []).some(({ kind }) => kind !== 'noise');
  const played = await about.drain(
    play({
      base: regions.base,
      time: window.from,
      steps,
      conversation: good.conversation,
      well: good.judgement,
      budget: about.budget,
      matters,
    }),
    failed.view,
  );
  // After what came before it worked all the same.
  const begin = played.wellUntil ?? window.from;
  const groups = groupsOf(
    [...factsBy.values()].flat().filter(({ time }) => time > begin),
    lore,
  );
  const culprits = ranked(
    groups,
    {
      played,
      lore,
      distance: regions.distance,
      hops: hopsOf(good.judgement),
      failed: failed.time,
      isFailedGiven: question.failed !== undefined,
    },
    question.limit ?? CULPRITS,
  );
  const unwatched = world.timeline.unwatched?.(window) ?? [];
  const before = verdictOf(good.time, good.judgement);
  const after = verdictOf(failed.time, failed.judgement);
  return {
    window,
    goodBy,
    before,
    after,
    culprits,
    looked: { elements: regions.ids.length, changes: steps.length },
    unwatched,
    notes: notesOf({ before, after, hasCulprits: culprits.length > 0, goodBy, isCut: regions.isCut, unwatched }),
    tookMs: world.elapsed() - start,
  };
}

function momentQuestion(question: WhyQuestion, world: WhyWorld, signal: AbortSignal | undefined): MomentQuestion {
  const { timeline } = world;
  const { from, to, fromAddress, protocol, port, sourcePort } = question;
  const limits = { ...defaultLimits, items: ITEMS_MAX, timeMs: world.timeMs };
  const budget = new Budget(limits, () => world.elapsed(), signal);
  const views = new Map<number, Promise<GraphView>>();
  return {
    question: { from, to, fromAddress, protocol, port, sourcePort },
    budget,
    viewAt(time) {
      const known = views.get(time);
      if (known !== undefined) return known;
      const view = Promise.resolve(timeline.at(time));
      views.set(time, view);
      return view;
    },
    places: async (time) => world.places?.(time),
    async drain(work, view) {
      for (;;) {
        const { done, value } = work.next();
        if (done === true) return value;
        view.freeze();
        await world.turn();
        budget.resume();
      }
    },
  };
}

interface Moments {
  readonly good: Moment;
  readonly goodBy: WhyAnswer['goodBy'];
  readonly failed: Moment;
}

async function momentsOf(question: WhyQuestion, world: WhyWorld, about: MomentQuestion): Promise<Moments> {
  const kept = world.timeline.range();
  const failedAt = Math.min(question.failed ?? world.now(), world.now());
  const since = Math.max(kept.from, question.since ?? failedAt - BACK_MS);
  if (question.good !== undefined) {
    const given = await momentAt(Math.max(kept.from, question.good), about);
    if (isMoment(given))
      return { good: given, goodBy: 'given', failed: await judgedAs(failedAt, given.conversation, about) };
  }
  const good = await lastGood({ failed: failedAt, since: Math.min(since, question.good ?? since) }, about);
  if (good !== undefined) return { good, goodBy: 'model', failed: await judgedAs(failedAt, good.conversation, about) };
  // The model saw no difference: what it cannot see is looked for from the beginning on.
  const failed = await momentAt(failedAt, about);
  const earliest = await momentAt(Math.min(since, failedAt), about);
  const known = isMoment(earliest) ? earliest : isMoment(failed) ? failed : undefined;
  if (known === undefined) throw failed as Mistake;
  const { conversation } = known;
  return {
    good: await judgedAs(Math.min(since, failedAt), conversation, about),
    goodBy: 'earliest',
    failed: await judgedAs(failedAt, conversation, about),
  };
}

interface Regions {
  /** As all was at the beginning, and at the end. */
  readonly base: readonly Element[];
  readonly later: readonly Element[];
  readonly ids: readonly string[];
  readonly distance: ReadonlyMap<string, number>;
  readonly isCut: boolean;
}

/** What is near the path of then or of the failure; of both moments, so that what appeared is there too. */
function regionsOf(good: Moment, failed: Moment): Regions {
  const roots = new Set([...rootsOf(good), ...rootsOf(failed)]);
  const [then, now] = [regionOf(good.view, roots), regionOf(failed.view, roots)];
  const ids = new Set([...then.elements.values(), ...now.elements.values()].map(({ id }) => id));
  const distance = new Map(now.distance);
  for (const [id, steps] of then.distance) distance.set(id, Math.min(steps, distance.get(id) ?? steps));
  return {
    base: [...withAll(then, ids, good.view)],
    later: [...now.elements.values()],
    ids: [...ids],
    distance,
    isCut: then.isCut || now.isCut,
  };
}

/** What is near now may have been far then, and played from there. */
function* withAll(region: Region, ids: ReadonlySet<string>, view: GraphView): Generator<Element> {
  yield* region.elements.values();
  for (const id of ids) {
    for (const node of view.nodes(id)) if (!region.elements.has(keyOf(node))) yield node;
    for (const edge of view.edges(id)) if (!region.elements.has(keyOf(edge))) yield edge;
  }
}

function rootsOf({ conversation, judgement, view }: Moment): Set<string> {
  const roots = new Set<string>([conversation.start]);
  if (conversation.end !== undefined) roots.add(conversation.end);
  for (const way of [judgement.there, judgement.back]) for (const { node } of way?.hops ?? []) roots.add(node.id);
  // Who has the same address, or MAC, takes packets away wherever it is.
  const traffic = trafficOf(conversation, judgement, view);
  for (const id of traffic.holders) roots.add(id);
  return roots;
}

/** Ids in one question to the archive. */
const IDS_AT_ONCE = 5_000;

async function versionsIn(regions: Regions, window: Span, world: WhyWorld): Promise<Element[]> {
  const versions: Element[] = [];
  for (let at = 0; at < regions.ids.length; at += IDS_AT_ONCE)
    for (const version of await world.timeline.history(regions.ids.slice(at, at + IDS_AT_ONCE), window))
      versions.push(version);
  return versions;
}

function hopsOf({ there, back }: Judgement): ReadonlyMap<string, number> {
  const hops = new Map<string, number>();
  for (const way of [there, back])
    for (const [at, { node }] of (way?.hops ?? []).entries()) if (!hops.has(node.id)) hops.set(node.id, at + 1);
  return hops;
}

function verdictOf(time: number, { there, back }: Judgement): WhyVerdict {
  const way = there.reaches === 'yes' && back !== undefined && back.reaches === 'no' ? back : there;
  const prefix = way === back ? 'on the way back: ' : '';
  return {
    time,
    reaches: way.reaches,
    code: way.code,
    reason: way.reason === undefined ? undefined : prefix + way.reason,
    at: way.at && nameOf(way.at),
    mtu: way.mtu,
  };
}

function notesOf({
  before,
  after,
  hasCulprits,
  goodBy,
  isCut,
  unwatched,
}: {
  readonly before: WhyVerdict;
  readonly after: WhyVerdict;
  readonly hasCulprits: boolean;
  readonly goodBy: WhyAnswer['goodBy'];
  readonly isCut: boolean;
  readonly unwatched: readonly Span[];
}): string[] {
  const [from, to] = [new Date(before.time).toISOString(), new Date(after.time).toISOString()];
  return [
    ...(hasCulprits ? [] : [`nothing on the path, or beside it, changed between ${from} and ${to}`]),
    ...(goodBy === 'earliest' && before.reaches === after.reaches
      ? [`the model says the same at ${from} and at ${to}: what it cannot see is ranked by kind, place and time`]
      : []),
    ...(isCut ? ['more is near the path than is looked at: what is further away was left out'] : []),
    ...unwatched.map(
      (gap) =>
        `nobody was watching from ${new Date(gap.from).toISOString()} to ${new Date(gap.to).toISOString()}: what changed then is dated to its end`,
    ),
  ];
}
