import { mistake } from '../../../std/mistake.ts';
import type { Service } from '../service.ts';
import { long } from '../value/num.ts';
import { tokens } from '../value/token.ts';
import type { GValue } from '../value/value.ts';
import { vertexOf } from './vertex-of.ts';

const { IN, OUT, BOTH } = tokens.Direction;

/** TinkerGraph's service of the same name. */
export const degreeCentrality: Service = {
  name: 'tinker.degree.centrality',
  doc: 'How many edges a vertex has.',
  parameters: { direction: 'which of them: OUT, IN (when left out) or BOTH' },
  place: 'streaming',
  call(value, parameters, run) {
    const node = vertexOf(value, this.name, run);
    const direction = directionOf(parameters.get('direction') ?? IN);
    let degree = 0;
    if (direction !== OUT) for (const _edge of run.view.in(node)) degree++;
    if (direction !== IN) for (const _edge of run.view.out(node)) degree++;
    return [long(degree)];
  },
};

function directionOf(value: GValue): GValue {
  const named = [IN, OUT, BOTH].find((token) => token === value || token.name === value);
  if (named !== undefined) return named;
  throw mistake('gremlin.service', "call('tinker.degree.centrality') knows the directions OUT, IN and BOTH");
}
