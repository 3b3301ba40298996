/** What `profile()` and `explain()` give. Durations are written in milliseconds. */
import { GMap } from '../../../query/gremlin/value/collections.ts';
import { isNumber, toNumber } from '../../../query/gremlin/value/num.ts';
import {
  type GValue,
  type StepMetrics,
  TraversalExplanation,
  TraversalMetrics,
} from '../../../query/gremlin/value/value.ts';
import type { GraphsonIn } from './graphson-in.ts';

export function readTraversalMetrics(json: unknown, from: GraphsonIn): TraversalMetrics {
  const map = readFields(json, from);
  return new TraversalMetrics(nanos(map.get('dur')), nested(map.get('metrics'), from));
}

/** A step's metrics alone: as a traversal of that one step. */
export function readMetrics(json: unknown, from: GraphsonIn): TraversalMetrics {
  const map = readFields(json, from);
  const counts = new Map<'traverserCount' | 'elementCount', number>();
  for (const [key, value] of entries(map.get('counts')))
    if ((key === 'traverserCount' || key === 'elementCount') && isNumber(value)) counts.set(key, toNumber(value));
  const step: StepMetrics = {
    id: String(map.get('id') ?? ''),
    name: String(map.get('name') ?? ''),
    durationNanos: nanos(map.get('dur')),
    counts,
    annotations: new Map(Array.from(entries(map.get('annotations')), ([key, value]) => [String(key), value])),
    nested: nested(map.get('metrics'), from),
  };
  return new TraversalMetrics(step.durationNanos, [step]);
}

export function readExplanation(json: unknown, from: GraphsonIn): TraversalExplanation {
  const map = readFields(json, from);
  const intermediate = listOf(map.get('intermediate')).map((each) => {
    const of = each instanceof GMap ? each : new GMap();
    return {
      strategy: String(of.get('strategy')),
      category: String(of.get('category')),
      steps: texts(of.get('traversal')),
    };
  });
  return new TraversalExplanation(texts(map.get('original')), intermediate, texts(map.get('final')));
}

function readFields(json: unknown, from: GraphsonIn): GMap {
  const map = from.gvalue(json);
  if (!(map instanceof GMap)) throw from.bad('a map should stand here');
  return map;
}

function nested(value: GValue | undefined, from: GraphsonIn): StepMetrics[] {
  return listOf(value).map((each) => {
    const step = each instanceof TraversalMetrics ? each.metrics[0] : undefined;
    if (step === undefined) throw from.bad('metrics should stand here');
    return step;
  });
}

function listOf(value: GValue | undefined): readonly GValue[] {
  return Array.isArray(value) ? value : [];
}

const texts = (value: GValue | undefined): string[] => listOf(value).map(String);

function entries(value: GValue | undefined): Iterable<readonly [GValue, GValue]> {
  return value instanceof GMap ? value : [];
}

function nanos(value: GValue | undefined): number {
  return isNumber(value) ? Math.round(toNumber(value) * 1e6) : 0;
}
