/** docs/reference/metadata.md: which types of nodes there are, and which probe says what of them. */
import { captureFields } from '../../src/capture/vocabulary.ts';
import { injectionFields } from '../../src/injection/vocabulary.ts';
import { relations } from '../../src/model/relations.ts';
import type { NodeType } from '../../src/model/vocabulary.ts';
import { probes } from '../../src/probes/index.ts';
import { fieldTable } from './fields.ts';
import { code, madeFrom, table } from './table.ts';

export function metadataPage(): string {
  return `${madeFrom('the types that probes declare')}

# Nodes and edges

Each probe has a page with the keys of its nodes.
Keys with an index are found without looking at every node.

## Probes

${table(
  ['probe', 'what it shows'],
  probes.map(({ name, doc }) => [`[${name}](probes/${name}.md)`, doc]),
)}

## Types of nodes

${table(['type', 'what it is', 'said by', 'more by'], typeRows())}

## Relations

The key \`RelationType\` of an edge.

${table(
  ['relation', 'what it says'],
  relations.map(({ name, doc }) => [code(name), doc]),
)}

## Captures

What captures say of themselves, on nodes of any type.

${fieldTable(Object.entries({ ...captureFields, ...injectionFields })).join('\n')}
`;
}

function typeRows(): string[][] {
  const said = probes.flatMap((probe) => probe.types.map((type) => ({ probe: probe.name, type })));
  const added = probes.flatMap((probe) => (probe.adds ?? []).map((type) => ({ probe: probe.name, type })));
  const names = [...new Set([...said, ...added].map(({ type }) => type.name))].sort();
  return names.map((name) => {
    const mine = said.filter(({ type }) => type.name === name);
    const others = added.filter(({ type }) => type.name === name);
    return [code(name), docOf([...mine, ...others]), links(mine), links(others)];
  });
}

function docOf([first]: readonly { readonly type: NodeType }[]): string {
  return first?.type.doc ?? '';
}

function links(of: readonly { readonly probe: string }[]): string {
  return [...new Set(of.map(({ probe }) => probe))].map((probe) => `[${probe}](probes/${probe}.md)`).join(' ');
}
