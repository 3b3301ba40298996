/** The changes of the window played one after the other, and what the model says after each: where the path breaks. */
import type { Element } from '../graph/element.ts';
import type { Budget } from '../query/limits.ts';
import { badness, UNKNOWN, worsening } from './badness.ts';
import { type Conversation, type Judgement, judge, readAtlas } from './judge.ts';
import { ReplayView } from './replay.ts';
import type { Step } from './steps.ts';

export interface Effect {
  /** How much worse it was ever after. */
  readonly drop: number;
  readonly text: string;
  /** Ids of the nodes at which it stops since. */
  readonly at: readonly string[];
}

export interface Played {
  /** Of steps after which it was worse, and stayed so. */
  readonly effects: ReadonlyMap<Step, Effect>;
  /** When it first became worse for good. Epoch ms. */
  readonly brokeAt: number | undefined;
  /** When it was well for the last time, where it is not in the end. Epoch ms. */
  readonly wellUntil: number | undefined;
  readonly last: Judgement;
}

export interface Play {
  readonly base: readonly Element[];
  readonly time: number;
  /** Oldest first. */
  readonly steps: readonly Step[];
  readonly conversation: Conversation;
  /** What was said when all was well. */
  readonly well: Judgement;
  readonly budget: Budget;
  /** Whether packets could notice. */
  matters(step: Step): boolean;
}

/** Moments after which the model is asked; of more, those between which something differs are looked for. */
const JUDGED_MAX = 250;
/** Steps of one moment after each of which the model is asked; of more, the one at which it breaks is looked for. */
const APART_MAX = 40;

export function* play(asked: Play): Generator<undefined, Played> {
  const { base, time, steps, well } = asked;
  const moments = momentsOf(steps);
  const judged = yield* judgedAt(asked, moments);
  const known = [...judged.keys()].sort((a, b) => a - b);
  const worth = known.map((at) => badness(judged.get(at) as Judgement, well));
  // The best that is still to come: what recovers later was not why.
  const best = new Array<number>(worth.length);
  for (let i = worth.length - 1; i >= 0; i--)
    best[i] = Math.min(worth[i] as number, best[i + 1] ?? Number.POSITIVE_INFINITY);
  const effects = new Map<Step, Effect>();
  // Where nothing passes in the end, being narrower was not yet broken.
  const broken = (worth.at(-1) ?? 0) >= UNKNOWN ? UNKNOWN : BREAKS;
  let brokeAt: number | undefined;
  for (let i = 1; i < known.length; i++) {
    const drop = (best[i] as number) - (worth[i - 1] as number);
    if (drop <= 0) continue;
    const moment = moments[known[i] as number] as readonly Step[];
    const before = judged.get(known[i - 1] as number) as Judgement;
    const after = judged.get(known[i] as number) as Judgement;
    if (drop >= BREAKS && (best[i] as number) >= broken) brokeAt ??= moment[0]?.time;
    const loud = moment.filter(asked.matters);
    const shares = moment.length > 1 ? yield* apart(asked, steps, moment) : undefined;
    for (const step of loud) {
      const own = shares === undefined ? drop : Math.min(drop, shares.get(step) ?? 0);
      if (own > 0) effects.set(step, { drop: own, text: worsening(before, after), at: stopsOf(after) });
    }
  }
  const last =
    judged.get(known.at(-1) as number) ??
    (yield* judgeIn(asked.conversation, new ReplayView(time, base), asked.budget));
  const isBroken = (worth.at(-1) ?? 0) >= BREAKS;
  const lastWell = isBroken ? worth.findLastIndex((bad) => bad < BREAKS) : -1;
  const wellUntil = lastWell < 0 ? undefined : (moments[known[lastWell] as number]?.[0]?.time ?? time);
  return { effects, brokeAt, wellUntil, last };
}

/** What the model says after each moment that matters, the latest first; the first state of all is left out. */
export function* judgedAfter(asked: Play): Generator<undefined, { time: number; judgement: Judgement }[]> {
  const moments = momentsOf(asked.steps);
  const judged = yield* judgedAt(asked, moments);
  return [...judged]
    .sort(([a], [b]) => b - a)
    .flatMap(([index, judgement]) => {
      const time = moments[index]?.[0]?.time;
      return time === undefined ? [] : [{ time, judgement }];
    });
}

/** So much worse is broken, and not just another way. */
const BREAKS = 12;

/** Index -1 stands for the base; others for the state after that moment. */
function* judgedAt(asked: Play, moments: readonly (readonly Step[])[]): Generator<undefined, Map<number, Judgement>> {
  const { base, time, conversation, budget, well } = asked;
  const judged = new Map<number, Judgement>();
  const loud = [-1, ...moments.flatMap((moment, at) => (moment.some(asked.matters) ? [at] : []))];
  let view = new ReplayView(time, base);
  let played = -1;
  const at = function* (index: number): Generator<undefined, Judgement> {
    const known = judged.get(index);
    if (known !== undefined) return known;
    if (index < played) [view, played] = [new ReplayView(time, base), -1];
    for (; played < index; played++) for (const step of moments[played + 1] as readonly Step[]) view.play(step);
    const one = yield* judgeIn(conversation, view, budget);
    judged.set(index, one);
    return one;
  };
  const isAll = loud.length <= JUDGED_MAX;
  const stride = isAll ? 1 : Math.ceil(loud.length / (JUDGED_MAX / 2));
  for (let i = 0; i < loud.length; i += stride) yield* at(loud[i] as number);
  yield* at(loud.at(-1) as number);
  if (isAll) return judged;
  const places = new Map(loud.map((index, place) => [index, place]));
  const sampled = [...judged.keys()].sort((a, b) => a - b).map((index) => places.get(index) as number);
  for (let i = 1; i < sampled.length; i++) {
    let [low, high] = [sampled[i - 1] as number, sampled[i] as number];
    const goal = badness(yield* at(loud[high] as number), well);
    if (badness(yield* at(loud[low] as number), well) === goal) continue;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (badness(yield* at(loud[middle] as number), well) === goal) high = middle;
      else low = middle;
    }
  }
  return judged;
}

/** What each step of one moment does when it comes after those before it. */
function* apart(asked: Play, steps: readonly Step[], moment: readonly Step[]): Generator<undefined, Map<Step, number>> {
  const { base, time, conversation, budget, well } = asked;
  const view = new ReplayView(time, base);
  const [first] = moment;
  for (const step of steps) {
    if (step === first) break;
    view.play(step);
  }
  const worthOf = function* (of: ReplayView): Generator<undefined, number> {
    return badness(yield* judgeIn(conversation, of, budget), well);
  };
  const shares = new Map<Step, number>();
  let worth = yield* worthOf(view);
  if (moment.filter(asked.matters).length > APART_MAX) return yield* searched(moment, view, worth, worthOf);
  for (const step of moment) {
    view.play(step);
    if (!asked.matters(step)) continue;
    const next = yield* worthOf(view);
    shares.set(step, next - worth);
    worth = next;
  }
  return shares;
}

/** The step of many after which it is as bad as after all of them, and was not before. */
function* searched(
  moment: readonly Step[],
  before: ReplayView,
  good: number,
  worthOf: (view: ReplayView) => Generator<undefined, number>,
): Generator<undefined, Map<Step, number>> {
  const after = function* (count: number): Generator<undefined, number> {
    const view = before.copy();
    for (const step of moment.slice(0, count)) view.play(step);
    return yield* worthOf(view);
  };
  const bad = yield* after(moment.length);
  let [low, high] = [0, moment.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((yield* after(middle)) >= bad) high = middle;
    else low = middle;
  }
  return new Map([[moment[high - 1] as Step, bad - good]]);
}

function momentsOf(steps: readonly Step[]): Step[][] {
  const moments: Step[][] = [];
  for (const step of steps) {
    const last = moments.at(-1);
    if (last?.[0]?.time === step.time) last.push(step);
    else moments.push([step]);
  }
  return moments;
}

function stopsOf({ there, back }: Judgement): string[] {
  return [there, back].flatMap((way) => (way?.at === undefined ? [] : [way.at.id]));
}

/** It is small, and another after each step. */
function* judgeIn(conversation: Conversation, view: ReplayView, budget: Budget): Generator<undefined, Judgement> {
  return yield* judge(conversation, yield* readAtlas(view, budget));
}
