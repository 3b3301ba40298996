/** Whether a condition of a rule holds for a packet. */
import type { Metadata } from '../../../graph/element.ts';
import { textOf, textsIn } from '../atlas.ts';
import type { ElementSet } from './chains.ts';
import { isIn, numberIn, ordered } from './elements.ts';
import { type Fact, type Facts, factOf } from './facts.ts';
import { known, NO, not, open, type Truth, usual } from './truth.ts';

/** `set`: those of the rule's table, by name. */
export function conditionHolds(clause: Metadata, facts: Facts, set: (name: string) => ElementSet | undefined): Truth {
  const key = textOf(clause.Key) ?? '';
  const op = textOf(clause.Op) ?? '==';
  const all = key.split(' . ').length === 1 ? [factOf(key, facts)] : joined(key, facts);
  if (all.some(({ kind }) => kind === 'never')) return NO;
  const unknown = all.find((fact) => fact.kind === 'open');
  if (unknown?.kind === 'open') return open(unknown.why);
  const named = textOf(clause.Set);
  const elements = named === undefined ? textsIn(clause.Values) : set(named)?.elements;
  const isOpen = named === undefined ? clause.IsCut === true : (set(named)?.isOpen ?? true);
  if (elements === undefined) return open(`the set ${named}, which is not in the graph`);
  const [only] = all;
  const truth =
    all.length === 1 && only?.kind === 'between' ? ranges(only, op, elements) : compared(all, op, elements, clause);
  // What is not told may be in it all the same.
  const isFound = op === '!=' ? isKnownNot(truth) : truth.holds;
  if (isOpen && !isFound)
    return open(named === undefined ? 'elements that are not told' : `what is in the set ${named}`);
  return truth;
}

function isKnownNot({ holds, doubt }: Truth): boolean {
  return !holds && doubt === undefined;
}

/** `fib daddr . iif type` is one key, `ip saddr . tcp dport` two. */
function joined(key: string, facts: Facts): Fact[] {
  return key.startsWith('fib ') ? [factOf(key, facts)] : key.split(' . ').map((one) => factOf(one, facts));
}

/** What is joined of all, and whether it is sure. */
export function joinedFact(key: string, facts: Facts): { readonly value: string; readonly truth: Truth } | undefined {
  const all = joined(key, facts);
  if (all.some(({ kind }) => kind === 'never')) return undefined;
  const doubtful = all.find((fact) => fact.kind === 'open' || fact.kind === 'between');
  if (doubtful?.kind === 'open' || doubtful?.kind === 'between') return { value: '', truth: open(doubtful.why) };
  return { value: valuesOf(all).join(' . '), truth: likely(all, true) };
}

function compared(all: readonly Fact[], op: string, elements: readonly string[], clause: Metadata): Truth {
  const value = valuesOf(all).join(' . ');
  const mask = textOf(clause.Mask);
  if (op === 'any' || op === 'none') {
    const has = flagsOf(value).some((flag) => elements.includes(flag));
    return likely(all, has === (op === 'any'));
  }
  const laid = mask === undefined ? value : masked(value, mask);
  if (laid === undefined) return open(`${textOf(clause.Key)} & ${mask}`);
  if (op === '==' || op === '!=') {
    const found = elements.some((element) => isIn(laid, mask === undefined ? element : plainFlags(element)));
    return likely(all, found === (op === '=='));
  }
  const order = ordered(laid, elements[0] ?? '');
  if (order === undefined) return open(textOf(clause.Key) ?? '');
  return likely(all, op === '<' ? order < 0 : op === '<=' ? order <= 0 : op === '>' ? order > 0 : order >= 0);
}

/** Some of many: all of them, none, or it depends. */
function ranges({ from, to, why }: Extract<Fact, { kind: 'between' }>, op: string, elements: readonly string[]): Truth {
  const spans = elements.map((element) => {
    const [low = '', high = low] = element.split('-');
    const first = numberIn(low) ?? 0;
    if (op === '<' || op === '<=') return [0, op === '<' ? first - 1 : first] as const;
    if (op === '>' || op === '>=') return [op === '>' ? first + 1 : first, Number.MAX_SAFE_INTEGER] as const;
    return [first, numberIn(high) ?? 0] as const;
  });
  const truth = spans.some(([low, high]) => low <= from && high >= to)
    ? known(true)
    : spans.every(([low, high]) => high < from || low > to)
      ? known(false)
      : open(why);
  return op === '!=' && truth.doubt === undefined ? not(truth) : truth;
}

function valuesOf(all: readonly Fact[]): string[] {
  return all.map((fact) => ('value' in fact ? fact.value : ''));
}

function likely(all: readonly Fact[], holds: boolean): Truth {
  for (const fact of all) if (fact.kind === 'usual') return usual(holds, fact.why);
  return known(holds);
}

function flagsOf(value: string): string[] {
  return value.split(',');
}

/** Of numbers, and of flags by their names, in the order they have. */
function masked(value: string, mask: string): string | undefined {
  const [number, over] = [numberIn(value), numberIn(mask)];
  if (number !== undefined && over !== undefined) return `0x${((number & over) >>> 0).toString(16).padStart(8, '0')}`;
  if (number !== undefined || over !== undefined) return undefined;
  const kept = flagsOf(value).filter((flag) => flagsOf(mask).includes(flag));
  return plainFlags(kept.join(','));
}

function plainFlags(value: string): string {
  if (numberIn(value) !== undefined) return value === '0x0' ? '' : value;
  return flagsOf(value).sort().join(',');
}
