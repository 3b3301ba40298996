import type { Flow, FlowMetric } from '../../../flow/flow.ts';
import { captureNodes, placesByTime } from '../../captured.ts';
import type { Items } from '../../step.ts';
import type { Run } from '../run/run.ts';
import type { Service } from '../service.ts';
import { GMap } from '../value/collections.ts';
import { isList } from '../value/identity.ts';
import type { GValue } from '../value/value.ts';
import { flowParameters, flowsAsked } from './flow-ask.ts';
import { flowsIn } from './flow-map.ts';
import { Parameters } from './parameters.ts';

export const hops: Service = {
  name: 'hops',
  doc: 'The vertices at which flows were captured, in the order in which they saw the first packet: on a flow those of its conversation, on a list of flows and at the start those of all of them.',
  parameters: {
    ...flowParameters,
    counters: 'true: maps of `node`, `Start`, `Last` and what was counted there, in place of the vertices.',
  },
  place: 'either',
  *call(value, parameters, run) {
    const found = flowsOf(value, parameters, run);
    yield* parameters.get('counters') === true ? counted(found, run) : visited(found, run);
  },
};

function flowsOf(value: GValue | undefined, parameters: GMap, run: Run): Items<Flow> {
  if (isList(value)) {
    new Parameters('hops', parameters, ['counters']);
    return flowsIn(value, 'hops');
  }
  const asked = new GMap(parameters);
  if (value !== undefined) asked.set('TrackingID', flowsIn(value, 'hops')[0]?.TrackingID ?? '');
  return flowsAsked('hops', asked, undefined, run, ['counters']);
}

function* visited(flows: Items<Flow>, run: Run): Generator<GValue | undefined> {
  yield* captureNodes(yield* placesByTime(flows), [], run);
}

interface Sum {
  start: number;
  last: number;
  counters: Record<string, number>;
}

function* counted(flows: Items<Flow>, run: Run): Generator<GValue | undefined> {
  const sums = new Map<string, Sum>();
  for (const flow of flows) {
    if (flow === undefined) {
      yield undefined;
      continue;
    }
    const { NodeTID, Start, Last, Metric } = flow;
    const sum = sums.get(NodeTID) ?? { start: Start, last: Last, counters: {} };
    sum.start = Math.min(sum.start, Start);
    sum.last = Math.max(sum.last, Last);
    for (const name of summed) sum.counters[name] = (sum.counters[name] ?? 0) + (Metric[name] ?? 0);
    sums.set(NodeTID, sum);
  }
  for (const [place, { start, last, counters }] of [...sums].sort(([, a], [, b]) => a.start - b.start))
    for (const node of captureNodes([place], [], run))
      yield node && new GMap([['node', node], ['Start', start], ['Last', last], ...Object.entries(counters)]);
}

const summed = ['ABPackets', 'ABBytes', 'BAPackets', 'BABytes'] as const satisfies readonly (keyof FlowMetric)[];
