/** Values as Java prints them: what `text/plain` shows, and what keys of untyped JSON are. */
import {
  type Argument,
  Bytecode,
  CardinalityValue,
  type Instruction,
  Lambda,
  Strategy,
} from '../../query/gremlin/bytecode.ts';
import { GMap, GSet } from '../../query/gremlin/value/collections.ts';
import { durationText } from '../../query/gremlin/value/duration.ts';
import { isList } from '../../query/gremlin/value/identity.ts';
import { isNumber } from '../../query/gremlin/value/num.ts';
import { numberText } from '../../query/gremlin/value/number-text.ts';
import { Predicate } from '../../query/gremlin/value/predicate.ts';
import { Reference } from '../../query/gremlin/value/reference.ts';
import { Token } from '../../query/gremlin/value/token.ts';
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
} from '../../query/gremlin/value/value.ts';
import { dateTimeText } from './calendar.ts';
import { explanationText } from './explanation-text.ts';
import { metricsText } from './metrics-text.ts';
import type { WireElements } from './wire-elements.ts';

/** `v[1]`, `e[7][1-knows->2]`, `{name=[marko]}`. */
export function javaText(value: Argument, elements: WireElements): string {
  const of = (each: Argument): string => javaText(each, elements);
  if (typeof value === 'string') return value;
  if (value === null || typeof value === 'boolean') return String(value);
  if (isNumber(value)) return numberText(value);
  if (isList(value)) return `[${value.map(of).join(', ')}]`;
  if ('kind' in value) {
    if (value.kind === 'node') return `v[${of(elements.id(value))}]`;
    const { outV, inV } = elements.ends(value);
    return `e[${of(elements.id(value))}][${of(outV)}-${elements.label(value)}->${of(inV)}]`;
  }
  if (value instanceof GMap) return mapText(value, of);
  if (value instanceof GSet) return `[${[...value].map(of).join(', ')}]`;
  if (value instanceof VertexProperty) return `vp[${value.key}->${cut(of(value.value))}]`;
  if (value instanceof Property) return `p[${value.key}->${cut(of(value.value))}]`;
  if (value instanceof Path) return `path[${value.objects.map(of).join(', ')}]`;
  if (value instanceof Token || value instanceof Strategy) return value.name;
  if (value instanceof Uuid) return value.value;
  if (value instanceof DateTime) return dateTimeText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Tree) return mapText(value.entries, of);
  if (value instanceof BulkSet) return mapText(value.counts, of);
  if (value instanceof GraphResult) return `tinkergraph[vertices:${value.vertices.length} edges:${value.edges.length}]`;
  if (value instanceof Binary)
    return `java.nio.HeapByteBuffer[pos=0 lim=${value.bytes.length} cap=${value.bytes.length}]`;
  if (value instanceof ClassName) return `class ${value.name}`;
  if (value instanceof Predicate) return `${value.name}(${value.args.map(of).join(', ')})`;
  if (value instanceof Bytecode)
    return `[[${instructionsText(value.source, of)}], [${instructionsText(value.steps, of)}]]`;
  if (value instanceof CardinalityValue) return `${value.cardinality}(${of(value.value)})`;
  if (value instanceof Lambda) return `lambda[${value.language}]`;
  if (value instanceof TraversalMetrics) return metricsText(value);
  if (value instanceof TraversalExplanation) return explanationText(value);
  if (value instanceof Reference) return referenceText(value, of);
  return value satisfies never;
}

function mapText(map: GMap, of: (value: Argument) => string): string {
  return `{${Array.from(map, ([key, value]) => `${of(key)}=${of(value)}`).join(', ')}}`;
}

function instructionsText(instructions: readonly Instruction[], of: (value: Argument) => string): string {
  return instructions.map(({ name, args }) => `${name}(${args.map(of).join(', ')})`).join(', ');
}

function referenceText({ names, id, label, value, ends }: Reference, of: (value: Argument) => string): string {
  switch (names) {
    case 'vertex':
      return `v[${of(id)}]`;
    case 'edge':
      return `e[${of(id)}][${of(ends?.outV.id ?? null)}-${label}->${of(ends?.inV.id ?? null)}]`;
    case 'vertexProperty':
      return `vp[${label}->${cut(of(value))}]`;
    case 'property':
      return `p[${label}->${cut(of(value))}]`;
  }
}

const shownMax = 20;

/** A property shows no more than the beginning of its value. */
function cut(text: string): string {
  return text.length > shownMax ? `${text.slice(0, shownMax - 3)}...` : text;
}
