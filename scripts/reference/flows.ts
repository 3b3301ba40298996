/** docs/reference/flows.md: every field of a flow that can be asked for. */
import { aliases, type FlowField, flowFields } from '../../src/flow/fields.ts';
import { lossStages } from '../../src/flow/loss.ts';
import { code, madeFrom, table } from './table.ts';

export function flowsPage(): string {
  const sections = Map.groupBy(flowFields, ({ name }) => (name.includes('.') ? (name.split('.')[0] as string) : ''));
  return `${madeFrom('src/flow/fields.ts')}

# Fields of flows

A flow is one conversation at one place: \`A\` is who began it, \`B\` the other end.
Any step that takes a key takes these after \`Flows()\`: \`Has\`, \`Sort\`, \`Dedup\`, \`Group\`, \`Values\`, \`Sum\`.
\`Link\`, \`Network\` and \`Transport\` alone stand for either of their ends: \`Has('Network', '10.0.0.1')\` finds what goes to it and what comes from it.
Skydive's names for single protocols stand for the layer they belong to, whatever its protocol: ${aliasWords()}.
What is inside of \`DNS\`, \`DHCPv4\`, \`VRRPv2\`, \`TLS\` and \`HTTP\` can be asked for under the names it has in an answer; of a list, one item that passes is enough (\`DNS.questions.name\`).
Times are in ms since 1970, UTC.

${[...sections].map(([name, fields]) => section(name, fields)).join('\n\n')}

## What was lost

An answer about flows says what may be missing from it, for its time: of which capture, at which stage, why, and how much.
The stages, in the order a packet passes them: ${lossStages.map(code).join(', ')}.
\`POST /api/query\` has it as \`loss\`, \`POST /api/topology\` in short as the header \`X-Skein-Loss\`; neither when nothing was lost.
`;
}

function aliasWords(): string {
  const layers = Map.groupBy(aliases, ([, layer]) => layer);
  return [...layers]
    .map(([layer, names]) => `${names.map(([name]) => code(name)).join(' and ')}: ${code(layer)}`)
    .join('; ');
}

function section(name: string, fields: readonly FlowField[]): string {
  const rows = fields.map(({ name, doc, type, unit, example }) => [
    code(name),
    unit === undefined ? type : `${type} (${unit})`,
    doc,
    code(JSON.stringify(example)),
  ]);
  return `## ${name === '' ? 'The flow itself' : code(name)}\n\n${table(['field', 'kind', 'what it says', 'example'], rows)}`;
}
