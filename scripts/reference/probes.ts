/** docs/reference/probes/: a page for each probe, from what it declares. */
import { optionList } from '../../src/config/list.ts';
import { probes } from '../../src/probes/index.ts';
import type { Probe } from '../../src/probes/probe.ts';
import { sharedFields, typePart } from './fields.ts';
import { optionTable } from './options.ts';
import { code, madeFrom, table } from './table.ts';

/** By file name below docs/reference/. */
export const probePages: ReadonlyMap<string, () => string> = new Map(
  probes.map((probe) => [`probes/${probe.name}.md`, () => probePage(probe)]),
);

function probePage(probe: Probe): string {
  const { name, doc, reads = [], needs = [], counters = {}, series = {} } = probe;
  return `${madeFrom(`what src/probes/${name} declares`)}

# Probe ${code(name)}

${doc}
${[
  part(
    'Where it looks',
    reads.map((text) => `- ${text}`),
  ),
  part('What it needs', needTable(needs)),
  part('Options', optionPart(name)),
  ...nodeParts(probe),
  part('Series', pairs(['series', 'what it counts'], series)),
  part('Counters', countersPart(counters)),
].join('')}`;
}

function part(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n## ${title}\n\n${lines.join('\n')}\n`;
}

function needTable(needs: NonNullable<Probe['needs']>): string[] {
  if (needs.length === 0) return [];
  return [
    table(
      ['what', 'without it'],
      needs.map(({ what, without }) => [what, without]),
    ),
  ];
}

function optionPart(name: string): string[] {
  const own = optionList.filter(({ path }) => path.startsWith(`probes.${name}.`));
  return own.length === 0 ? [] : [optionTable(own)];
}

function nodeParts({ types, adds = [] }: Probe): string[] {
  const shared = sharedFields(types);
  return [
    ...(shared.length === 0 ? [] : [`\n## Keys of all its nodes\n\n${typePart(undefined, shared, []).join('\n')}\n`]),
    ...types.map((type) => `\n## Nodes of type ${code(type.name)}\n\n${typePart(type.doc, type, shared).join('\n')}\n`),
    ...added(adds),
  ];
}

/** Types that are given the same keys share one table. */
function added(adds: NonNullable<Probe['adds']>): string[] {
  const groups = Map.groupBy(adds, ({ doc, fields }) => `${doc} ${Object.keys(fields.shape).join()}`);
  return [...groups.values()].flatMap((types) => {
    const [first] = types;
    if (first === undefined) return [];
    const names = types.map(({ name }) => code(name)).join(', ');
    return [`\n## What it adds to ${names}\n\n${typePart(first.doc, first, []).join('\n')}\n`];
  });
}

function countersPart(counters: Readonly<Record<string, string>>): string[] {
  const rows = pairs(['counter', 'what it counts'], counters);
  return rows.length === 0 ? [] : ['Shown by `skein status -o json` and at `/metrics`.', '', ...rows];
}

function pairs(head: readonly [string, string], words: Readonly<Record<string, string>>): string[] {
  const rows = Object.entries(words).map(([name, text]) => [code(name), text]);
  return rows.length === 0 ? [] : [table(head, rows)];
}
