/** `skein check` as whole processes, on a server that is there and on none: its exit codes, and what it leaves. Needs root. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckResult, MatrixCell } from '../../src/checks/result.ts';
import { eventually } from '../eventually.ts';
import { TestNetns } from '../kernel/native_netns.ts';
import { type Running, SKEIN, skeinUp } from './running.ts';

const stack = new AsyncDisposableStack();
const folder = mkdtempSync(join(tmpdir(), 'skein-check-'));
stack.defer(() => rmSync(folder, { recursive: true, force: true }));
let skein: Running;
let [one, other]: TestNetns[] = [];

beforeAll(async () => {
  [one, other] = [stack.use(new TestNetns()), stack.use(new TestNetns())];
  one.ip(`link add eth0 type veth peer name eth0 netns ${other.name}`);
  for (const [netns, address] of [
    [one, '10.93.0.1/24'],
    [other, '10.93.0.2/24'],
  ] as const) {
    netns.ip('link set eth0 up');
    netns.ip(`addr add ${address} dev eth0`);
  }
  skein = stack.use(await skeinUp(join(folder, 'data')));
  await eventually(async () => expect((await check(suiteOf(REACHES))).code).toBe(0));
}, 120_000);

afterAll(() => stack.disposeAsync(), 120_000);

const REACHES = '{ id: A, name: a, reach: { from: one, to: other, method: connect, proto: icmp } }';
const REACHES_NOT = '{ id: B, name: b, reach: { from: one, to: other, method: inject }, expect: { result: dropped } }';
const WARNS = '{ id: W, name: w, severity: warning, query: G.V().Count(), expect: { equals: 0 } }';
const NOBODY = '{ id: N, name: n, reach: { from: "netns:nobody", to: other } }';

test('0, 1, 3 and 2: all is well, something is not, somebody is not there, and a mistake', async () => {
  const codes = await Promise.all(
    [[REACHES], [REACHES, WARNS], [REACHES, REACHES_NOT], [REACHES, NOBODY], ['{ id: X, nam: x }']].map(
      async (checks) => (await check(suiteOf(...checks))).code,
    ),
  );
  expect(codes).toEqual([0, 0, 1, 3, 2]);
  expect((await check(suiteOf(REACHES, WARNS), '--strict')).code).toBe(1);
  const none = await run('check', suiteOf(REACHES), '--server', '127.0.0.1:1');
  expect([none.code, none.err]).toEqual([3, expect.stringContaining('cannot reach')]);
}, 120_000);

test('2: a moment that is none, and a command with a slip in it', async () => {
  const when = await check(suiteOf(REACHES), '--at', 'yesteryear');
  expect([when.code, when.err]).toEqual([2, expect.stringContaining('"yesteryear" is no time')]);
  const slip = await run('check', 'validte');
  expect([slip.code, slip.err]).toEqual([
    2,
    expect.stringMatching(/no file or folder validte\n.*did you mean validate\?/),
  ]);
}, 120_000);

test('3: a token that is refused', async () => {
  const data = join(folder, 'guarded');
  await using guarded = await skeinUp(data, '--api-loopback', 'token');
  const asked = await run('check', suiteOf(REACHES), '--server', guarded.url);
  expect([asked.code, asked.out]).toEqual([3, '']);
}, 120_000);

test('--retry-failed: what is well the second time is flaky, and not red', async () => {
  const late = `{ id: L, name: l, query: "G.V().Has('Name', 'late').Count()", expect: { equals: 1 } }`;
  const stays = `{ id: H, name: h, hold: 2s, query: "G.V().Has('Name', 'never')", expect: { empty: true } }`;
  const next = "{ id: K, name: k, hold: 0s, query: \"G.V().Has('Name', 'never')\", expect: { empty: true } }";
  const asked = check(suiteOf(late, next, stays), '--retry-failed', '1', '-o', 'json');
  // Whoever came after the first is done, and the last is held.
  await eventually(async () => expect(await get('/api/check')).toMatchObject({ running: [{ done: 1 }] }));
  one?.ip('link add late type veth peer name late2');
  const again = await asked;
  one?.ip('link del late');
  const { results } = JSON.parse(again.out) as { results: CheckResult[] };
  expect([again.code, results.find(({ id }) => id === 'L')]).toMatchObject([0, { status: 'ok', flaky: true }]);
}, 120_000);

test('--at asks paths and queries about then, as people type moments', async () => {
  const path = '{ id: P, name: p, path: { from: one, to: other }, expect: { contains: ["Name=eth0"] } }';
  const up = `G.V().Has('Type', 'netns', 'Name', '${other?.name}').Out('Name', 'eth0').Has('State', 'UP').Count()`;
  const query = `{ id: Q, name: q, query: "${up}", expect: { equals: 1 } }`;
  const suite = suiteOf(path, query);
  await eventually(async () => expect((await check(suite)).code).toBe(0));
  const fine = new Date();
  other?.ip('link set eth0 down');
  try {
    await eventually(async () => expect((await check(suite)).code).toBe(1));
    for (const moment of [fine.toISOString(), String(fine.getTime())])
      expect((await check(suite, '--at', moment)).code).toBe(0);
  } finally {
    other?.ip('link set eth0 up');
  }
}, 120_000);

test('4: it took too long; with --fail-fast the rest is not run', async () => {
  const long = await check(suiteOf(REACHES_NOT), '--timeout', '1s', '--var', 'patience=60s');
  expect([long.code, long.out]).toEqual([4, expect.stringMatching(/not all were run/)]);
  const fast = await check(suiteOf(REACHES_NOT, ...each(30)), '--fail-fast', '-j', '1');
  expect([fast.code, fast.out]).toEqual([1, expect.stringContaining('not all were run')]);
}, 120_000);

test('130: Ctrl-C ends the run on the server, and nothing of it is left there', async () => {
  const child = spawn(SKEIN, ['check', suiteOf(REACHES_NOT), '--var', 'patience=60s', '--server', skein.url], {
    stdio: 'ignore',
  });
  await eventually(async () => expect(Object.keys(await get('/api/capture'))).not.toEqual([]));
  const exited = once(child, 'exit');
  child.kill('SIGINT');
  expect((await exited)[0]).toBe(130);
  await eventually(async () => {
    expect(await get('/api/capture')).toEqual({});
    expect(await get('/api/injectpacket')).toEqual({});
    expect(await get('/api/check')).toMatchObject({ running: [] });
  });
}, 120_000);

test('what failed before does not fail it; evidence goes to a folder; the past is asked as it was', async () => {
  const suite = suiteOf(REACHES_NOT, WARNS);
  const json = join(folder, 'before.json');
  expect((await check(suite, '--json', json, '--artifacts', join(folder, 'evidence'))).code).toBe(1);
  expect(readFileSync(join(folder, 'evidence', 'B', 'packets.pcapng')).readUInt32LE(0)).toBe(0x0a0d0d0a);
  expect((await check(suite, '--baseline', json)).code).toBe(0);
  const model = suiteOf(REACHES.replace('connect', 'model'));
  one?.ip('link add gone type veth peer name gone2');
  const gone = suiteOf(`{ id: G, name: g, query: "G.V().Has('Name', 'gone').Count()", expect: { equals: 1 } }`);
  await eventually(async () => expect((await check(gone)).code).toBe(0));
  const fine = Date.now();
  other?.ip('link set eth0 down');
  try {
    one?.ip('link del gone');
    await eventually(async () => expect((await check(model)).code).toBe(1));
    expect((await check(model, '--at', String(fine))).code).toBe(0);
    const query = `query: "G.V().Has('Type', 'netns', 'Name', '${one?.name}').Out('Name', 'gone').Count()"`;
    const span = (body: string) => suiteOf(`{ id: S, name: s, ${body}${query}, expect: { equals: 1 } }`);
    await eventually(async () => expect((await check(span(''))).code).toBe(1));
    expect((await check(span(`between: { from: ${fine}, to: now }, `))).code).toBe(0);
  } finally {
    other?.ip('link set eth0 up');
  }
}, 120_000);

test('what is written of now is right, is green, and is red once it is another', async () => {
  const file = join(folder, 'now.check.yaml');
  // It is written from the graph, which hears of the link a little after packets pass.
  await eventually(async () => {
    const { out, code } = await run('check', 'generate', '--server', skein.url);
    expect(code).toBe(0);
    writeFileSync(file, out);
    expect((await run('check', 'validate', file)).code).toBe(0);
    expect(await cellIn(file)).toMatchObject({ expected: '+', got: '+' });
  });
  other?.ip('addr del 10.93.0.2/24 dev eth0');
  try {
    await eventually(async () =>
      expect(await cellIn(file)).toMatchObject({
        expected: '+',
        got: '-',
        code: 'NO_ROUTE',
        reason: expect.stringContaining('no route'),
      }),
    );
  } finally {
    other?.ip('addr add 10.93.0.2/24 dev eth0');
  }
}, 120_000);

/** From the other to the one: there may be more on this machine, which comes and goes. */
async function cellIn(file: string): Promise<MatrixCell | undefined> {
  const { results } = JSON.parse((await check(file, '-o', 'json')).out) as { results: CheckResult[] };
  const table = results.find(({ id }) => id === 'reachability')?.matrix;
  const at = table?.columns.indexOf(`netns:${one?.name}`) ?? -1;
  return table?.rows.find(({ name }) => name === `netns:${other?.name}`)?.cells[at];
}

let suites = 0;

function suiteOf(...checks: readonly string[]): string {
  const file = join(folder, `${++suites}.check.yaml`);
  writeFileSync(
    file,
    `apiVersion: checks/v1
kind: CheckSuite
metadata: { name: pair }
vars: { patience: 0s }
defaults: { timeout: 5s, retry: { for: "\${patience}", every: 100ms }, hold: 100ms }
endpoints: { one: { netns: ${one?.name} }, other: { netns: ${other?.name} } }
checks:
${checks.map((text) => `  - ${text}\n`).join('')}`,
  );
  return file;
}

function each(count: number): string[] {
  return Array.from({ length: count }, (_, at) => REACHES.replace('id: A', `id: A${at}`));
}

function check(...words: readonly string[]) {
  return run('check', ...words, '--server', skein.url);
}

async function run(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(SKEIN, [...words], { stdio: ['ignore', 'pipe', 'pipe'], env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    err += data;
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
}

async function get(path: string): Promise<object> {
  return (await (await fetch(skein.url + path)).json()) as object;
}
