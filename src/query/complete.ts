/** What could be typed at a position of a query: steps that fit, predicates, keys, values that occur. */
import { flowFields } from '../flow/fields.ts';
import type { Element } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import type { Expected } from './arguments.ts';
import { check } from './check.ts';
import { seriesNames } from './counters.ts';
import { type Cursor, cursorAt } from './cursor.ts';
import { compileKey, isList } from './key.ts';
import { keyNames } from './keynames.ts';
import type { Kind } from './kind.ts';
import { defaultLimits } from './limits.ts';
import { parse } from './parser.ts';
import { predicates } from './predicates.ts';
import { stepNamed, steps } from './steps/index.ts';

export interface Completion {
  /** The range of the text that an item replaces. */
  readonly from: number;
  readonly to: number;
  /** Best first, at most `itemsMax`. */
  readonly items: readonly CompletionItem[];
}

export interface CompletionItem {
  /** What to insert. */
  readonly text: string;
  readonly kind: 'step' | 'predicate' | 'key' | 'value' | 'word';
  /** A sentence; '' where there is nothing to say. */
  readonly doc: string;
}

export interface Knowledge {
  /** Known keys of metadata. */
  readonly keys: readonly string[];
  /** The live graph: its keys and values are offered too. */
  readonly view?: GraphView;
}

const itemsMax = 100;
/** Elements looked at for keys and values. */
const SAMPLE_MAX = 2000;

export function complete(text: string, offset: number, knowledge: Knowledge): Completion {
  if (text.length > defaultLimits.textLength) return { from: offset, to: offset, items: [] };
  const cursor = cursorAt(text, Math.max(0, Math.min(offset, text.length)));
  const wanted = cursor.typed.toLowerCase();
  const items: CompletionItem[] = [];
  const seen = new Set<string>();
  for (const item of itemsAt(cursor, knowledge)) {
    const bare = item.text.replace(/^['"]/, '').toLowerCase();
    if (!bare.startsWith(wanted) || seen.has(item.text)) continue;
    seen.add(item.text);
    items.push(item);
    if (items.length >= itemsMax) break;
  }
  return { from: cursor.from, to: offset, items };
}

function* itemsAt(cursor: Cursor, knowledge: Knowledge): Generator<CompletionItem> {
  switch (cursor.place) {
    case 'start':
      yield word('G', 'The graph: every query starts here.');
      return;
    case 'dot':
      yield word('.', '');
      return;
    case 'step':
      yield* stepsFor(kindAfter(cursor.before));
      return;
    case 'argument':
      yield* argumentsFor(cursor, knowledge);
  }
}

function* stepsFor(kind: Kind | undefined): Generator<CompletionItem> {
  for (const { name, aliases = [], gives, args, doc, mode } of steps) {
    if (name === 'G' || (kind !== undefined && gives[kind] === undefined)) continue;
    if (mode !== undefined && kind === 'start') continue;
    for (const text of [name, ...aliases])
      yield { text: `${text}(`, kind: 'step', doc: `${text}(${args.text}): ${doc}` };
  }
}

/** What the steps so far give; undefined when they are not right. */
function kindAfter(before: string): Kind | undefined {
  const { query, faults } = parse(before, defaultLimits);
  const checked = check(query);
  if (faults.length > 0 || checked.faults.errors.length > 0) return undefined;
  return checked.steps.at(-1)?.gives ?? 'start';
}

function* argumentsFor(cursor: Cursor, knowledge: Knowledge): Generator<CompletionItem> {
  const [outer, ...inner] = cursor.calls;
  const step = outer && stepNamed(outer.name);
  if (outer === undefined || step === undefined) return;
  const call = inner.at(-1) ?? outer;
  const quote = cursor.quote ?? "'";
  const kind = kindAfter(cursor.before);
  const isOfFlows = (step.keysOf?.(kind ?? 'start') ?? (kind === 'flows' ? 'flow' : 'metadata')) === 'flow';
  const of = isOfFlows ? [] : elementsOf(kind, step.gives, knowledge.view);
  const keys = function* (): Generator<CompletionItem> {
    if (isOfFlows) yield* flowFieldItems(quote);
    else yield* quoted(keysOf(of, knowledge.view), 'key');
  };
  const quoted = (texts: Iterable<string>, kind: 'key' | 'value') => items(texts, kind, quote);
  if (inner.length > 0 && call.name.toUpperCase() !== 'METADATA') {
    // In a predicate: what may be compared with the key that stands before it.
    const around = inner.at(-2) ?? outer;
    yield* quoted(valuesOf(around.args.at(-1), of, knowledge.view), 'value');
    return;
  }
  const index = call.args.length;
  const expected: Expected = inner.length > 0 ? (index % 2 === 0 ? 'key' : 'value') : step.args.expects(index);
  switch (expected) {
    case 'key':
      if (!isOfFlows) yield* quoted(knowledge.keys, 'key');
      yield* keys();
      return;
    case 'value':
      if (cursor.quote === undefined) yield* predicateItems();
      yield* quoted(valuesOf(call.args.at(-1), of, knowledge.view), 'value');
      return;
    case 'id':
      yield* quoted(idsOf(of), 'value');
      return;
    case 'name':
      yield* quoted(namesIn(cursor.before), 'value');
      return;
    case 'time':
      yield word('NOW', 'This moment.');
      if (index === 1) yield word('FOREVER', 'As far back as is kept.');
      yield* quoted(['-1m', '-5m', '-1h', '-24h'], 'value');
      return;
    case 'order':
      yield word('ASC', 'Least first.');
      yield word('DESC', 'Greatest first.');
      yield* keys();
      return;
    case 'matcher':
      yield { text: 'Metadata(', kind: 'word', doc: 'Metadata(key, value, …): what these pairs describe.' };
      return;
    case 'series':
      yield* quoted(kind === 'flows' ? ['LastUpdateMetric', 'Metric'] : seriesNames, 'value');
      return;
    case 'number':
    case 'text':
    case 'nothing':
      return;
  }
}

function* flowFieldItems(quote: string): Generator<CompletionItem> {
  for (const { name, doc } of flowFields) yield { text: `${quote}${name}${quote}`, kind: 'key', doc };
}

function* predicateItems(): Generator<CompletionItem> {
  for (const { name, args, doc } of predicates)
    yield { text: `${name}(`, kind: 'predicate', doc: `${name}(${args}): ${doc}` };
}

/** A sample of what the keys and values at the cursor are about. */
function* elementsOf(kind: Kind | undefined, gives: object, view: GraphView | undefined): Generator<Element> {
  if (view === undefined) return;
  const isEdges = kind === 'edges' || (kind === 'nodes' && 'nodes' in gives && gives.nodes === 'edges');
  let left = SAMPLE_MAX;
  for (const element of isEdges ? view.edges() : view.nodes()) {
    if (left-- <= 0) return;
    yield element;
  }
}

function* keysOf(of: Iterable<Element>, view: GraphView | undefined): Generator<string> {
  if (view === undefined) return;
  const seen = new Set<string>();
  for (const element of of)
    for (const key of keyNames(element, view)) {
      if (seen.has(key)) continue;
      seen.add(key);
      yield key;
    }
}

/** Values of a key, each as it is written in a query: texts without their quotes. */
function* valuesOf(key: string | undefined, of: Iterable<Element>, view: GraphView | undefined): Generator<string> {
  if (key === undefined || key === '' || view === undefined) return;
  const { read } = compileKey(key);
  for (const element of of) {
    const value = read(element, view);
    for (const one of isList(value) ? value : [value]) if (typeof one === 'string') yield one;
  }
}

function* idsOf(of: Iterable<Element>): Generator<string> {
  for (const { id } of of) yield id;
}

/** Sets that As has named before the cursor. */
function* namesIn(before: string): Generator<string> {
  for (const { name, args } of parse(before, defaultLimits).query.calls)
    for (const arg of args) if (name.toLowerCase() === 'as' && arg.kind === 'string') yield arg.value;
}

function* items(texts: Iterable<string>, kind: 'key' | 'value', quote: string): Generator<CompletionItem> {
  for (const text of texts) yield { text: `${quote}${escaped(text, quote)}${quote}`, kind, doc: '' };
}

function escaped(text: string, quote: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
}

function word(text: string, doc: string): CompletionItem {
  return { text, kind: 'word', doc };
}
