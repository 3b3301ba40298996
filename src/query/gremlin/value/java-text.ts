/**
 * Any value as Java's toString writes it, with the names TinkerPop gives elements: `v[1]`, `e[7][1-knows->2]`,
 * `vp[name->marko]`, `{a=1}`, `[1, 2]`. What `asString`, `format` and plain-text answers show, and keys of untyped JSON.
 */
import type { Element } from '../../../graph/element.ts';
import { mistake } from '../../../std/mistake.ts';
import { type Argument, Bytecode, CardinalityValue, type Instruction, Lambda, Strategy } from '../bytecode.ts';
import type { ElementNames } from '../read/element-names.ts';
import { GMap, GSet, MapEntry } from './collections.ts';
import { javaDateTimeText } from './datetime.ts';
import { durationText } from './duration.ts';
import { explanationText } from './explanation-text.ts';
import { isList } from './identity.ts';
import { metricsText } from './metrics-text.ts';
import { isNumber } from './num.ts';
import { numberText } from './number-text.ts';
import { Predicate } from './predicate.ts';
import { Reference } from './reference.ts';
import { checkTextLength, TEXT_MAX } from './text-length.ts';
import { Token } from './token.ts';
import {
  Binary,
  BulkSet,
  ClassName,
  DateTime,
  Duration,
  GraphResult,
  Path,
  Property,
  TraversalExplanation,
  TraversalMetrics,
  Tree,
  Uuid,
  VertexProperty,
} from './value.ts';

/** Throws a Mistake where it would have more than `lengthMax` characters, or is nested too deep to be read. */
export function javaText(value: Argument, names: ElementNames, lengthMax = TEXT_MAX): string {
  if (typeof value === 'string') return value;
  return written(value, { names, lengthMax, length: 0 }, 0);
}

/** What was written so far: a small value may hold itself in many places. */
interface Writing {
  readonly names: ElementNames;
  readonly lengthMax: number;
  length: number;
}

/** Values within values, and no text is longer: what is behind that would be nobody's reading. */
const DEPTH_MAX = 200;
/** StringFactory of TinkerPop abbreviates what a property holds to so many characters. */
const PROPERTY_TEXT_MAX = 20;

function written(value: Argument, writing: Writing, depth: number): string {
  const text = textOf(value, writing, depth);
  // What holds others has counted them already.
  writing.length += isLeaf(value) ? text.length + 2 : 2;
  checkTextLength(writing.length, writing.lengthMax);
  return text;
}

function isLeaf(value: Argument): boolean {
  return typeof value !== 'object' || value === null || isNumber(value);
}

function textOf(value: Argument, writing: Writing, depth: number): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value === 'boolean') return String(value);
  if (isNumber(value)) return numberText(value);
  if (depth > DEPTH_MAX) throw mistake('gremlin.too-deep', `a value is nested deeper than ${DEPTH_MAX} (limit)`);
  const inner = (part: Argument) => written(part, writing, depth + 1);
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
  if (value instanceof Token || value instanceof Strategy) return value.name;
  if (value instanceof Predicate) return callText(value, inner);
  if (value instanceof Bytecode) return bytecodeText(value, inner);
  if (value instanceof Reference) return referenceText(value, inner);
  if (value instanceof CardinalityValue) return `${value.cardinality}(${inner(value.value)})`;
  if (value instanceof Lambda) return `lambda[${value.language}]`;
  if (value instanceof ClassName) return `class ${value.name}`;
  if (value instanceof GraphResult) return `tinkergraph[vertices:${value.vertices.length} edges:${value.edges.length}]`;
  if (value instanceof Binary) return binaryText(value);
  if (value instanceof TraversalMetrics) return metricsText(value);
  if (value instanceof TraversalExplanation) return explanationText(value);
  return elementText(value, writing.names, inner);
}

function listed(values: Iterable<Argument>, inner: (part: Argument) => string): string {
  return `[${Array.from(values, inner).join(', ')}]`;
}

function mapped(map: GMap, inner: (part: Argument) => string): string {
  return `{${Array.from(map, ([key, value]) => `${inner(key)}=${inner(value)}`).join(', ')}}`;
}

function shortened(text: string): string {
  return text.length <= PROPERTY_TEXT_MAX ? text : `${text.slice(0, PROPERTY_TEXT_MAX - 3)}...`;
}

function elementText(element: Element, names: ElementNames, inner: (part: Argument) => string): string {
  const id = inner(names.id(element));
  if (element.kind === 'node') return `v[${id}]`;
  const { outV, inV } = names.ends(element);
  return `e[${id}][${inner(outV)}-${names.label(element)}->${inner(inV)}]`;
}

function referenceText({ names, id, label, value, ends }: Reference, inner: (part: Argument) => string): string {
  if (names === 'vertex') return `v[${inner(id)}]`;
  if (names === 'edge')
    return `e[${inner(id)}][${inner(ends?.outV.id ?? null)}-${label}->${inner(ends?.inV.id ?? null)}]`;
  return `${names === 'property' ? 'p' : 'vp'}[${label}->${shortened(inner(value))}]`;
}

function bytecodeText({ source, steps }: Bytecode, inner: (part: Argument) => string): string {
  return `[[${source.map((each) => callText(each, inner)).join(', ')}], [${steps.map((each) => callText(each, inner)).join(', ')}]]`;
}

/** Of a step, a strategy's or a predicate's too. */
function callText({ name, args }: Pick<Instruction, 'name' | 'args'>, inner: (part: Argument) => string): string {
  return `${name}(${args.map(inner).join(', ')})`;
}

function binaryText({ bytes }: Binary): string {
  return `java.nio.HeapByteBuffer[pos=0 lim=${bytes.length} cap=${bytes.length}]`;
}
