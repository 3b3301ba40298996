import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { CheckLine, CheckResult } from '../../src/checks/result.ts';
import { runChecks } from '../../src/cli/check-run.ts';
import type { Session } from '../../src/cli/command.ts';
import { failed, report, reportOf, resultOf, results } from '../checks/report/run.ts';
import { type FakeServer, fakeServer } from './fake-server.ts';
import { skein } from './terminal.ts';

let folder: string;
let suite: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-check-'));
  suite = join(folder, 'net.check.yaml');
  writeFileSync(
    suite,
    `apiVersion: checks/v1
kind: CheckSuite
metadata: { name: net }
env: [PLACE]
checks:
  - { id: A, name: "in \${PLACE} or \${net}", tags: [smoke], query: G.V().Count(), expect: { min: 1 } }
  - { id: B, name: b, reach: { from: "netns:a", to: 10.0.0.1, proto: tcp, port: 80 } }
`,
  );
});

afterEach(() => rmSync(folder, { recursive: true }));

const env = { PLACE: 'here', HOME: '/root' };

test('the suite goes to the server with what it needs of the environment and no more, and results come back', async () => {
  await using server = await serverWith(report.results);
  const words = ['check', suite, '--var', 'net=7', '--tag', 'smoke', '-j', '3', '--timeout', '2m', '--fail-fast'];
  const { exitCode, out } = await skein([...words, '--server', server.url], { env });
  expect(exitCode).toBe(1);
  expect(out).toContain('failed  NET-2  front reaches the cache  (4.2 s)\n        expected  ');
  expect(out.trimEnd().split('\n').at(-1)).toMatch(/^9 checks: 3 ok, 3 failed/);
  expect(server.heard[0]).toMatchObject({ method: 'POST', path: '/api/check' });
  expect(server.heard[0]?.body).toEqual({
    suites: [{ file: suite, text: readFileSync(suite, 'utf8') }],
    vars: { net: 7 },
    env: { PLACE: 'here' },
    select: { tags: ['smoke'] },
    jobs: 3,
    timeoutMs: 120_000,
    failFast: true,
  });
});

test.each<[string, readonly CheckResult[], readonly string[], number]>([
  ['all is as expected', [resultOf()], [], 0],
  ['a check failed', [resultOf(), failed], [], 1],
  ['only a warning', results.filter(({ severity }) => severity === 'warning'), [], 0],
  ['a warning counts', results.filter(({ severity }) => severity === 'warning'), ['--strict'], 1],
  ['one could not be run', results.filter(({ status }) => status === 'error'), [], 3],
  ['one failed and one could not be run', results.slice(0, 4), [], 1],
])('%s: the exit code says so', async (_, some, words, code) => {
  await using server = await serverWith(some);
  const ran = await skein(['check', suite, '--var', 'net=7', ...words, '--server', server.url], { env });
  expect(ran.exitCode).toBe(code);
});

test('a run that took too long ends with 4, one that broke with 3, and what is known is told', async () => {
  const { summary } = reportOf([resultOf()]);
  const late = { ...summary, cutOff: { why: 'timeout' as const, text: 'longer than 1s' } };
  await using slow = await serverOf([report.run, resultOf(), late]);
  const timedOut = await skein(['check', suite, '--var', 'net=7', '--server', slow.url], { env });
  expect([timedOut.exitCode, timedOut.out]).toEqual([4, expect.stringContaining('not all were run: longer than 1s')]);
  await using broken = await serverOf([{ ...report.run, checks: 2 }, resultOf()]);
  const junit = join(folder, 'out.xml');
  const cut = await skein(['check', suite, '--var', 'net=7', '--junit', junit, '--server', broken.url], { env });
  expect([cut.exitCode, cut.out]).toEqual([3, expect.stringContaining('ended its answer after 1 of 2')]);
  expect(readFileSync(junit, 'utf8')).toContain('<error message="the server ended its answer after 1 of 2"');
});

test('without a server it ends with 3, and says what every command says', async () => {
  const { exitCode, err } = await skein(['check', suite, '--var', 'net=7', '--server', '127.0.0.1:1'], { env });
  expect(exitCode).toBe(3);
  expect(err).toContain('cannot reach http://127.0.0.1:1');
});

test.each<[string, (words: string[]) => void, number, string]>([
  ['no server', (words) => words.push('--server', '127.0.0.1:1'), 3, 'cannot reach http://127.0.0.1:1'],
  ['a mistake in the suite', () => writeFileSync(suite, 'kind: CheckSuite'), 2, 'apiVersion'],
  ['a tag that no check has', (words) => words.push('--tag', 'smoek'), 2, 'no check is chosen'],
])('%s: reports say so, and not what the last run came to', async (_, make, code, text) => {
  const files = ['junit', 'tap', 'json', 'markdown'].map((kind) => join(folder, kind));
  for (const file of files) writeFileSync(file, 'all was well');
  const words = ['check', suite, '--var', 'net=7', ...files.flatMap((file) => [`--${basename(file)}`, file])];
  make(words);
  expect((await skein(words, { env })).exitCode).toBe(code);
  for (const file of files) {
    const told = readFileSync(file, 'utf8');
    expect(told).toContain(text);
    expect(told).not.toContain('all was well');
  }
  expect(readFileSync(join(folder, 'junit'), 'utf8')).toContain('tests="1" failures="0" errors="1"');
  expect((await skein([...words, '-o', 'github'], { env })).out).toMatch(/^::error [^\n]*::/);
});

test('mistakes are annotations at their lines; with --github annotations come after the text', async () => {
  await using server = await serverWith([resultOf(), failed]);
  const both = await skein(['check', suite, '--var', 'net=7', '--github', '--server', server.url], { env });
  expect(both.out).toMatch(/2 checks: 1 ok, 1 failed.*\n::error file=shop\.check\.yaml,line=18,col=5,/);
  writeFileSync(suite, readFileSync(suite, 'utf8').replace('query:', 'qery:'));
  const { exitCode, out } = await skein(['check', suite, '--github'], { env });
  expect(exitCode).toBe(2);
  expect(out).toContain(`::error file=${suite},line=6,col=`);
  expect(out).toContain('::nothing is called "qery" here%0Adid you mean query?\n');
});

test('a server that falls silent is not waited for, and what it said counts', async () => {
  const server = createServer(
    (_, response) =>
      void response.write(`${[report.run, resultOf()].map((line) => JSON.stringify(line)).join('\n')}\n`),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const io = {
    out: { write: (text: string) => void said.push(text) },
    err: { write: () => undefined },
    env: { PLACE: 'here' },
    now: () => Date.now(),
    interrupted: new AbortController().signal,
  };
  const said: string[] = [];
  const session = { io, exitCode: 0 } as unknown as Session;
  try {
    await runChecks(session, [suite], { var: ['net=7'], server: url }, { silentMs: 50 });
  } finally {
    server.closeAllConnections();
    server.close();
  }
  expect(session.exitCode).toBe(3);
  expect(said.join('')).toMatch(
    /not all were run: after 1 of \d+: nothing was heard of http:\S+ for 0\.05 s: is it stopped, or cut off\?/,
  );
});

test.each([
  ['nothing', ''],
  ['a page', '<html>Who are you?</html>\n'],
])('a server that answers %s is none of ours', async (_, body) => {
  await using server = await fakeServer(() => ({ body }));
  const { exitCode, err } = await skein(['check', suite, '--var', 'net=7', '--server', server.url], { env });
  expect([exitCode, err]).toEqual([3, expect.stringContaining('answers, but not as Skein does')]);
});

test('a file that is named twice, or lies in a folder that is named too, is one suite', async () => {
  const words = [suite, suite, folder, join(folder, '.', 'net.check.yaml')];
  expect((await skein(['check', 'validate', ...words, '--var', 'net=7'], { env })).out).toBe(
    '1 file, 2 checks: no mistakes\n',
  );
});

test.each<[string, Buffer, string]>([
  ['Latin-1', Buffer.from('kind: CheckSuite\nmetadata: { name: caf\u00e9 }\n', 'latin1'), ':2: this is no UTF-8'],
  ['UTF-16', Buffer.from('\ufeffkind: CheckSuite\n', 'utf16le'), ' is UTF-16, and suites are UTF-8'],
])('%s is told to be that, with what would do', async (_, bytes, text) => {
  writeFileSync(suite, bytes);
  const { exitCode, err } = await skein(['check', 'validate', suite]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining(`skein: ${suite}${text}\n  iconv -f `)]);
  // What only lies beside is nobody's mistake.
  writeFileSync(
    suite,
    'apiVersion: checks/v1\nkind: CheckSuite\nmetadata: { name: x }\nchecks: [{ name: a, query: G.V() , expect: { empty: true } }]\n',
  );
  writeFileSync(join(folder, 'other.yaml'), bytes.subarray(17));
  expect((await skein(['check', 'validate', folder])).exitCode).toBe(0);
});

test('Ctrl-C closes the connection, tells what is known, and ends with 130', async () => {
  const interrupt = new AbortController();
  await using server = await fakeServer(() => {
    interrupt.abort();
    return undefined;
  });
  const ran = await skein(['check', suite, '--var', 'net=7', '--server', server.url], {
    env,
    interrupted: interrupt.signal,
  });
  expect(ran.exitCode).toBe(130);
});

test('mistakes need no server: each is told with its place, and the exit code is 2', async () => {
  writeFileSync(
    suite,
    'apiVersion: checks/v1\nkind: CheckSuite\nmetadata: { name: x }\nchecks: [{ name: a, qery: G.V() }]\n',
  );
  for (const words of [
    ['check', 'validate', suite],
    ['check', suite],
  ]) {
    const { exitCode, err } = await skein(words);
    expect(exitCode).toBe(2);
    expect(err).toContain(`skein: ${suite}:4:21: nothing is called "qery" here\n  did you mean query?\n`);
    expect(err).toContain('this check checks nothing');
  }
});

test('nothing chosen is not all right', async () => {
  const { exitCode, err } = await skein(['check', suite, '--var', 'net=7', '--tag', 'smoek'], { env });
  expect([exitCode, err]).toEqual([2, expect.stringContaining('no check is chosen')]);
  expect((await skein(['check', suite, '--var', 'net=7', '--only', 'AB'], { env })).exitCode).toBe(2);
});

test('reports go to files, packets and evidence to a folder of their own, whatever the id', async () => {
  const sly = { ...failed, id: '../../sly' };
  await using server = await serverWith([resultOf(), sly, sly]);
  const files = ['junit', 'tap', 'json', 'markdown'].flatMap((kind) => [`--${kind}`, join(folder, kind)]);
  const evidence = join(folder, 'evidence');
  const summary = join(folder, 'summary.md');
  const words = [
    'check',
    suite,
    '--var',
    'net=7',
    '-o',
    'github',
    ...files,
    '--artifacts',
    evidence,
    '--server',
    server.url,
  ];
  const { exitCode, out } = await skein(words, { env: { ...env, GITHUB_STEP_SUMMARY: summary } });
  expect(exitCode).toBe(1);
  expect(out).toMatch(/^::error file=shop\.check\.yaml,line=18/);
  expect(readFileSync(join(folder, 'tap'), 'utf8')).toMatch(/^TAP version 14\n1\.\.3\n/);
  expect(readFileSync(join(folder, 'junit'), 'utf8')).toContain('<testsuites');
  expect(readFileSync(summary, 'utf8')).toBe(readFileSync(join(folder, 'markdown'), 'utf8'));
  const told = JSON.parse(readFileSync(join(folder, 'json'), 'utf8'));
  const kept = told.results
    .filter(({ status }: CheckResult) => status === 'failed')
    .map((one: CheckResult) => one.evidence?.pcapng?.file);
  expect(new Set(kept).size).toBe(2);
  for (const file of kept) {
    expect(file.startsWith(`${evidence}/`)).toBe(true);
    expect(readFileSync(file)).toEqual(Buffer.from('AAAA', 'base64'));
  }
  expect(server.heard[0]?.body).toMatchObject({ pcapng: true });
});

test('what failed in the baseline is known, and what was ok says since when changes count', async () => {
  const file = join(folder, 'before.json');
  await using before = await serverWith([resultOf({ id: 'A' }), failed]);
  await skein(['check', suite, '--var', 'net=7', '--json', file, '--server', before.url], { env });
  await using now = await serverWith([resultOf({ id: 'A' }), failed]);
  const ran = await skein(['check', suite, '--var', 'net=7', '--baseline', file, '--server', now.url], { env });
  expect(ran.exitCode).toBe(0);
  expect(ran.out).toContain('known before');
  expect(now.heard[0]?.body).toMatchObject({ lastGreen: { A: resultOf().startedAt } });
});

test('list, explain, schema and init need no server', async () => {
  const list = await skein(['check', 'list', suite, '--var', 'net=7'], { env });
  expect(list.out).toBe('A   query     in here or 7  #smoke\nB   reach     b\n');
  const smoke = await skein(['check', 'list', suite, '--var', 'net=7', '--not-tag', 'smoke'], { env });
  expect(smoke.out).toBe('B   reach     b\n');
  const explain = await skein(['check', 'explain', 'B', suite, '--var', 'net=7'], { env });
  expect(explain.out).toContain('asks       whether tcp 80 gets from netns:a to 10.0.0.1\n');
  expect(JSON.parse((await skein(['check', 'schema'])).out)).toHaveProperty('$schema');
  const made = join(folder, 'made.check.yaml');
  expect((await skein(['check', 'init', made])).exitCode).toBe(0);
  expect((await skein(['check', 'init', made])).err).toContain('is there already');
  expect((await skein(['check', 'validate', made])).out).toBe('1 file, 3 checks: no mistakes\n');
});

test('in a folder what calls itself a suite is meant', async () => {
  writeFileSync(join(folder, 'compose.yaml'), 'services: {}\n');
  expect((await skein(['check', 'validate', folder, '--var', 'net=7'], { env })).out).toBe(
    '1 file, 2 checks: no mistakes\n',
  );
});

function serverWith(some: readonly CheckResult[]): Promise<FakeServer> {
  const { run, summary } = reportOf(some);
  return serverOf([run, ...some, summary]);
}

/** A blank line is what a server says while nothing else is known. */
function serverOf(lines: readonly CheckLine[]): Promise<FakeServer> {
  return fakeServer(() => ({ body: lines.map((line) => `${JSON.stringify(line)}\n\n`).join('') }));
}
