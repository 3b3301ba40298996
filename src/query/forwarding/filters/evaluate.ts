/**
 * A packet in one chain of a hook, and in those that it jumps to (net/netfilter/nf_tables_core.c, nft_do_chain()). A rule
 * of which nobody can tell whether it applies is tried both ways: only where the ends differ it matters.
 */
import type { Metadata } from '../../../graph/element.ts';
import { textOf, textsIn } from '../atlas.ts';
import type { Packet } from '../packet.ts';
import type { Chain, Filters, Rule } from './chains.ts';
import { conditionHolds, joinedFact } from './conditions.ts';
import { leadsTo, numberIn } from './elements.ts';
import type { Facts } from './facts.ts';
import { type NatKind, type Translated, translated } from './nat.ts';
import { both, isNo, open, type Truth, usual, YES } from './truth.ts';

export interface Verdict {
  readonly verdict: 'accept' | 'drop' | 'reject';
  /** Undefined: the policy of the chain, or the end of it. */
  readonly rule: Rule | undefined;
  readonly chain: Chain;
  readonly packet: Packet;
  readonly nat:
    | { readonly kind: NatKind; readonly rule: Rule; readonly chain: Chain; readonly choice?: string }
    | undefined;
  readonly mark: number | undefined;
  readonly connectionMark: number | undefined;
  readonly isUntracked: boolean;
  /** What had to be taken for granted for it to end so. */
  readonly doubts: readonly Doubt[];
}

export interface Doubt {
  /** `usual`: what mostly holds; `open`: whether a rule applies; `astray`: what becomes of a packet to which it does. */
  readonly kind: 'usual' | 'open' | 'astray';
  readonly rule: Rule;
  readonly chain: Chain;
  readonly why: string;
}

/** Ways that are tried in one chain. */
const TRIES_MAX = 64;
/** Rules that are looked at, with those that are tried again. The kernel takes no rules that lead in a circle. */
const RULES_MAX = 100_000;
/** The kernel has 16 (NFT_JUMP_STACK_SIZE). */
const DEPTH_MAX = 16;

interface Frame {
  readonly chain: Chain;
  at: number;
}

interface Machine {
  readonly stack: Frame[];
  facts: Facts;
  isUntracked: boolean;
  readonly doubts: Doubt[];
}

export interface Course {
  readonly filters: Filters;
  readonly chain: Chain;
  readonly facts: Facts;
  readonly nextHop: string | undefined;
}

export function* evaluate(course: Course): Generator<undefined, Verdict> {
  const tries = { left: TRIES_MAX, rules: RULES_MAX };
  const machine: Machine = {
    stack: [{ chain: course.chain, at: 0 }],
    facts: course.facts,
    isUntracked: false,
    doubts: [],
  };
  return yield* run(machine, course, tries);
}

function* run(machine: Machine, course: Course, tries: { left: number; rules: number }): Generator<undefined, Verdict> {
  const { budget } = machine.facts.place.atlas;
  for (;;) {
    const frame = machine.stack.at(-1);
    if (frame === undefined)
      return ended(machine, course, course.chain.policy === 'drop' ? 'drop' : 'accept', undefined);
    const rule = frame.chain.rules()[frame.at++];
    if (rule === undefined) {
      machine.stack.pop();
      continue;
    }
    if (budget.spend()) yield undefined;
    if (--tries.rules <= 0) {
      const why = 'what comes after more rules than are followed';
      machine.doubts.push({ kind: 'open', why, rule, chain: frame.chain });
      return ended(machine, course, 'accept', undefined);
    }
    const truth = ruleHolds(rule, frame.chain, machine, course);
    if (isNo(truth)) continue;
    if (truth.doubt === undefined || tries.left <= 0) {
      if (truth.doubt !== undefined) machine.doubts.push({ ...truth.doubt, rule, chain: frame.chain });
      if (!truth.holds) continue;
      const verdict = yield* act(rule, frame.chain, machine, course);
      if (verdict) return verdict;
      continue;
    }
    tries.left--;
    const other = copyOf(machine);
    const verdict = yield* act(rule, frame.chain, machine, course);
    const applied = verdict ?? (yield* run(machine, course, tries));
    const passed = yield* run(other, course, tries);
    if (isSame(applied, passed)) return passed;
    const chosen = chooseBetween(applied, passed, truth);
    return { ...chosen, doubts: [{ ...truth.doubt, rule, chain: frame.chain }, ...chosen.doubts] };
  }
}

/** What is usual, else that which lets it through: that it does not is then told as what may be. */
function chooseBetween(applied: Verdict, passed: Verdict, { holds, doubt }: Truth): Verdict {
  if (doubt?.kind === 'usual') return holds ? applied : passed;
  return passed.verdict === 'accept' ? passed : applied;
}

function isSame(one: Verdict, other: Verdict): boolean {
  return (
    (one.verdict === 'accept') === (other.verdict === 'accept') &&
    one.mark === other.mark &&
    one.connectionMark === other.connectionMark &&
    one.isUntracked === other.isUntracked &&
    isAstray(one) === isAstray(other) &&
    JSON.stringify(one.packet) === JSON.stringify(other.packet)
  );
}

function isAstray({ doubts }: Verdict): boolean {
  return doubts.some(({ kind }) => kind === 'astray');
}

function copyOf({ stack, facts, isUntracked, doubts }: Machine): Machine {
  return { stack: stack.map((frame) => ({ ...frame })), facts, isUntracked, doubts: [...doubts] };
}

function ended(
  { facts, isUntracked, doubts }: Machine,
  { chain }: Course,
  verdict: Verdict['verdict'],
  by: { readonly rule: Rule; readonly chain: Chain } | undefined,
  done?: Translated,
): Verdict {
  const nat = done && by && { kind: done.kind, ...by, ...(done.choice !== undefined && { choice: done.choice }) };
  return {
    verdict,
    ...{ rule: by?.rule, chain: by?.chain ?? chain, packet: done?.packet ?? facts.packet, nat },
    ...{ mark: facts.mark, connectionMark: facts.connectionMark, isUntracked, doubts },
  };
}

/** All conditions, wherever they stand; limits are such too. */
function ruleHolds(rule: Rule, chain: Chain, { facts }: Machine, { filters }: Course): Truth {
  let truth = YES;
  for (const clause of rule.clauses) {
    if (clause.Do === undefined)
      truth = both(
        truth,
        conditionHolds(clause, facts, (name) => filters.set(chain, name)),
      );
    else if (clause.Do === 'limit')
      truth = both(truth, usual(clause.Value !== 'over', 'a limit, which is not reached'));
    else if (clause.IsOpen === true) truth = both(truth, open(`${textOf(clause.Do)}`));
    if (isNo(truth)) return truth;
  }
  return truth;
}

const WRITES = /^(ip6? ([sd]addr|ttl|hoplimit)|(tcp|udp|sctp|th) [sd]port|ether [sd]addr)$/;
/** As many routers as a packet may still pass are enough. */
const LIVES = 32;
/** They take the packet somewhere else. */
const STRANGE = new Set(['tproxy', 'fwd', 'synproxy', 'queue', 'xt TPROXY', 'xt NFQUEUE', 'xt NETMAP', 'xt SYNPROXY']);

/** Undefined: the packet goes on, maybe in another chain. */
function* act(rule: Rule, chain: Chain, machine: Machine, course: Course): Generator<undefined, Verdict | undefined> {
  const by = { rule, chain };
  for (const clause of rule.clauses) {
    const done = textOf(clause.Do);
    if (STRANGE.has(done ?? '')) {
      machine.doubts.push({ kind: 'astray', why: `${done} takes it elsewhere`, ...by });
      return ended(machine, course, 'accept', by);
    }
    switch (done) {
      case 'accept':
      case 'drop':
      case 'reject':
        return ended(machine, course, done, by);
      case 'return':
      case 'jump':
      case 'goto':
        steer(done, textOf(clause.Chain) ?? '', chain, machine, course);
        return undefined;
      case 'continue':
        return undefined;
      case 'set':
        write(clause, machine, by);
        break;
      case 'notrack':
      case 'xt NOTRACK':
        machine.isUntracked = true;
        break;
      case 'vmap': {
        const verdict = looked(clause, chain, machine, course, by);
        if (verdict !== 'on') return verdict;
        break;
      }
      case 'snat':
      case 'dnat':
      case 'masquerade':
      case 'redirect': {
        const set = (name: string) => course.filters.set(chain, name);
        const found = translated(clause, { facts: machine.facts, set, nextHop: course.nextHop });
        if (found === undefined) return undefined;
        if (found.truth.doubt) machine.doubts.push({ ...found.truth.doubt, ...by });
        if (found.done) return ended(machine, course, 'accept', by, found.done);
        return ended(machine, course, 'accept', by);
      }
    }
  }
  return undefined;
}

function steer(
  how: 'return' | 'jump' | 'goto',
  name: string,
  chain: Chain,
  machine: Machine,
  { filters }: Course,
): void {
  const { stack } = machine;
  if (how === 'return' || how === 'goto') stack.pop();
  if (how === 'return') return;
  const to = filters.chain(chain, name);
  if (to !== undefined && stack.length < DEPTH_MAX) stack.push({ chain: to, at: 0 });
}

/** 'on': nothing is found, and the rule goes on. */
function looked(
  clause: Metadata,
  chain: Chain,
  machine: Machine,
  course: Course,
  by: { readonly rule: Rule; readonly chain: Chain },
): Verdict | undefined | 'on' {
  const named = textOf(clause.MapName);
  const set = named === undefined ? undefined : course.filters.set(chain, named);
  const map = named === undefined ? textsIn(clause.Map) : (set?.elements ?? []);
  const asked = joinedFact(textOf(clause.Key) ?? '', machine.facts);
  if (asked === undefined) return undefined;
  const found = asked.truth.doubt?.kind === 'open' ? undefined : leadsTo(asked.value, map);
  const isOpen =
    asked.truth.doubt?.kind === 'open' || (found === undefined && (clause.IsCut === true || set?.isOpen === true));
  if (isOpen) machine.doubts.push({ kind: 'open', why: asked.truth.doubt?.why ?? 'elements that are not told', ...by });
  if (found === undefined) return undefined;
  const [verdict = '', target = ''] = found.split(' ');
  if (verdict === 'accept' || verdict === 'drop') return ended(machine, course, verdict, by);
  if (verdict === 'jump' || verdict === 'goto' || verdict === 'return') {
    steer(verdict, target, chain, machine, course);
    return undefined;
  }
  return verdict === 'continue' ? undefined : 'on';
}

/** Marks are followed; what else is written is told. */
function write(clause: Metadata, machine: Machine, by: { readonly rule: Rule; readonly chain: Chain }): void {
  const written = textOf(clause.Key) ?? '';
  if (written === 'ct zone')
    machine.doubts.push({ kind: 'usual', why: 'answers are tracked in the zone of what they answer', ...by });
  const isLives = / (ttl|hoplimit)$/.test(written) && (numberIn(textOf(clause.Value) ?? '') ?? 0) >= LIVES;
  if (WRITES.test(written) && !isLives)
    machine.doubts.push({ kind: 'astray', why: `it writes ${written}, which is not followed`, ...by });
  const key = clause.Key === 'meta mark' ? 'mark' : clause.Key === 'ct mark' ? 'connectionMark' : undefined;
  if (key === undefined) return;
  const value = numberIn(textOf(clause.Value) ?? '');
  const kept = numberIn(textOf(clause.Mask) ?? '0x0');
  const before = machine.facts[key];
  const isKnown = value !== undefined && kept !== undefined && (kept === 0 || before !== undefined);
  const next = isKnown ? (((before ?? 0) & kept) ^ value) >>> 0 : undefined;
  machine.facts = { ...machine.facts, [key]: next };
}
