import type { GraphView } from '../../../graph/view.ts';
import { Directory } from '../../directory.ts';
import { type End, nodesOfFlows } from '../../flowends.ts';
import type { World } from '../../step.ts';
import type { Service } from '../service.ts';
import { flowsIn } from './flow-map.ts';
import { Parameters } from './parameters.ts';

export const nodes: Service = {
  name: 'nodes',
  doc: 'Of a flow the vertex at which it was captured and the vertices at both of its ends; with `end` those of one end.',
  parameters: { end: "'A' (who began) or 'B'." },
  place: 'streaming',
  call(value, parameters, run) {
    const asked = new Parameters('nodes', parameters, ['end']);
    const end = asked.text('end');
    if (end !== undefined && end !== 'A' && end !== 'B') throw asked.wrong('end', "is 'A' or 'B'");
    const ends: readonly End[] = end === undefined ? ['A', 'B'] : [end];
    return nodesOfFlows([], ends, { captured: end === undefined, directoryOf })(flowsIn(value, 'nodes'), run);
  },
};

/** What it learns of a view holds for all flows that are asked of it. */
const directories = new WeakMap<GraphView, Directory>();

function directoryOf(run: Pick<World, 'view' | 'budget'>): Directory {
  const known = directories.get(run.view) ?? new Directory(run);
  directories.set(run.view, known);
  return known;
}
