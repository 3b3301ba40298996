/** Imports point down only. The table here is the one in ARCHITECTURE.md; a new arrow is a change of both, with its reason. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/** Which folder of src/ may import which others. One that is absent may import nothing of ours. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  std: [],
  model: ['std'],
  graph: ['model', 'std'],
  flow: ['model', 'std'],
  query: ['flow', 'ends', 'graph', 'model', 'std'],
  graphfiles: ['query', 'graph', 'std'],
  archive: ['flow', 'ends', 'graph', 'model', 'std'],
  native: ['std'],
  openflow: ['std'],
  ovsdb: ['std'],
  ends: ['std'],
  probes: ['native', 'openflow', 'ovsdb', 'ends', 'graph', 'model', 'std'],
  capture: ['native', 'ovsdb', 'flow', 'graph', 'model', 'std'],
  rules: ['graph', 'model', 'std'],
  security: ['std'],
  relay: ['archive', 'contract', 'flow', 'ends', 'graph', 'model', 'std'],
  injection: ['native', 'query', 'flow', 'graph', 'model', 'std'],
  dial: ['native', 'std'],
  drops: ['native', 'flow', 'graph', 'model', 'std'],
  checks: ['contract', 'query', 'flow', 'ends', 'graph', 'model', 'std'],
  why: ['query', 'flow', 'ends', 'graph', 'model', 'std'],
  bundle: ['archive', 'contract', 'flow', 'ends', 'graph', 'model', 'std'],
  workflows: ['contract', 'std'],
  alerts: ['contract', 'graph', 'std'],
  contract: ['model', 'std'],
  config: ['model', 'std'],
  api: [
    'contract',
    'query',
    'archive',
    'capture',
    'rules',
    'injection',
    'checks',
    'why',
    'bundle',
    'workflows',
    'alerts',
    'security',
    'flow',
    'ends',
    'graph',
    'model',
    'std',
  ],
  lab: ['std'],
  cli: ['contract', 'config', 'lab', 'security', 'checks', 'workflows', 'std'],
};

/** The roots: they put the parts together, and nothing imports them but each other. */
const ROOTS = [
  'main.ts',
  'app.ts',
  'app-alerts.ts',
  'app-flows.ts',
  'app-gremlin.ts',
  'app-limits.ts',
  'app-own.ts',
  'app-graph.ts',
  'app-dial.ts',
  'app-drops.ts',
  'app-ends.ts',
  'app-graphs.ts',
  'app-probes.ts',
  'app-probe-status.ts',
  'app-rules.ts',
  'app-archive.ts',
  'app-asking.ts',
  'app-bundle.ts',
  'app-checks.ts',
  'app-open.ts',
  'app-open-checks.ts',
  'app-host.ts',
  'app-sharing.ts',
  'app-fleet.ts',
  'app-history.ts',
  'app-injection.ts',
  'app-up.ts',
  'app-api.ts',
  'app-agent.ts',
  'app-agent-id.ts',
  'app-analyzer.ts',
  'app-relay.ts',
  'app-security.ts',
  'app-transfer.ts',
  'app-workflows.ts',
  'app-why.ts',
];

/** No I/O, no clock, no dice: what these need of the world comes in as an argument. */
const PURE = ['model', 'graph', 'flow', 'ends', 'query', 'rules'];
const IMPURE = ['Date.now', 'Math.random', 'performance.now', 'crypto.randomUUID', 'process.hrtime', 'process.env'];

/** Folders of which each subfolder that has an `index.ts` is one of many, known to the roots and to the list alone. */
const MANY = ['probes', 'archive', 'capture'];

interface Source {
  /** Path below src/. */
  readonly path: string;
  readonly text: string;
}

test('imports point down, and the core does no I/O', () => {
  const root = join(import.meta.dirname, '..', 'src');
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  expect(violations(sources)).toEqual([]);
});

test.each<[string, string, string]>([
  ['graph/a.ts', "import { parse } from '../query/parse.ts';", 'graph/a.ts imports query/parse.ts'],
  ['graph/a.ts', "export type { A } from '../api/a.ts';", 'graph/a.ts imports api/a.ts'],
  ['cli/a.ts', "const a = await import('../graph/a.ts');", 'cli/a.ts imports graph/a.ts'],
  ['std/a.ts', "import { App } from '../app.ts';", 'std/a.ts imports app.ts'],
  ['new/a.ts', "import '../std/a.ts';", 'new/a.ts imports std/a.ts'],
  ['query/a.ts', "import { readFileSync } from 'node:fs';", 'query/a.ts imports node:fs'],
  ['model/a.ts', "import { readFileSync } from 'fs';", 'model/a.ts imports fs'],
  ['graph/a.ts', 'const at = Date.now();', 'graph/a.ts uses Date.now'],
  ['graph/a.ts', 'const at = new Date();', 'graph/a.ts uses new Date()'],
  ['query/a.ts', 'const die = Math.random;', 'query/a.ts uses Math.random'],
  ['probes/a.ts', "process.dlopen(module, 'a');", 'probes/a.ts loads an addon'],
  ['probes/a.ts', "const addon = load('../../build/skein.node');", 'probes/a.ts loads an addon'],
  ['probes/a.ts', "import { host } from './host/node.ts';", 'probes/a.ts imports probes/host/node.ts, one of many'],
  ['probes/lldp/a.ts', "import '../host/index.ts';", 'probes/lldp/a.ts imports probes/host/index.ts, one of many'],
  ['api/a.ts', "import '../archive/memory/index.ts';", 'api/a.ts imports archive/memory/index.ts, one of many'],
])('in %s, %s is refused', (path, text, violation) => {
  const many = ['probes/host/index.ts', 'archive/memory/index.ts'].map((index) => ({ path: index, text: '' }));
  expect(violations([{ path, text }, ...many])).toEqual([violation]);
});

test.each<[string, string]>([
  ['app.ts', "import './probes/host/index.ts'; import './archive/memory/index.ts';"],
  ['probes/index.ts', "import { host } from './host/index.ts';"],
  ['probes/host/a.ts', "import './index.ts'; import '../probe.ts'; import 'node:fs';"],
  ['graph/a.ts', "const said = 'Math.random'; new Date(time); import '../std/mistake.ts'; // not Date.now()"],
])('in %s, %s is fine', (path, text) => {
  expect(
    violations([
      { path, text },
      { path: 'probes/host/index.ts', text: '' },
    ]),
  ).toEqual([]);
});

test('ARCHITECTURE.md has the same table', () => {
  const text = readFileSync(join(import.meta.dirname, '..', 'ARCHITECTURE.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `src\/(\w+)\/` \|[^|]*\| ([^|]*) \|/gm)];
  const told = rows.map(([, folder, names]) => [folder, names === 'nothing' ? [] : names?.split(', ')]);
  const sorted = (table: object) =>
    JSON.stringify(
      Object.entries(table)
        .map(([folder, names]) => [folder, names.toSorted()])
        .toSorted(),
    );
  expect(sorted(Object.fromEntries(told))).toBe(sorted(MAY_IMPORT));
});

test('ARCHITECTURE.md names each folder of the standard dialect', () => {
  const root = join(import.meta.dirname, '..');
  const folders = readdirSync(join(root, 'src', 'query', 'gremlin'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const [, table = ''] = /folder of `src\/query\/gremlin\/`.*\n((?:\|.*\n)+)/.exec(
    readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'),
  ) ?? [''];
  const named = [...table.matchAll(/`(\w+)\/`/g)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(folders));
});

function violations(sources: readonly Source[]): string[] {
  const paths = new Set(sources.map(({ path }) => path));
  const isOneOfMany = (path: string) => {
    const [folder = '', name = '', ...rest] = path.split('/');
    return rest.length > 0 && MANY.includes(folder) && paths.has(`${folder}/${name}/index.ts`);
  };
  return sources.flatMap(({ path, text }) => {
    const from = path.split('/')[0] as string;
    const { imports, uses, loadsAddon } = read(path, text);
    const wrong = uses.filter(() => PURE.includes(from)).map((use) => `${path} uses ${use}`);
    if (loadsAddon && from !== 'native') wrong.push(`${path} loads an addon`);
    for (const name of imports) {
      const target = name.startsWith('.') ? relative('.', join(dirname(path), name)) : undefined;
      const to = target?.split('/')[0];
      if (target === undefined || to === undefined) {
        if (PURE.includes(from) && isOfNode(name)) wrong.push(`${path} imports ${name}`);
      } else if (to !== from && !ROOTS.includes(path) && !MAY_IMPORT[from]?.includes(to)) {
        wrong.push(`${path} imports ${target}`);
      } else if (isOneOfMany(target) && !mayKnow(path, target)) {
        wrong.push(`${path} imports ${target}, one of many`);
      }
    }
    return wrong;
  });
}

/** The roots, the list beside them, and what lives in the same folder. */
function mayKnow(path: string, target: string): boolean {
  const [folder, name] = target.split('/');
  return ROOTS.includes(path) || path === `${folder}/index.ts` || path.startsWith(`${folder}/${name}/`);
}

function isOfNode(name: string): boolean {
  return (
    name.startsWith('node:') || ['fs', 'net', 'os', 'path', 'crypto', 'child_process', 'worker_threads'].includes(name)
  );
}

/** What a file imports (however it is written) and which of the world's doors it opens. */
function read(path: string, text: string) {
  const imports = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  const uses: string[] = [];
  let loadsAddon = false;
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) {
      const access = node.getText().replace(/^globalThis\./, '');
      if (IMPURE.includes(access)) uses.push(access);
      if (access === 'process.dlopen') loadsAddon = true;
    }
    if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length)
      uses.push('new Date()');
    if (ts.isStringLiteralLike(node) && node.text.endsWith('.node')) loadsAddon = true;
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return { imports, uses, loadsAddon };
}
