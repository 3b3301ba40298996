/** A list as a FlowView, as simple as it can be: what other views are compared with. */
import type { Flow, FlowMetric } from '../../src/flow/flow.ts';
import type { Loss } from '../../src/flow/loss.ts';
import type { FlowQuery, FlowView, Span } from '../../src/flow/view.ts';
import { compareValues } from '../../src/query/compare.ts';
import { flowKey } from '../../src/query/flowkey.ts';
import type { FlowFact } from './flow-text.ts';

const EXPIRY_MS = 600_000;

export interface ListOptions {
  readonly loss?: readonly Loss[];
  /** Flows in a batch. */
  readonly batch?: number;
}

export function flowList(facts: readonly FlowFact[], { loss = [], batch = 3 }: ListOptions = {}): FlowView {
  const find = (query: FlowQuery) => selected(facts, query);
  return {
    *find(query) {
      const found = find(query);
      for (let at = 0; at < found.length; at += batch) yield found.slice(at, at + batch);
    },
    count: (query) => find(query).length,
    metrics: (uuids, span) => byUuid(facts, uuids, ({ flow, points }) => pointsIn(flow, points, span)),
    rawPackets: (uuids, span) =>
      byUuid(facts, uuids, ({ packets }) =>
        packets.filter(({ timestampMs: at }) => !span || (at >= span.from && at <= span.to)),
      ),
    loss: (span) => loss.filter(({ from, to }) => !span || (from <= span.to && to >= span.from)),
  };
}

/** The same by promise, as an archive answers. */
export function slowly(view: FlowView): FlowView {
  return {
    async *find(query) {
      yield* view.find(query);
    },
    count: async (query) => view.count(query),
    metrics: async (uuids, span) => view.metrics(uuids, span),
    rawPackets: async (uuids, span) => view.rawPackets(uuids, span),
    loss: async (span) => view.loss(span),
  };
}

function selected(facts: readonly FlowFact[], query: FlowQuery): Flow[] {
  const { time, where, sort, skip = 0, limit = Infinity, fields } = query;
  const found = facts
    .map(({ flow }) => flow)
    .filter((flow) => time === undefined || isThen(flow, time))
    .filter((flow) => where.every(({ anyOf }) => anyOf.some(({ field, test }) => test(flowKey(field).compared(flow)))))
    .sort((a, b) => a.Start - b.Start || compareValues(a.UUID, b.UUID));
  if (sort) {
    const { read } = flowKey(sort.field);
    const sign = sort.isDescending ? -1 : 1;
    found.sort((a, b) => sign * compareValues(read(a), read(b)));
  }
  const part = found.slice(skip, skip + limit);
  return fields ? part.map((flow) => onlyFields(flow, fields)) : part;
}

/** As a store may give it. */
function onlyFields(flow: Flow, fields: ReadonlySet<string>): Flow {
  const kept = Object.entries(flow).filter(([name]) => fields.has(name) || name === 'UUID' || name === 'NodeTID');
  return Object.fromEntries(kept) as unknown as Flow;
}

function isThen({ Start, Last }: Flow, { from, to }: Span): boolean {
  return Start <= to && Last >= (from === to ? from - EXPIRY_MS : from);
}

function pointsIn(flow: Flow, points: readonly FlowMetric[], span: Span | undefined): FlowMetric[] {
  if (span !== undefined) return points.filter(({ Start, Last }) => Start <= span.to && Last >= span.from);
  return [points.at(-1) ?? flow.LastUpdateMetric ?? flow.Metric];
}

function byUuid<T>(
  facts: readonly FlowFact[],
  uuids: readonly string[],
  of: (fact: FlowFact) => T[],
): Map<string, T[]> {
  const wanted = facts.filter(({ flow }) => uuids.includes(flow.UUID));
  return new Map(wanted.map((fact) => [fact.flow.UUID, of(fact)] as const).filter(([, items]) => items.length > 0));
}
