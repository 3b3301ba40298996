/** docs/reference/traversal-steps.md: the steps of standard Gremlin, each with the example that runs as its test, and services. */
import type { Service } from '../../src/query/gremlin/service.ts';
import { networkServices } from '../../src/query/gremlin/services/index.ts';
import type { TraversalStep } from '../../src/query/gremlin/step.ts';
import { traversalSteps } from '../../src/query/gremlin/steps/index.ts';
import { strategies } from '../../src/query/gremlin/strategies/index.ts';
import { code, madeFrom, table } from './table.ts';

export function traversalStepsPage(): string {
  return `${madeFrom('src/query/gremlin/')}

# Steps of standard Gremlin

They mean what they mean in TinkerPop 3.8; its [reference](https://tinkerpop.apache.org/docs/3.8.0/reference/) says more of each.
Each example runs as a test on TinkerPop's small graph of persons and software; what comes out is written as Java writes it.
How they look at the network: [standard Gremlin](../gremlin.md).

${[...traversalSteps]
  .sort((a, b) => (a.name < b.name ? -1 : 1))
  .map(section)
  .join('\n\n')}

## Services

What the standard has no steps for is asked of the network by name: \`g.call('flows', ['Transport.B': 443])\`, \`g.V().call('neighbors')\`.
\`g.call()\` lists them.

${networkServices.map(serviceSection).join('\n\n')}

## Strategies

They stand in \`g.withStrategies(…)\`, with their settings in parentheses.
Those of TinkerPop that only make it quicker there are accepted, and change nothing.

${table(
  ['strategy', 'settings', 'what it does'],
  strategies.map(({ name, settings = [], doc }) => [code(name), settings.map(code).join(', '), doc]),
)}
`;
}

function section({ name, args, doc, place = ['step'], modulators = [], writes, example }: TraversalStep): string {
  const facts = [
    ...(place.includes('start') ? [place.includes('step') ? 'May start a traversal.' : 'Starts a traversal.'] : []),
    ...(writes ? ['Changes the graph.'] : []),
    ...(modulators.length > 0 ? [`More about it is said with ${modulators.map(code).join(', ')}.`] : []),
  ];
  return [
    `## ${name}`,
    '',
    code(`${name}(${args})`),
    '',
    doc,
    ...(facts.length > 0 ? ['', facts.join(' ')] : []),
    '',
    '```',
    example.query,
    ...example.gives.map((line) => `=> ${line}`),
    '```',
  ].join('\n');
}

const places: Readonly<Record<Service['place'], string>> = {
  start: 'at the start',
  streaming: 'on what comes',
  either: 'at the start or on what comes',
};

function serviceSection({ name, doc, parameters, place }: Service): string {
  const rows = Object.entries(parameters).map(([parameter, what]) => [
    /^\w+$/.test(parameter) ? code(parameter) : parameter,
    what,
  ]);
  return [
    `### ${name}`,
    '',
    `${code(`call('${name}')`)}, ${places[place]}.`,
    '',
    doc,
    ...(rows.length > 0 ? ['', table(['parameter', 'what it is'], rows)] : []),
  ].join('\n');
}
