/** What is written by hand about Skein: its links lead somewhere, its queries and its configuration are right. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { captureTypes } from '../src/capture/vocabulary.ts';
import { optionByPath } from '../src/config/list.ts';
import { loadConfig } from '../src/config/load.ts';
import { keysOf } from '../src/model/vocabulary.ts';
import { probes } from '../src/probes/index.ts';
import { QueryEngine } from '../src/query/query.ts';
import { Mistake } from '../src/std/mistake.ts';

const root = join(import.meta.dirname, '..');
const pages = [
  ...readdirSync(root).map((name) => name),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name)),
]
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

test.each(pages)('links in $path lead to files that exist', ({ path, text }) => {
  const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => target as string);
  const local = links.filter((target) => !/^[a-z]+:/.test(target));
  expect(local.filter((target) => !existsSync(join(root, dirname(path), target)))).toEqual([]);
});

test('files of ours that the pages speak of exist', () => {
  const told = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/`((?:src|bpf|native|test|bench|scripts|deploy)\/[a-z0-9_./-]*)`/g)].map(([, file]) => ({
      path,
      file: file as string,
    })),
  );
  expect(told.length).toBeGreaterThan(50);
  expect(told.filter(({ file }) => !existsSync(join(root, file)))).toEqual([]);
});

test('queries in the pages make sense and speak of keys that exist, or are as wrong as they are said to be', () => {
  const keys = keysOf([...probes.flatMap(({ types, adds = [] }) => [...types, ...adds]), ...captureTypes(['device'])]);
  const engine = new QueryEngine({ keys: () => keys });
  const queries = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/skein query (?:-o \w+ )?"(G[^"\n]+)"[^\n]*(?:\nskein: (.*))?/g)].map(([, query, said]) => ({
      path,
      query: query as string,
      said,
    })),
  );
  expect(queries.length).toBeGreaterThan(20);
  for (const { path, query, said } of queries)
    expect({ path, query, said: complaintAbout(engine, query) }).toEqual({ path, query, said });
});

/** The first thing that is wrong with a query; undefined when nothing is. */
function complaintAbout(engine: QueryEngine, query: string): string | undefined {
  try {
    return engine.prepare(query).warnings[0]?.message;
  } catch (error) {
    if (error instanceof Mistake) return error.faults[0]?.message;
    throw error;
  }
}

test('configuration in the pages is right', () => {
  const machine = { hostname: 'h1', isRoot: true, dataHome: '/root/.local/share' };
  // Suites of checks, pipelines and workflows are YAML too: docs-checks.test.ts, docs-readme-checks.test.ts and api/workflows.test.ts look at those.
  const others = pages.filter(({ path }) => path !== 'docs/checks.md' && path !== 'docs/workflows.md');
  const files = others.flatMap(({ path, text }) =>
    [...text.matchAll(/```yaml\n([^`]*)```/g)]
      .map(([, yaml]) => ({ path, yaml: yaml as string }))
      .filter(({ yaml }) => !yaml.includes('kind: CheckSuite')),
  );
  expect(files.length).toBeGreaterThan(0);
  for (const { path, yaml } of files) {
    const { notes } = loadConfig({ machine, probes: probes.map(({ name }) => name), file: { name: path, text: yaml } });
    expect(notes).toEqual([]);
  }
});

test('the service and the container have the capabilities that are told, and may open the sockets of captures', () => {
  const told = capabilitiesIn(readFileSync(join(root, 'docs', 'operations.md'), 'utf8').match(/^\| `CAP_.*$/gm));
  const unit = readFileSync(join(root, 'deploy', 'systemd', 'skein.service'), 'utf8');
  const compose = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
  // CAP_ is left out in compose files.
  const added = compose
    .match(/cap_add: \[(.*)\]/)?.[1]
    ?.split(', ')
    .map((name) => `CAP_${name}`);
  expect(capabilitiesIn(unit.match(/^CapabilityBoundingSet=.*$/gm))).toEqual(told);
  expect(added?.toSorted()).toEqual(told);
  expect(unit).toMatch(/^RestrictAddressFamilies=.*\bAF_PACKET\b/m);
});

test('metrics in the pages exist', () => {
  const source = ['metrics.ts', 'relay-metrics.ts', 'gremlin/metrics.ts']
    .map((file) => readFileSync(join(root, 'src', 'api', file), 'utf8'))
    .join('\n');
  const told = pages.flatMap(({ text }) => [...text.matchAll(/`(skein_\w+)`/g)].map(([, name]) => name as string));
  expect(told.length).toBeGreaterThan(10);
  expect(told.filter((name) => !source.includes(`'${name}'`))).toEqual([]);
});

test('options in the pages exist', () => {
  const told = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/`((?:probes|capture|archive|flow|query|api)\.[a-z][\w.]*)`/g)].map(([, option]) => ({
      path,
      option: option as string,
    })),
  );
  // Skydive's keys have names alike.
  const ours = told.filter(({ path, option }) => !path.endsWith('skydive-keys.md') && !option.includes('_'));
  expect(ours.length).toBeGreaterThan(100);
  expect(ours.filter(({ option }) => !optionByPath.has(option))).toEqual([]);
});

test('counters of probes in the pages exist', () => {
  const text = pages.find(({ path }) => path === 'docs/operations.md')?.text ?? '';
  const [section = ''] = text.split('### Bounds of what is looked at\n')[1]?.split('\n#') ?? [];
  const counters = new Set(probes.flatMap((probe) => Object.keys(probe.counters ?? {})));
  const told = [...section.matchAll(/`([a-z]+[A-Z]\w*)`/g)].map(([, name]) => name as string);
  expect(told.length).toBeGreaterThan(5);
  expect(told.filter((name) => !counters.has(name))).toEqual([]);
});

test('what it sees is told of every probe, for those who come newly and for those who run it', () => {
  for (const [page, folder] of [
    ['README.md', 'docs/reference/probes/'],
    ['docs/probes.md', 'reference/probes/'],
  ]) {
    const text = pages.find(({ path }) => path === page)?.text ?? '';
    const missing = probes.filter(({ name }) => !text.includes(`[\`${name}\`](${folder}${name}.md)`));
    expect({ page, missing: missing.map(({ name }) => name) }).toEqual({ page, missing: [] });
  }
});

function capabilitiesIn(lines: readonly string[] | null): string[] {
  return [
    ...new Set(
      (lines ?? []).flatMap(
        (line) =>
          line
            .split('|')
            .slice(0, 2)
            .join()
            .match(/CAP_\w+/g) ?? [],
      ),
    ),
  ].sort();
}
