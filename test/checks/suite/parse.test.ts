import { parseSuites, type Variables } from '../../../src/checks/suite/parse.ts';
import type { Check } from '../../../src/checks/suite/suite.ts';

test('a check has what it says, and the defaults for the rest', () => {
  const [check] = checksIn(`
defaults: { timeout: 2s, retry: { for: 30s, every: 500ms }, hold: 5s, tags: [net] }
endpoints: { web: { container: web, pick: each }, inet: { ip: 203.0.113.10 } }
checks:
  - { id: A, name: a, tags: [smoke], reach: { from: web, to: inet, port: 443, method: connect }, expect: { result: dropped } }`);
  expect(check).toMatchObject({
    id: 'A',
    tags: ['net', 'smoke'],
    severity: 'error',
    timeoutMs: 2000,
    retry: { forMs: 30_000, everyMs: 500 },
    holdMs: 5000,
    kind: 'reach',
    proto: 'tcp',
    port: 443,
    method: 'connect',
    from: { name: 'web', kind: 'container', text: 'container:web', pick: 'each' },
    to: { name: 'inet', kind: 'address', text: '203.0.113.10', pick: 'one' },
    expect: { result: 'dropped' },
    position: { file: 'f', line: 7, column: 5 },
  });
});

test('only checks of what should not be are held by default', () => {
  const checks = checksIn(`
defaults: { hold: 5s }
checks:
  - { name: a, reach: { from: "netns:a", to: 10.0.0.1 } }
  - { name: b, reach: { from: "netns:a", to: 10.0.0.1 }, expect: { result: refused } }
  - { name: c, query: G.V().Count(), expect: { equals: 0 } }
  - { name: d, query: G.V().Count(), expect: { equals: 3 } }
  - { name: e, query: G.V().Count(), expect: { equals: 3 }, hold: 1s }`);
  expect(checks.map(({ holdMs }) => holdMs)).toEqual([0, 5000, 5000, 0, 1000]);
});

test.each<[string, string, string]>([
  ['netns:blue', 'netns', 'netns:blue'],
  ['container:web', 'container', 'container:web'],
  ['process:nginx', 'process', 'process:nginx'],
  ['pid:12', 'pid', 'pid:12'],
  ['blue/eth0', 'name', 'blue/eth0'],
  ['10.0.0.1', 'address', '10.0.0.1'],
  ['fd00::1', 'address', 'fd00::1'],
  ["G.V().Has('Name','x')", 'gremlin', "G.V().Has('Name','x')"],
])('an end may be said in place: %s', (text, kind, meant) => {
  const [check] = checksIn(`\nchecks:\n  - { name: a, reach: { from: ${JSON.stringify(text)}, to: 10.0.0.2 } }`);
  expect(check).toMatchObject({ from: { kind, text: meant } });
});

test('a matrix is a table of ends, with or without a word in its corner', () => {
  for (const corner of ['', 'from/to ']) {
    const [check] = checksIn(`
endpoints: { a: { netns: a }, b: { netns: b } }
checks:
  - name: m
    matrix:
      port: 80
      table: |
        ${corner}a b
        a . +
        b - .`);
    expect(check).toMatchObject({
      kind: 'matrix',
      proto: 'tcp',
      columns: [{ text: 'netns:a' }, { text: 'netns:b' }],
      rows: [
        { from: { text: 'netns:a' }, cells: ['.', '+'] },
        { from: { text: 'netns:b' }, cells: ['-', '.'] },
      ],
    });
  }
});

test('a text that is one variable takes its kind, and others are put together', () => {
  const [check] = checksIn(
    `
vars: { port: 5432, net: 10.0.0 }
checks:
  - { name: "to \${net} and $\${net}", reach: { from: "netns:a", to: "\${net}.7", proto: tcp, port: "\${port}" } }`,
  );
  expect(check).toMatchObject({ name: `to 10.0.0 and $\{net}`, to: { text: '10.0.0.7' }, port: 5432 });
});

test('--var counts more than the file, and a number from the environment is a number where one is wanted', () => {
  const text = `
env: [DB_PORT]
vars: { to: 10.0.0.1 }
checks:
  - { name: a, reach: { from: "netns:a", to: "\${to}", proto: tcp, port: "\${DB_PORT}" } }
  - { name: b, changed: { from: "\${CI_START}" }, expect: { added: 0 } }`;
  const variables = {
    vars: { to: '10.0.0.9' },
    env: { DB_PORT: '5432', CI_START: '-1h', HOME: '/root' },
    allowed: new Set<string>(),
  };
  const [a, b] = checksIn(text, variables);
  expect(a).toMatchObject({ to: { text: '10.0.0.9' }, port: 5432 });
  expect(b).toMatchObject({ from: '-1h', to: 'now' });
  expect(parseSuites([{ file: 'f', text: whole(text) }], variables).usedEnv).toEqual({
    DB_PORT: '5432',
    CI_START: '-1h',
  });
});

test.each<[string, string, readonly string[], string | undefined]>([
  ['HOME', '', [], 'there is no variable "HOME"'],
  ['HOME', 'env: [HOME]', [], undefined],
  ['CI_JOB_TOKEN', '', [], 'looks like the name of a secret'],
  ['CI_JOB_TOKEN', 'env: [CI_JOB_TOKEN]', [], 'looks like the name of a secret'],
  ['CI_JOB_TOKEN', '', ['CI_JOB_TOKEN'], undefined],
])('of the environment %s is read with "%s" and --env %j: %s', (name, env, allowed, message) => {
  const act = () =>
    checksIn(`\n${env}\nchecks:\n  - { name: "\${${name}}", query: G.V(), expect: { empty: true } }`, {
      vars: {},
      env: { HOME: '/root', CI_JOB_TOKEN: 'x' },
      allowed: new Set(allowed),
    });
  if (message === undefined) expect(act()).toHaveLength(1);
  else expect(act).toThrow(message);
});

test('a file may hold several suites; ids are made where none are given', () => {
  const one = whole('\nchecks:\n  - { name: a, query: G.V(), expect: { empty: true } }');
  const { suites } = parseSuites([
    { file: 'f', text: `${one}\n---\n${one}` },
    { file: 'g', text: one },
  ]);
  expect(suites.flatMap(({ file, checks }) => checks.map(({ id }) => `${file} ${id}`))).toEqual([
    'f x-1',
    'f x-2',
    'g x-3',
  ]);
});

test('anchors and merged maps are understood', () => {
  const checks = checksIn(`
checks:
  - &one { name: a, query: G.V(), expect: { empty: true }, timeout: 3s }
  - { <<: *one, name: b }`);
  expect(checks.map(({ name, timeoutMs }) => [name, timeoutMs])).toEqual([
    ['a', 3000],
    ['b', 3000],
  ]);
});

test('variables and endpoints that nothing uses are warned of', () => {
  const text =
    '\nvars: { lost: 1 }\nendpoints: { idle: { netns: a } }\nchecks:\n  - { name: a, query: G.V(), expect: { empty: true } }';
  expect(parseSuites([{ file: 'f', text: whole(text) }]).warnings.map(({ message }) => message)).toEqual([
    'f:4:9: nothing uses the variable "lost"',
    'f:5:14: nothing uses the endpoint "idle"',
  ]);
});

function checksIn(text: string, variables?: Variables): readonly Check[] {
  return parseSuites([{ file: 'f', text: whole(text) }], variables).suites.flatMap(({ checks }) => checks);
}

function whole(text: string): string {
  return `apiVersion: checks/v1\nkind: CheckSuite\nmetadata: { name: x }${text}`;
}
