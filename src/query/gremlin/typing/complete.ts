/** What could be typed at a position of a standard traversal: steps, keys, labels, values that occur, predicates, services. */
import type { Element } from '../../../graph/element.ts';
import type { GraphView } from '../../../graph/view.ts';
import type { Completion, CompletionItem, Knowledge } from '../../complete.ts';
import { compileKey, isList } from '../../key.ts';
import { keyNames } from '../../keynames.ts';
import { defaultLimits } from '../../limits.ts';
import { predicateShapes } from '../parse/predicate.ts';
import { networkServices } from '../services/index.ts';
import { traversalSteps } from '../steps/index.ts';
import { type Typed, typedAt } from './typed.ts';

/** More than there are steps. */
const itemsMax = 250;
/** Elements looked at for keys and values. */
const SAMPLE_MAX = 2000;

export function completeGremlin(text: string, offset: number, knowledge: Knowledge): Completion {
  if (text.length > defaultLimits.textLength) return { from: offset, to: offset, items: [] };
  const typed = typedAt(text, Math.max(0, Math.min(offset, text.length)));
  const wanted = typed.word.toLowerCase();
  const items: CompletionItem[] = [];
  const seen = new Set<string>();
  for (const item of itemsAt(typed, knowledge)) {
    const bare = item.text.replace(/^['"]/, '').toLowerCase();
    if (!bare.startsWith(wanted) || seen.has(item.text)) continue;
    seen.add(item.text);
    items.push(item);
    if (items.length >= itemsMax) break;
  }
  return { from: typed.from, to: offset, items };
}

function* itemsAt(typed: Typed, knowledge: Knowledge): Generator<CompletionItem> {
  switch (typed.place) {
    case 'source':
      yield { text: 'g', kind: 'word', doc: 'The network: every traversal starts here.' };
      return;
    case 'dot':
      yield { text: '.', kind: 'word', doc: '' };
      return;
    case 'start':
      yield* stepsFor('start');
      yield* settings;
      return;
    case 'step':
      yield* stepsFor('step');
      yield* modulators;
      return;
    case 'argument':
      yield* argumentsFor(typed, knowledge);
  }
}

function* stepsFor(place: 'start' | 'step'): Generator<CompletionItem> {
  for (const { name, args, doc, place: places = ['step'] } of traversalSteps)
    if (places.includes(place)) yield { text: `${name}(`, kind: 'step', doc: `${name}(${args}): ${doc}` };
}

const settings = [
  word('with(', "with('at', '-5m'): the traversal asks about another time."),
  word('withSideEffect(', 'withSideEffect(name, value): a value to select later.'),
  word('withSack(', 'withSack(value): what each traverser carries.'),
  word('withStrategies(', 'withStrategies(new SubgraphStrategy(…)): how the traversal is rewritten.'),
];

const modulators = [
  word('as(', 'as(name): a name for this place, to select later.'),
  word('by(', 'by(key or traversal): what the step before looks at.'),
  word('from(', 'from(name or traversal): where the edge or path before begins.'),
  word('to(', 'to(name or traversal): where it ends.'),
  word('with(', 'with(name, value): says more about the step before.'),
  word('option(', 'option(pick, traversal): one way of choose.'),
  word('until(', 'until(traversal): when repeat ends.'),
  word('emit(', 'emit(): what repeat gives on its way.'),
  word('times(', 'times(count): how often repeat goes round.'),
];

/** Steps whose arguments are keys of properties. */
const keyed: ReadonlySet<string> = new Set([
  'values',
  'valueMap',
  'properties',
  'propertyMap',
  'elementMap',
  'hasNot',
  'by',
  'property',
]);
/** Steps whose arguments are labels of edges. */
const along: ReadonlySet<string> = new Set(['out', 'in', 'both', 'outE', 'inE', 'bothE', 'addE']);

function* argumentsFor({ calls, quote: given }: Typed, knowledge: Knowledge): Generator<CompletionItem> {
  const call = calls.at(-1);
  if (call === undefined) return;
  const quote = given ?? "'";
  const { view } = knowledge;
  const quoted = (texts: Iterable<string>, kind: 'key' | 'value') => items(texts, kind, quote);
  const index = call.args.length;
  if (call.name === 'has' && index === 0) {
    yield* quoted(knowledge.keys, 'key');
    yield* quoted(keysOf(sample('nodes', view), view), 'key');
  } else if (call.name === 'has') {
    if (given === undefined) yield* predicateItems();
    yield* quoted(valuesOf(call.args[index - 1], view), 'value');
  } else if (predicateShapes.has(call.name))
    yield* quoted(
      valuesOf(
        calls.at(-2)?.args.findLast((arg) => arg !== undefined),
        view,
      ),
      'value',
    );
  else if (call.name === 'hasLabel' || call.name === 'addV') yield* quoted(valuesOf('Type', view), 'value');
  else if (along.has(call.name)) yield* quoted(textsOf(sample('edges', view), 'RelationType', view), 'value');
  else if (call.name === 'V') yield* quoted(idsOf(view), 'value');
  else if (call.name === 'call' && index === 0)
    for (const { name, doc } of networkServices) yield { text: `${quote}${name}${quote}`, kind: 'value', doc };
  else if (call.name === 'with' && index === 0) yield* quoted(['at', 'between'], 'value');
  else if (call.name === 'with' && call.args[0] === 'at') yield* quoted(['-1m', '-5m', '-1h', '-24h'], 'value');
  else if (keyed.has(call.name)) {
    yield* quoted(knowledge.keys, 'key');
    yield* quoted(keysOf(sample('nodes', view), view), 'key');
  }
  // Where a traversal may stand it needs no __ before it.
  if (given === undefined && takesTraversal.has(call.name)) yield* stepsFor('step');
}

const takesTraversal: ReadonlySet<string> = new Set(
  'where filter not and or by repeat until emit union coalesce choose optional local map flatMap sideEffect match option'.split(
    ' ',
  ),
);

function* predicateItems(): Generator<CompletionItem> {
  for (const [name, { values }] of predicateShapes)
    yield {
      text: `${name}(`,
      kind: 'predicate',
      doc: `${name}(${values === 1 ? 'value' : values === 2 ? 'low, high' : 'value, …'})`,
    };
}

function* sample(of: 'nodes' | 'edges', view: GraphView | undefined): Generator<Element> {
  let left = SAMPLE_MAX;
  for (const element of view?.[of]() ?? []) {
    if (left-- <= 0) return;
    yield element;
  }
}

function* keysOf(elements: Iterable<Element>, view: GraphView | undefined): Generator<string> {
  for (const element of elements) if (view !== undefined) yield* keyNames(element, view);
}

function valuesOf(key: string | undefined, view: GraphView | undefined): Iterable<string> {
  return key === undefined || key === '' ? [] : textsOf(sample('nodes', view), key, view);
}

function* textsOf(elements: Iterable<Element>, key: string, view: GraphView | undefined): Generator<string> {
  if (view === undefined) return;
  const { read } = compileKey(key);
  for (const element of elements) {
    const value = read(element, view);
    for (const one of isList(value) ? value : [value]) if (typeof one === 'string') yield one;
  }
}

function* idsOf(view: GraphView | undefined): Generator<string> {
  for (const { id } of sample('nodes', view)) yield id;
}

function* items(texts: Iterable<string>, kind: 'key' | 'value', quote: string): Generator<CompletionItem> {
  for (const text of texts) {
    const escaped = text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
    yield { text: `${quote}${escaped}${quote}`, kind, doc: '' };
  }
}

function word(text: string, doc: string): CompletionItem {
  return { text, kind: 'word', doc };
}
