/**
 * Which change broke it: the changes of the graph before a failure, ranked by what they did to the path.
 *
 * What could matter is gathered around the path of then and of the failure, and asked for by its ids. Its changes are
 * played one after the other on a small graph, and the model is asked after each: where it says that the path breaks, and
 * stays so, is the culprit. What the model does not see is weighed by its kind, its place and its time.
 */
import type { Span } from '../graph/view.ts';
import { type Atlas, nameOf } from '../query/forwarding/atlas.ts';
import { Budget, defaultLimits } from '../query/limits.ts';
import { badness } from './badness.ts';
import { groupsOf } from './causes.ts';
import type { Fact } from './fact.ts';
import { factsOf } from './facts.ts';
import { type Judgement, readAtlas } from './judge.ts';
import { lookBack } from './look-back.ts';
import { Lore } from './lore.ts';
import { regionsOf, versionsIn } from './near.ts';
import { play } from './play.ts';
import type { WhyAnswer, WhyQuestion, WhyVerdict, WhyWorld } from './question.ts';
import { ranked } from './rank.ts';
import { keyOf } from './region.ts';
import { nearness } from './segment.ts';
import { type Step, stepsOf } from './steps.ts';
import { trafficOf } from './traffic.ts';
import { isMoment, judgedAs, type Moment, type MomentQuestion, momentAt } from './window.ts';

export type { Culprit, WhyAnswer, WhyElement, WhyQuestion, WhyReason, WhyVerdict, WhyWorld } from './question.ts';

/** Looked back first, ms: as long as the live graph remembers by itself. */
const BACK_MS = 3_600_000;
const CULPRITS = 10;
/** Nodes, edges and rules that are looked at for one answer. */
const ITEMS_MAX = 50_000_000;

/** Rejects with a Mistake for ends that nobody knows at any moment of the window. */
export async function why(question: WhyQuestion, world: WhyWorld, signal?: AbortSignal): Promise<WhyAnswer> {
  const start = world.elapsed();
  const kept = world.timeline.range().from;
  const about = momentQuestion(question, world, signal);
  const { good, goodBy, failed, moments } = await momentsOf(question, world, about);
  const window = { from: good.time, to: failed.time };
  const regions = regionsOf(good, failed);
  const versions = await versionsIn(regions, window, world.timeline);
  const steps = stepsOf(versions, window);
  const lore = new Lore([...regions.base, ...regions.later, ...versions]);
  const traffic = trafficOf(good.conversation, good.judgement, good.atlas);
  const hops = hopsOf(good.judgement);
  const isNear = nearness({ path: new Set(hops.keys()), lore, views: [good.view, failed.view] });
  const heard = (fact: Fact) => (isNear(fact.element) ? fact : { ...fact, kind: 'noise' as const });
  const factsBy = new Map(
    steps.map((step) => [step, factsOf(step, traffic, (id) => lore.nameOf(id)).map(heard)] as const),
  );
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
  // After what came before it worked all the same; where it is no worse in the end nothing broke, whatever a part says.
  const isBroken = badness(failed.judgement, good.judgement) > 0;
  const begin = (isBroken ? played.wellUntil : undefined) ?? window.from;
  const groups = groupsOf(
    [...factsBy.values()].flat().filter(({ time }) => time > begin),
    lore,
  );
  // Of what never worked nothing that changed is the reason: what stops it is.
  const isNever = goodBy === 'earliest' && verdictOf(failed.time, failed.judgement).reaches === 'no';
  const culprits = ranked(
    isNever ? [] : groups,
    {
      played,
      lore,
      distance: regions.distance,
      hops,
      later: new Map(regions.later.map((element) => [keyOf(element), element])),
      failed: failed.time,
      isFailedGiven: question.failed !== undefined,
      builtSince: goodBy === 'earliest' ? window.from : undefined,
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
    notes: notesOf({
      lost: question.good !== undefined && question.good < kept ? { good: question.good, kept } : undefined,
      before,
      after,
      hasCulprits: culprits.length > 0,
      goodBy,
      isNever,
      moments,
      isCut: regions.isCut,
      unwatched,
      // Where the path says what it is, nothing has to be guessed.
      assumed: isBroken || after.reaches === 'no' ? undefined : assumedOn(failed.judgement),
    }),
    tookMs: world.elapsed() - start,
  };
}

function momentQuestion(question: WhyQuestion, world: WhyWorld, signal: AbortSignal | undefined): MomentQuestion {
  const { timeline } = world;
  const { from, to, fromAddress, seenAt, protocol, port, sourcePort } = question;
  const limits = { ...defaultLimits, items: ITEMS_MAX, timeMs: world.timeMs };
  const budget = new Budget(limits, () => world.elapsed(), signal);
  const atlases = new Map<number, Promise<Atlas>>();
  const drain: MomentQuestion['drain'] = async (work, view) => {
    for (;;) {
      const { done, value } = work.next();
      if (done === true) return value;
      view.freeze();
      await world.turn();
      budget.resume();
    }
  };
  return {
    question: { from, to, fromAddress, seenAt, protocol, port, sourcePort },
    budget,
    // Of one moment everything is read once.
    atlasAt(time) {
      const known = atlases.get(time);
      if (known !== undefined) return known;
      const atlas = Promise.resolve(timeline.at(time)).then((view) => drain(readAtlas(view, budget), view));
      atlases.set(time, atlas);
      return atlas;
    },
    places: async (time) => world.places?.(time),
    drain,
  };
}

interface Moments {
  readonly good: Moment;
  readonly goodBy: WhyAnswer['goodBy'];
  readonly failed: Moment;
  /** At which the model was asked whether it worked. */
  readonly moments: number;
}

async function momentsOf(question: WhyQuestion, world: WhyWorld, about: MomentQuestion): Promise<Moments> {
  const kept = world.timeline.range();
  const failedAt = Math.min(question.failed ?? world.now(), world.now());
  const since = Math.max(kept.from, question.since ?? failedAt - BACK_MS);
  const said = question.good === undefined ? undefined : Math.max(kept.from, question.good);
  if (said !== undefined) {
    const given = await momentAt(said, about);
    if (isMoment(given))
      return { good: given, goodBy: 'given', failed: await judgedAs(failedAt, given.conversation, about), moments: 2 };
  }
  const { good, same, failed, looked } = await lookBack(
    {
      failed: failedAt,
      since: Math.min(since, said ?? since),
      // Nobody said how far: what broke it may be older than anybody's asking for it.
      further: question.since === undefined && said === undefined ? kept.from : undefined,
    },
    about,
    world.timeline,
  );
  // The model saw no difference: what it cannot see is looked for since it has been like this.
  return {
    ...(good === undefined ? { good: same, goodBy: 'earliest' } : { good, goodBy: 'model' }),
    failed,
    moments: looked,
  };
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
  lost,
  before,
  after,
  hasCulprits,
  goodBy,
  isNever,
  moments,
  isCut,
  unwatched,
  assumed,
}: {
  /** It is said to have worked before anything is kept. Epoch ms. */
  readonly lost: { readonly good: number; readonly kept: number } | undefined;
  readonly before: WhyVerdict;
  readonly after: WhyVerdict;
  readonly hasCulprits: boolean;
  readonly goodBy: WhyAnswer['goodBy'];
  readonly isNever: boolean;
  readonly moments: number;
  readonly isCut: boolean;
  readonly unwatched: readonly Span[];
  readonly assumed: readonly string[] | undefined;
}): string[] {
  const [from, to] = [new Date(before.time).toISOString(), new Date(after.time).toISOString()];
  return [
    ...(lost === undefined
      ? []
      : [
          `nothing is kept of ${new Date(lost.good).toISOString()}, when it is said to have worked: what is kept begins at ${new Date(lost.kept).toISOString()}`,
        ]),
    ...nothingOr({ from, to, hasCulprits, goodBy, isNever, moments, after, isSame: before.reaches === after.reaches }),
    ...(assumed === undefined ? [] : [unseen(assumed)]),
    ...(isCut ? ['more is near the path than is looked at: what is further away was left out'] : []),
    ...unwatched.map(
      (gap) =>
        `nobody was watching from ${new Date(gap.from).toISOString()} to ${new Date(gap.to).toISOString()}: what changed then is dated to its end`,
    ),
  ];
}

function assumedOn({ there, back }: Judgement): readonly string[] {
  return [...new Set([...there.assumed, ...(back?.assumed ?? [])])];
}

/** Of what is taken for granted so much is said. */
const ASSUMED_MAX = 5;

function unseen(assumed: readonly string[]): string {
  const granted = assumed.slice(0, ASSUMED_MAX).join('; ');
  const more = assumed.length > ASSUMED_MAX ? ` and ${assumed.length - ASSUMED_MAX} more` : '';
  const all = granted === '' ? '' : ` It takes for granted: ${granted}${more}.`;
  return `as far as the graph tells the path works.${all} What it does not tell may be why: rules of the old ip_tables, a process that hangs or a switch whose process has ended, a full queue, loss on a link, a setting of the kernel such as icmp_echo_ignore_all`;
}

function nothingOr({
  from,
  to,
  hasCulprits,
  goodBy,
  isNever,
  moments,
  after,
  isSame,
}: {
  readonly from: string;
  readonly to: string;
  readonly hasCulprits: boolean;
  readonly goodBy: WhyAnswer['goodBy'];
  readonly isNever: boolean;
  readonly moments: number;
  readonly after: WhyVerdict;
  readonly isSame: boolean;
}): string[] {
  if (isNever)
    return [
      `it worked at none of the ${moments} moments looked at since ${from}: what stops it is ${after.reason ?? after.code ?? 'not known'}${after.at === undefined ? '' : ` (at ${after.at})`}`,
    ];
  if (!hasCulprits) return [`nothing on the path, or beside it, changed between ${from} and ${to}`];
  return goodBy === 'earliest' && isSame
    ? [
        `the model says the same from ${from} to ${to}: what it cannot see is ranked by kind, place and time; when it is known to have worked tells more (--good)`,
      ]
    : [];
}
