/** docs/reference/steps.md: the steps of the query language, each with the example that runs as its test. */
import { predicates } from '../../src/query/predicates.ts';
import type { Step } from '../../src/query/step.ts';
import { steps } from '../../src/query/steps/index.ts';
import { code, madeFrom, table } from './table.ts';

export function stepsPage(): string {
  return `${madeFrom('src/query/steps/')}

# Steps

Names of steps may be written in large or small letters.
Each example runs as a test: the graph it is asked of, the query, and what comes out (ids of elements, UUIDs of flows, JSON of anything else).
A line such as \`10.0.0.1:40000 -TCP-> 10.0.0.2:80 @eth0\` is a flow captured at the node whose TID is \`eth0\`; what follows in braces is more of it (\`Packets\`: the lengths of those that were kept), and their UUIDs are \`f1\`, \`f2\` in order.
On flows keys are [fields of flows](flows.md).

${steps.map(section).join('\n\n')}

## Predicates

They stand where a value may stand, as in \`Has('MTU', GT(1500))\`.
Of a list, one item that passes is enough.

${table(
  ['predicate', 'what passes'],
  predicates.map(({ name, args, doc }) => [code(`${name}(${args})`), doc]),
)}
`;
}

function section({ name, aliases = [], args, doc, gives, example }: Step): string {
  const kinds = Object.entries(gives).map(([takes, kind]) =>
    typeof kind === 'string' ? `${takes} → ${kind}` : `${takes} → depends on the arguments`,
  );
  return [
    `## ${name}`,
    '',
    `${code(`${name}(${args.text})`)}${aliases.length > 0 ? `, also ${aliases.map(code).join(', ')}` : ''}`,
    '',
    doc,
    ...(kinds.length > 0 ? ['', `Takes and gives: ${kinds.join(', ')}.`] : []),
    '',
    '```',
    ...example.on
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .map((line) => `# ${line}`),
    example.query,
    ...example.gives.map((line) => `=> ${line}`),
    '```',
  ].join('\n');
}
