/** A flow as a value of a traversal: a map with the names that flows have everywhere, and the flow itself for services. */
import type { Flow } from '../../../flow/flow.ts';
import { mistake } from '../../../std/mistake.ts';
import { GMap } from '../value/collections.ts';
import { isList } from '../value/identity.ts';
import { entriesOf } from '../value/json.ts';
import type { GValue } from '../value/value.ts';

export class FlowMap extends GMap {
  readonly flow: Flow;

  constructor(flow: Flow) {
    super(entriesOf(flow));
    this.flow = flow;
  }
}

export function* flowMaps(flows: Iterable<unknown>): Generator<FlowMap | undefined> {
  for (const flow of flows) yield flow === undefined ? undefined : new FlowMap(flow as Flow);
}

/** Of a flow, or of a list of flows. Throws a Mistake for anything else. */
export function flowsIn(value: GValue | undefined, service: string): readonly Flow[] {
  if (value instanceof FlowMap) return [value.flow];
  if (isList(value) && value.every((item) => item instanceof FlowMap)) return value.map(({ flow }) => flow);
  throw mistake('gremlin.service', `call('${service}') takes flows, as call('flows') gives them`);
}
