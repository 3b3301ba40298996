/** What mergeV and mergeE have in common: they look, change what they find, and create what they do not. */
import type { Element } from '../../../graph/element.ts';
import { type Given, given } from '../arguments/given.ts';
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import { each } from '../forms/each.ts';
import type { Cardinality } from '../property-graph.ts';
import { isElement } from '../read/value.ts';
import type { Run } from '../run/run.ts';
import type { Traverser } from '../run/traverser.ts';
import type { Op } from '../step.ts';
import { GMap } from '../value/collections.ts';
import { Token } from '../value/token.ts';
import type { GValue } from '../value/value.ts';
import {
  checkChanges,
  checkCriteria,
  checkNoOverride,
  keptAs,
  type MergeStep,
  mapOfMerge,
  propertiesOf,
  saysCardinality,
} from './merge-map.ts';

export interface MergeWords {
  readonly step: MergeStep;
  /** Undefined: what comes is the map. */
  readonly criteria: Given | undefined;
  readonly onCreate: Option | undefined;
  readonly onMatch: Option | undefined;
  readonly outV: Given | undefined;
  readonly inV: Given | undefined;
}

interface Option {
  readonly map: Given;
  readonly cardinality: Cardinality | undefined;
}

/** How the two differ. Both breathe. */
export interface Merging {
  find(criteria: GMap, run: Run): Generator<undefined, GValue[]>;
  create(all: GMap, run: Run): GValue;
  /** What its keys stand for, once for what is looked for and once for what is created. Undefined: for nothing there is. */
  resolved(map: GMap, traverser: Traverser, run: Run): Generator<undefined, GMap | undefined>;
}

export function merging(words: MergeWords, { find, create, resolved }: Merging, { mark }: Builder): Op {
  const { step, criteria, onCreate, onMatch } = words;
  function* merge(traverser: Traverser, run: Run): Generator<undefined, GValue[]> {
    const said = criteria === undefined ? traverser.value : yield* criteria.ask(traverser, run);
    const map = mapOfMerge(said, step);
    checkCriteria(map, step);
    checkConstants(words, map);
    const wanted = yield* resolved(map, traverser, run);
    if (wanted === undefined) return [];
    const found = yield* find(wanted, run);
    if (found.length > 0) return yield* changed(found, onMatch, words, traverser, run);
    if (onCreate === undefined) return [create(wanted, run)];
    const more = mapOfMerge(yield* onCreate.map.ask(traverser, run), step);
    checkCriteria(more, step);
    const kept = keptAs(onCreate.cardinality, more);
    checkNoOverride(map, kept);
    const all = yield* resolved(new GMap([...map, ...kept]), traverser, run);
    return all === undefined ? [] : [create(all, run)];
  }
  return each(function* (traverser, run) {
    for (const value of yield* merge(traverser, run)) yield traverser.to(value, mark);
  });
}

function* changed(
  found: readonly GValue[],
  onMatch: Option | undefined,
  { step }: MergeWords,
  traverser: Traverser,
  run: Run,
): Generator<undefined, GValue[]> {
  if (onMatch === undefined) return [...found];
  const all: GValue[] = [];
  for (const value of found) {
    // The option is asked at what was found, on the way of what came.
    const there = traverser.copy();
    there.value = value;
    const changes = mapOfMerge(yield* onMatch.map.ask(there, run), step);
    checkChanges(changes);
    let element = isElement(value) ? run.fresh(value) : undefined;
    if (element === undefined) continue;
    for (const property of propertiesOf(keptAs(onMatch.cardinality, changes)))
      element = run.writer().setProperty<Element>(element, property);
    all.push(element as GValue);
  }
  return all;
}

/** What contradicts itself in the text, and changes that cannot be, are wrong whether they are needed or not. */
function checkConstants({ step, onCreate, onMatch }: MergeWords, criteria: GMap): void {
  const created = onCreate?.map.constant;
  if (created !== undefined) {
    checkNoOverride(criteria, keptAs(onCreate?.cardinality, mapOfMerge(created, step)));
  }
  const changes = onMatch?.map.constant;
  if (changes !== undefined) checkChanges(mapOfMerge(changes, step));
}

export function mergeWords(call: StepCall, builder: Builder): MergeWords {
  const [criteria] = call.args;
  const options = new Map<string, Option>();
  for (const modulation of call.modulations.filter(({ name }) => name === 'option')) {
    const [token, what, cardinality] = modulation.args;
    if (!(token instanceof Token) || token.type !== 'Merge') {
      builder.wrong(
        modulation,
        `option of ${call.name} takes onCreate, onMatch${call.name === 'mergeE' ? ', outV or inV' : ''} first`,
      );
      continue;
    }
    if (call.name === 'mergeV' && !['onCreate', 'onMatch'].includes(token.name))
      builder.wrong(modulation, `Option ${token.name} for Merge is not supported`);
    if (call.name === 'mergeE' && (cardinality !== undefined || saysCardinality(what)))
      builder.wrong(modulation, 'option() with the Cardinality argument can only be used following mergeV()');
    options.set(token.name, {
      map: given(what, modulation, builder),
      cardinality: cardinality instanceof Token ? (cardinality.name as Cardinality) : undefined,
    });
  }
  return {
    step: call.name as MergeStep,
    criteria: call.args.length === 0 ? undefined : given(criteria, call, builder),
    onCreate: options.get('onCreate'),
    onMatch: options.get('onMatch'),
    outV: options.get('outV')?.map,
    inV: options.get('inV')?.map,
  };
}
