/** Groups of changes as culprits: each with a score, and why it has it. */
import type { Element, GraphNode } from '../graph/element.ts';
import { equal } from '../graph/value.ts';
import { nameOf, typeOf } from '../query/forwarding/atlas.ts';
import type { Group } from './causes.ts';
import type { Fact } from './fact.ts';
import { kindOf } from './kinds.ts';
import type { Lore } from './lore.ts';
import type { Effect, Played } from './play.ts';
import type { Culprit, WhyElement, WhyReason } from './question.ts';
import { keyOf } from './region.ts';
import type { Step } from './steps.ts';
import { isEntryUndone } from './undone.ts';

export interface Circumstances {
  readonly played: Played;
  readonly lore: Lore;
  /** Steps from the path, by node; 0 is on it. */
  readonly distance: ReadonlyMap<string, number>;
  /** Place on the path, from 1, by node. */
  readonly hops: ReadonlyMap<string, number>;
  /** What is there in the end, by kind and id. */
  readonly later: ReadonlyMap<string, Element>;
  /** The first failure, epoch ms. */
  readonly failed: number;
  /** Whether somebody said when that was. */
  readonly isFailedGiven: boolean;
  /** Nobody knows a moment at which it was better: what came to be since then was not different before. Epoch ms. */
  readonly builtSince: number | undefined;
}

export function ranked(groups: readonly Group[], about: Circumstances, limit: number): Culprit[] {
  const judged = groups
    .map((group) => scored(group, about))
    .filter(({ group, effect, score }) => score > 0 && (effect !== undefined || isSuspect(group)));
  judged.sort((a, b) => b.score - a.score || b.group.cause.time - a.group.cause.time);
  return judged
    .slice(0, limit)
    .map(({ group, score, reasons }, at) => culpritOf(group, { rank: at + 1, score, reasons }, about.lore));
}

/** What is about other packets is not accused for having happened at the time. */
function isSuspect({ cause, consequences }: Group): boolean {
  const isElsewhere = cause.isAbout === false && !consequences.some(({ isAbout }) => isAbout === true);
  return !isElsewhere && kindOf(cause.kind).points > 0;
}

interface Scored {
  readonly group: Group;
  readonly effect: Effect | undefined;
  readonly score: number;
  readonly reasons: readonly WhyReason[];
}

function scored(group: Group, about: Circumstances): Scored {
  const undone = undoneReason(group, about);
  const effect = undone === undefined ? effectOf(group, about.played) : undefined;
  const reasons = [
    modelReason(group, effect, about),
    placeReason(group, effect, about),
    kindReason(group.cause),
    effect === undefined ? builtReason(group.cause, about) : undefined,
    undone ?? (effect === undefined ? replacedReason(group.cause, about) : undefined),
    timeReason(group, about),
  ].filter((reason) => reason !== undefined);
  const sum = reasons.reduce((total, { points }) => total + points, 0);
  return { group, effect, reasons, score: Math.round(Math.min(100, Math.max(0, sum))) };
}

function effectOf({ cause, consequences }: Group, { effects }: Played): Effect | undefined {
  let most: Effect | undefined;
  // What is said of other packets may have come at the same moment.
  const facts = [cause, ...consequences].filter(
    ({ isAbout, kind }) => isAbout !== false || !/^(route|policy|fdb|neighbour)\./.test(kind),
  );
  for (const step of new Set<Step>(facts.map(({ step }) => step))) {
    const effect = effects.get(step);
    if (effect !== undefined && effect.drop > (most?.drop ?? 0)) most = effect;
  }
  // Of what changed with something that matters noise is not the reason.
  return kindOf(cause.kind).points < 0 ? undefined : most;
}

/** Of what the model says so much is worth a point, and so many points at most. */
const MODEL_SHARE = 0.6;
const MODEL_MAX = 60;
const ELSEWHERE = -10;

function modelReason(_: Group, effect: Effect | undefined, { played }: Circumstances): WhyReason | undefined {
  if (effect !== undefined)
    return { of: 'model', points: Math.min(MODEL_MAX, Math.round(effect.drop * MODEL_SHARE)), text: effect.text };
  if (played.brokeAt === undefined) return undefined;
  return { of: 'model', points: ELSEWHERE, text: 'the path does not change at this change, but at another one' };
}

const NEAR = [15, 9, 5, 2];
const AT_THE_STOP = 5;

function placeReason({ cause, consequences }: Group, effect: Effect | undefined, about: Circumstances): WhyReason {
  const ids = idsOf(cause);
  const steps = Math.min(...ids.map((id) => about.distance.get(id) ?? NEAR.length));
  const hop = ids.map((id) => about.hops.get(id)).find((place) => place !== undefined);
  const isStop = effect?.at.some((id) => [cause, ...consequences].some((fact) => idsOf(fact).includes(id))) === true;
  const points = (NEAR[steps] ?? 0) + (isStop ? AT_THE_STOP : 0);
  const where =
    hop !== undefined
      ? `on the path, hop ${hop}`
      : steps === 0
        ? 'on the path'
        : steps < NEAR.length
          ? `${steps} ${steps === 1 ? 'step' : 'steps'} beside the path`
          : 'far from the path';
  return { of: 'place', points, text: isStop ? `${where}, where it stops` : where };
}

function idsOf({ element }: Fact): string[] {
  return element.kind === 'edge' ? [element.parent, element.child] : [element.id];
}

const ABOUT_THEM = 5;
const ABOUT_OTHERS = -15;

function kindReason({ kind, isAbout }: Fact): WhyReason {
  const { points, doc } = kindOf(kind);
  const more = isAbout === undefined ? 0 : isAbout ? ABOUT_THEM : ABOUT_OTHERS;
  const end = isAbout === undefined ? '' : isAbout ? '; it is about these packets' : '; it is about other packets';
  return { of: 'kind', points: points + more, text: `${doc}${end}` };
}

const UNDONE = -40;

/** Where it is as it was before it is not why it fails now; what followed from it may be. */
function undoneReason({ cause, consequences }: Group, { later }: Circumstances): WhyReason | undefined {
  const all = [cause, ...consequences].filter(({ kind }) => kindOf(kind).points >= 0);
  if (all.length === 0 || !all.every((fact) => isUndone(fact, later))) return undefined;
  return { of: 'kind', points: UNDONE, text: 'it was as before again when it failed' };
}

/** What has the same name in the same place is what people take for it. */
function replacedReason({ step, element }: Fact, { later, lore }: Circumstances): WhyReason | undefined {
  if (step.after !== undefined || element.kind !== 'node') return undefined;
  const owner = lore.namespaceOf(element.id)?.id;
  for (const other of later.values())
    if (
      other.kind === 'node' &&
      other.id !== element.id &&
      other.metadata.Name === element.metadata.Name &&
      other.metadata.Type === element.metadata.Type &&
      lore.namespaceOf(other.id)?.id === owner
    )
      return { of: 'kind', points: UNDONE, text: 'another of the same name was there again when it failed' };
  return undefined;
}

function isUndone(fact: Fact, later: ReadonlyMap<string, Element>): boolean {
  const { step, key, element } = fact;
  const last = later.get(keyOf(element));
  if (step.before === undefined) return last === undefined;
  if (last === undefined) return false;
  if (key === undefined || equal(last.metadata[key], step.before.metadata[key])) return true;
  return isEntryUndone(fact, last);
}

const BUILT = -25;

/** What is built anew is told in many changes, none of which changed what was there before. */
function builtReason({ kind, element }: Fact, { builtSince }: Circumstances): WhyReason | undefined {
  if (builtSince === undefined || element.createdAt <= builtSince || !BUILDING.test(kind)) return undefined;
  return { of: 'kind', points: BUILT, text: 'it came to be only then, and was never different' };
}

const BUILDING =
  /^(namespace|container|interface|port|link|address|route|policy|neighbour)\.(added|seen)$|^service\.started$/;

/** So near to the failure, ms, and what that is worth. */
const TIMES = [
  [2_000, 10],
  [10_000, 7],
  [60_000, 4],
  [600_000, 2],
] as const;
const LATE = -8;

function timeReason({ cause, consequences }: Group, { played, failed, isFailedGiven }: Circumstances): WhyReason {
  const { brokeAt } = played;
  // What follows may be told before its cause.
  const time = Math.min(cause.time, ...consequences.map((fact) => fact.time));
  const mark = brokeAt ?? failed;
  const what =
    brokeAt !== undefined ? 'the path broke' : isFailedGiven ? 'the first failure' : 'the moment that was asked about';
  const away = mark - time;
  if (brokeAt !== undefined && away < -1_000)
    return { of: 'time', points: LATE, text: `${durationText(-away)} after ${what}` };
  const points = TIMES.find(([within]) => Math.abs(away) <= within)?.[1] ?? 0;
  const text = away === 0 ? `when ${what}` : `${durationText(Math.abs(away))} ${away > 0 ? 'before' : 'after'} ${what}`;
  return { of: 'time', points, text };
}

function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

/** So many consequences are told. */
const CONSEQUENCES_MAX = 50;

function culpritOf(
  { cause, consequences }: Group,
  { rank, score, reasons }: Pick<Culprit, 'rank' | 'score' | 'reasons'>,
  lore: Lore,
): Culprit {
  const told = consequences.filter(({ kind }) => kind !== 'noise').map((fact) => sentence(fact, lore));
  const unique = [...new Set(told)];
  return {
    rank,
    score,
    text: sentence(cause, lore),
    kind: cause.kind,
    time: cause.time,
    element: elementOf(cause, lore),
    key: cause.key,
    from: cause.from,
    to: cause.to,
    reasons,
    consequences:
      unique.length <= CONSEQUENCES_MAX
        ? unique
        : [...unique.slice(0, CONSEQUENCES_MAX), `and ${unique.length - CONSEQUENCES_MAX} more`],
  };
}

/** With the namespace, where that is not the thing itself. */
function sentence({ text, element }: Fact, lore: Lore): string {
  const namespace = element.kind === 'node' ? lore.namespaceOf(element.id) : undefined;
  if (namespace === undefined || namespace.id === element.id || typeOf(namespace) !== 'netns') return text;
  return `${text} in ${nameOf(namespace)}`;
}

function elementOf({ element }: Fact, lore: Lore): WhyElement {
  const namespace = lore.namespaceOf(element.id);
  const isInside = namespace !== undefined && namespace.id !== element.id && typeOf(namespace) === 'netns';
  const { id, kind, host, metadata } = element;
  return {
    id,
    kind,
    type: kind === 'node' ? typeOf(element) : String(metadata.RelationType ?? ''),
    name:
      kind === 'node' ? nameOf(element as GraphNode) : `${lore.nameOf(element.parent)} – ${lore.nameOf(element.child)}`,
    host,
    namespace: isInside ? nameOf(namespace) : undefined,
  };
}
