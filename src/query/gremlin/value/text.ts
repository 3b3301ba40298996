/**
 * Any value as Java's toString writes it, with the names TinkerPop gives elements: `v[1]`, `e[7][1-knows->2]`,
 * `vp[name->marko]`, `{a=1}`, `[1, 2]`. What `asString`, `format` and plain-text answers show.
 */
import type { Element } from '../../../graph/element.ts';
import type { GraphView } from '../../../graph/view.ts';
import { mistake } from '../../../std/mistake.ts';
import { Bytecode, CardinalityValue, Lambda, Strategy } from '../bytecode.ts';
import type { PropertyModel } from '../property-graph.ts';
import { GMap, GSet, MapEntry } from './collections.ts';
import { javaDateTimeText } from './datetime.ts';
import { durationText } from './duration.ts';
import { isList } from './identity.ts';
import { isNumber } from './num.ts';
import { numberText } from './number-text.ts';
import { Predicate } from './predicate.ts';
import { Reference } from './reference.ts';
import { Token } from './token.ts';
import {
  Binary,
  BulkSet,
  ClassName,
  DateTime,
  Duration,
  GraphResult,
  type GValue,
  Path,
  Property,
  TraversalExplanation,
  TraversalMetrics,
  Tree,
  Uuid,
  VertexProperty,
} from './value.ts';

/** No text that a step makes is longer, so that none doubles itself until the memory is gone. Characters. */
export const TEXT_MAX = 4 * 1024 * 1024;

/** Throws a Mistake where a text would be longer than may be. */
export function checkTextLength(length: number): void {
  if (length > TEXT_MAX)
    throw mistake('gremlin.text-too-long', `the text would have more than ${TEXT_MAX} characters (limit)`);
}

/** Where elements are named: how they look, and (for the ids at the ends of edges) what they are part of. */
export interface Naming {
  readonly model: PropertyModel;
  readonly view: GraphView;
}

export function javaText(value: GValue, naming: Naming): string {
  if (typeof value === 'string') return value;
  return written(value, { ...naming, length: 0 }, 0);
}

/** What was written so far: a small value may hold itself in many places. */
interface Writing extends Naming {
  length: number;
}

/** Values within values, and no text is longer: what is behind that would be nobody's reading. */
const DEPTH_MAX = 200;
/** StringFactory of TinkerPop abbreviates what a property holds to so many characters. */
const PROPERTY_TEXT_MAX = 20;

function written(value: GValue, writing: Writing, depth: number): string {
  const text = textOf(value, writing, depth);
  // What holds others has counted them already.
  writing.length += isLeaf(value) ? text.length + 2 : 2;
  checkTextLength(writing.length);
  return text;
}

function isLeaf(value: GValue): boolean {
  return typeof value !== 'object' || value === null || isNumber(value);
}

function textOf(value: GValue, naming: Writing, depth: number): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value === 'boolean') return String(value);
  if (isNumber(value)) return numberText(value);
  if (depth > DEPTH_MAX) throw mistake('gremlin.too-deep', `a value is nested deeper than ${DEPTH_MAX} (limit)`);
  const inner = (part: GValue) => written(part, naming, depth + 1);
  if (isList(value)) return listed(value, inner);
  if (value instanceof GSet) return listed(value, inner);
  if (value instanceof MapEntry) return `${inner(value.name)}=${inner(value.value)}`;
  if (value instanceof GMap) return mapped(value, inner);
  if (value instanceof BulkSet) return mapped(value.counts, inner);
  if (value instanceof Tree) return mapped(value.entries, inner);
  if (value instanceof Path) return `path${listed(value.objects, inner)}`;
  if (value instanceof VertexProperty) return `vp[${value.key}->${shortened(inner(value.value))}]`;
  if (value instanceof Property) return `p[${value.key}->${shortened(inner(value.value))}]`;
  if (value instanceof Uuid) return value.value;
  if (value instanceof DateTime) return javaDateTimeText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Token) return value.name;
  if (value instanceof Predicate) return predicateText(value, inner);
  if (value instanceof Bytecode) return bytecodeText(value, inner);
  if (value instanceof Reference) return referenceText(value, inner);
  if (value instanceof CardinalityValue) return inner(value.value);
  if (value instanceof ClassName) return `class ${value.name}`;
  if (value instanceof GraphResult) return `tinkergraph[vertices:${value.vertices.length} edges:${value.edges.length}]`;
  if (value instanceof Binary) return binaryText(value);
  if (value instanceof TraversalMetrics) return value.metrics.map(({ name }) => name).join(', ');
  if (value instanceof TraversalExplanation) return value.final.join(', ');
  return elementText(value, naming, inner);
}

function listed(values: Iterable<GValue>, inner: (part: GValue) => string): string {
  return `[${Array.from(values, inner).join(', ')}]`;
}

function mapped(map: GMap, inner: (part: GValue) => string): string {
  return `{${Array.from(map, ([key, value]) => `${inner(key)}=${inner(value)}`).join(', ')}}`;
}

function shortened(text: string): string {
  return text.length <= PROPERTY_TEXT_MAX ? text : `${text.slice(0, PROPERTY_TEXT_MAX - 3)}...`;
}

function elementText(element: Element, { model, view }: Naming, inner: (part: GValue) => string): string {
  const id = inner(model.id(element));
  if (element.kind === 'node') return `v[${id}]`;
  const end = (nodes: Iterable<Element>) => {
    for (const node of nodes) return inner(model.id(node));
    return '?';
  };
  return `e[${id}][${end(view.parents(element))}-${model.label(element)}->${end(view.children(element))}]`;
}

function referenceText({ names, id, label, value, ends }: Reference, inner: (part: GValue) => string): string {
  if (names === 'vertex') return `v[${inner(id)}]`;
  if (names === 'edge')
    return `e[${inner(id)}][${inner(ends?.outV.id ?? null)}-${label}->${inner(ends?.inV.id ?? null)}]`;
  return `${names === 'property' ? 'p' : 'vp'}[${label}->${shortened(inner(value))}]`;
}

function predicateText({ name, args }: Predicate, inner: (part: GValue) => string): string {
  return `${name}(${args.map(inner).join(', ')})`;
}

function bytecodeText({ source, steps }: Bytecode, inner: (part: GValue) => string): string {
  const calls = [...source, ...steps].map(({ name, args }) => {
    const texts = args.map((arg) => {
      if (arg instanceof Strategy) return arg.name;
      return arg instanceof Lambda ? 'lambda' : inner(arg);
    });
    return `${name}(${texts.join(', ')})`;
  });
  return `[${calls.join(', ')}]`;
}

function binaryText({ bytes }: Binary): string {
  return `java.nio.HeapByteBuffer[pos=0 lim=${bytes.length} cap=${bytes.length}]`;
}
