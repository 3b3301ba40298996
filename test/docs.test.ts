/** What is written by hand about Skein: its links lead somewhere, its queries and its configuration are right. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadConfig } from '../src/config/load.ts';
import { keysOf } from '../src/model/vocabulary.ts';
import { probes } from '../src/probes/index.ts';
import { QueryEngine } from '../src/query/query.ts';

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

test('queries in the pages make sense, and speak of keys that exist', () => {
  const keys = [...keysOf(probes.flatMap(({ types }) => types)), 'RelationType', 'Metric'];
  const engine = new QueryEngine({ keys: () => keys });
  const queries = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/skein query (?:-o \w+ )?"(G[^"\n]+)"/g)].map(([, query]) => ({ path, query: query as string })),
  );
  expect(queries.length).toBeGreaterThan(3);
  for (const { path, query } of queries) {
    expect({ path, query, warnings: engine.prepare(query).warnings }).toEqual({ path, query, warnings: [] });
  }
});

test('configuration in the pages is right', () => {
  const machine = { hostname: 'h1', isRoot: true, dataHome: '/root/.local/share' };
  const files = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/```yaml\n([^`]*)```/g)].map(([, yaml]) => ({ path, yaml: yaml as string })),
  );
  expect(files.length).toBeGreaterThan(0);
  for (const { path, yaml } of files) {
    const { notes } = loadConfig({ machine, probes: probes.map(({ name }) => name), file: { name: path, text: yaml } });
    expect(notes).toEqual([]);
  }
});
