import { mistake } from '../../../std/mistake.ts';
import { awaited } from '../../awaited.ts';
import { pastSpan } from '../../steps/history.ts';
import { isElement } from '../read/value.ts';
import type { Service } from '../service.ts';
import { Parameters } from './parameters.ts';

export const history: Service = {
  name: 'history',
  doc: "All versions of an element that are kept, oldest first, as elements; with('at', t) those until then, in a span those of the span.",
  parameters: {},
  place: 'streaming',
  *call(value, parameters, run) {
    new Parameters('history', parameters, []);
    if (value === undefined || !isElement(value))
      throw mistake('gremlin.service', "call('history') takes vertices and edges", "g.V().call('history')");
    const versions = yield* awaited(run.timeline.history([value.id], pastSpan(run)), run);
    run.budget.hold(versions.length);
    yield* versions;
  },
};
