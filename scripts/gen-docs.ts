/**
 * Writes docs/reference/ from the declarations in the code: options, steps, fields of flows, probes, types of nodes,
 * ways of capturing, Skydive's keys.
 * With --check it writes nothing and says which pages are old.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checksPage, checksSchema } from './reference/checks.ts';
import { flowsPage } from './reference/flows.ts';
import { mechanismsPage } from './reference/mechanisms.ts';
import { metadataPage } from './reference/metadata.ts';
import { optionsPage } from './reference/options.ts';
import { probePages } from './reference/probes.ts';
import { skydiveKeysPage } from './reference/skydive-keys.ts';
import { stepsPage } from './reference/steps.ts';
import { traversalStepsPage } from './reference/traversal-steps.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'reference');

export const pages: ReadonlyMap<string, () => string> = new Map([
  ['options.md', optionsPage],
  ['steps.md', stepsPage],
  ['traversal-steps.md', traversalStepsPage],
  ['flows.md', flowsPage],
  ['metadata.md', metadataPage],
  ['mechanisms.md', mechanismsPage],
  ['skydive-keys.md', skydiveKeysPage],
  ['checks.md', checksPage],
  ['checks.schema.json', checksSchema],
  ...probePages,
]);

/** Names of the pages that differ from what the code says now. */
export function stalePages(): string[] {
  return [...pages].filter(([name, page]) => textOf(name) !== page()).map(([name]) => name);
}

function textOf(name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  const stale = stalePages();
  if (process.argv.includes('--check')) {
    for (const name of stale) console.error(`docs/reference/${name} is old; write it anew: node scripts/gen-docs.ts`);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else {
    mkdirSync(join(folder, 'probes'), { recursive: true });
    for (const name of stale) writeFileSync(join(folder, name), (pages.get(name) as () => string)());
    console.log(stale.length === 0 ? 'all pages are as they should be' : `written: ${stale.join(', ')}`);
  }
}
