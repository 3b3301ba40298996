/**
 * Checks in real namespaces: blue and green on a bridge, red behind a router. Every kind green and red, and of each
 * failure the place, the code and what decides it.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckLine, CheckResult, RunSummary } from '../../src/checks/result.ts';
import { type Running, skeinUp } from '../e2e/running.ts';
import { TestNetns } from './native_netns.ts';

const stack = new AsyncDisposableStack();
let [blue, green, wires, router, red]: TestNetns[] = [];
let skein: Running;
let data: string;

beforeAll(async () => {
  [blue, green, wires, router, red] = [1, 2, 3, 4, 5].map(() => stack.use(new TestNetns()));
  of(wires).ip('link add br0 type bridge');
  of(wires).ip('link set br0 up');
  cable(of(blue), 'eth0', of(wires), 'pblue');
  cable(of(green), 'eth0', of(wires), 'pgreen');
  cable(of(router), 'lan', of(wires), 'prt');
  cable(of(router), 'wan', of(red), 'eth0');
  for (const port of ['pblue', 'pgreen', 'prt']) of(wires).ip(`link set ${port} master br0`);
  of(router).ip('addr add 10.91.0.1/24 dev lan');
  of(router).ip('addr add 10.92.0.1/24 dev wan');
  for (const [netns, address, gateway] of [
    [of(blue), '10.91.0.2', '10.91.0.1'],
    [of(green), '10.91.0.3', '10.91.0.1'],
    [of(red), '10.92.0.2', '10.92.0.1'],
  ] as const) {
    netns.ip(`addr add ${address}/24 dev eth0`);
    netns.ip(`route add default via ${gateway}`);
  }
  inside(of(router), 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
  for (const [netns, port] of [
    [of(red), 8080],
    [of(green), 8081],
  ] as const) {
    const service = `require('node:net').createServer((one) => one.on('error', () => {})).listen(${port}, '0.0.0.0', () => console.log('ready'))`;
    const server = spawn('ip', ['netns', 'exec', netns.name, process.execPath, '-e', service], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {},
    });
    stack.defer(() => void server.kill('SIGKILL'));
    await once(server.stdout, 'data');
  }
  data = mkdtempSync(join(tmpdir(), 'skein-checks-'));
  stack.defer(() => rmSync(data, { recursive: true, force: true }));
  skein = stack.use(await skeinUp(data));
  // All is in the graph, and the neighbours are known.
  const said = await run(
    `${reach('A', 'icmp', 'model', 'delivered')}${reach('B', 'icmp', 'inject', 'delivered')}`,
    {},
    '20s',
  );
  expect(said.summary).toMatchObject({ ok: 2, failed: 0, errors: 0 });
}, 120_000);

afterAll(() => stack.disposeAsync(), 120_000);

/** So long answers are waited for. A SYN without one is repeated after a second, which nobody waits for here. */
const WAITS = 'timeout: 700ms';

const METHODS = `${reach('M', 'tcp, port: 8080', 'model', 'delivered')}${reach('C', 'tcp, port: 8080', 'connect', 'delivered')}${reach('I', 'tcp, port: 8080', 'inject', 'delivered')}`;

test('all kinds of checks are green where all is well', async () => {
  const since = new Date().toISOString();
  const { results, summary } = await run(`${METHODS}
  - { id: U, name: U, reach: { from: red, to: green, proto: icmp, method: inject, count: 3 }, expect: { result: delivered, lossPercent: { max: 0 }, rttMs: { p95: { max: 5000 } } } }
  - { id: N, name: N, reach: { from: blue, to: 10.92.0.77, proto: icmp, method: inject }, expect: { result: unreachable }, ${WAITS} }
  - { id: R, name: R, reach: { from: blue, to: red, proto: tcp, port: 81, method: connect }, expect: { result: refused, code: PORT_CLOSED } }
  - { id: P, name: P, path: { from: blue, to: red }, expect: { contains: ["Type=bridge"], absent: ["Type=vxlan"], mtu: { min: 1500 } } }
  - { id: Q, name: Q, query: "G.V().Has('Name', '${of(blue).name}').Count()", expect: { equals: 1 } }
  - { id: H, name: H, changed: { from: "${since}", to: now, query: "G.V().Has('Name', '${of(blue).name}')" }, expect: { removed: 0 } }
  - { id: T, name: T, matrix: { proto: tcp, port: 8080, method: connect, endpoints: [blue, green, red], table: "  blue green red\\nblue . - +\\ngreen - . +\\nred - - ." } }
  - { id: X, name: X, metric: "skein_graph_nodes > 1", expect: { equals: 1 } }`);
  expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(summary).toMatchObject({ ok: 11, failed: 0 });
  expect(results.find(({ id }) => id === 'U')?.traffic).toMatchObject({ sent: 3, delivered: 3, lossPercent: 0 });
}, 120_000);

test('a packet filter of the router: the rule, the place, the packets on their way, and the change', async () => {
  filter(of(router), 'forward', 'tcp dport 8080 counter drop');
  try {
    await run(reach('M', 'tcp, port: 8080', 'model', 'dropped'), {}, '20s');
    const { results } = await run(METHODS, { pcapng: true });
    for (const one of results) {
      expect(one).toMatchObject({
        status: 'failed',
        code: 'POLICY_DENY',
        reason: expect.stringMatching(new RegExp(`^stopped at ${of(router).name} \\(.*tcp dport 8080 .*drop`)),
        evidence: {
          stopsAt: { name: of(router).name },
          by: { type: 'rule', text: expect.stringContaining('dport 8080') },
        },
      });
      if (one.id !== 'M')
        expect(one.evidence?.drop).toMatchObject({ reason: 'NETFILTER_DROP', node: { name: of(router).name } });
    }
    const injected = results.find(({ id }) => id === 'I')?.evidence;
    expect(injected?.hops?.flatMap(({ node, seen }) => (seen === undefined ? [] : `${node.name} ${seen}`))).toEqual([
      'eth0 1',
      'pblue 1',
      'prt 1',
      'lan 1',
    ]);
    expect(injected?.pcapng).toMatchObject({ packets: 4, base64: expect.stringMatching(/^Cg0NC/) });
    // The connection was made once more, and looked for: its SYN is repeated after a second, which nobody waits for.
    const connected = results.find(({ id }) => id === 'C')?.evidence;
    expect(connected?.hops?.flatMap(({ node, seen }) => (seen === undefined ? [] : `${node.name} ${seen}`))).toEqual([
      'eth0 1',
      'pblue 1',
      'prt 1',
      'lan 1',
    ]);
    expect(connected?.pcapng).toMatchObject({ packets: 4 });
    expect(injected?.changes?.lastGreenAt).toBeGreaterThan(0);
    expect(JSON.stringify(injected?.changes?.list)).toMatch(/8080/);
  } finally {
    inside(of(router), 'nft', 'flush', 'ruleset');
  }
}, 120_000);

test('one that rejects is told apart from a port that is closed', async () => {
  filter(of(red), 'input', 'tcp dport 8080 reject with tcp reset');
  try {
    await run(reach('M', 'tcp, port: 8080', 'model', 'refused'), {}, '20s');
    const { results } = await run(METHODS.replaceAll('delivered', 'refused, code: PORT_CLOSED'));
    for (const one of results)
      expect(one).toMatchObject({
        status: 'failed',
        code: 'POLICY_DENY',
        evidence: { by: { type: 'rule' }, stopsAt: { name: of(red).name } },
      });
  } finally {
    inside(of(red), 'nft', 'flush', 'ruleset');
  }
}, 120_000);

test('no way back, a black hole, a link that is down and a port taken out of its bridge', async () => {
  const faults: readonly (readonly [TestNetns, string, string, string, RegExp])[] = [
    [of(router), 'route add blackhole 10.92.0.2/32', 'route del blackhole 10.92.0.2/32', 'NO_ROUTE', /blackhole/],
    [of(wires), 'link set prt down', 'link set prt up', 'LINK_DOWN', /prt is down/],
    [of(red), 'route del default', 'route add default via 10.92.0.1', 'ASYMMETRIC', /no route to 10\.91\.0\.2/],
  ];
  for (const [netns, broken, mended, code, why] of faults) {
    netns.ip(broken);
    try {
      await run(reach('M', 'tcp, port: 8080', 'model', 'unreachable'), {}, '20s');
      const { results } = await run(METHODS);
      expect(results.map((one) => `${one.id} ${one.status} ${one.code}`).sort()).toEqual([
        `C failed ${code}`,
        `I failed ${code}`,
        `M failed ${code}`,
      ]);
      for (const one of results) expect(one.reason).toMatch(why);
    } finally {
      netns.ip(mended);
    }
    await run(reach('A', 'icmp', 'inject', 'delivered'), {}, '20s');
  }
}, 120_000);

test('what should not get there and does is a failure, as is what is slow, narrow, or elsewhere', async () => {
  const { results } = await run(`
  - { id: N, name: N, reach: { from: blue, to: red, proto: icmp, method: inject }, expect: { result: dropped } }
  - { id: S, name: S, reach: { from: blue, to: red, proto: icmp, method: inject }, expect: { result: delivered, rttMs: { max: { max: 0.0001 } } } }
  - { id: P, name: P, path: { from: blue, to: red }, expect: { mtu: { min: 9000 } } }
  - { id: B, name: B, path: { from: blue, to: red }, expect: { absent: ["Name=br0"] } }
  - { id: Q, name: Q, query: "G.V().Has('Name', '${of(blue).name}').Count()", expect: { equals: 2 } }
  - { id: T, name: T, matrix: { proto: tcp, port: 8080, method: connect, endpoints: [blue, red], table: "  blue red\\nblue . -\\nred - ." } }
  - { id: X, name: X, metric: "skein_graph_nodes", expect: { max: 1 } }
  - { id: E, name: E, reach: { from: "netns:nobody", to: red, proto: icmp, method: inject }, expect: { result: dropped } }`);
  expect(Object.fromEntries(results.map(({ id, status, code }) => [id, `${status} ${code}`]))).toEqual({
    ...{ N: 'failed DELIVERED', S: 'failed SLOW', P: 'failed MTU_EXCEEDED', B: 'failed WRONG_PATH' },
    ...{ Q: 'failed NOT_EQUAL', T: 'failed WRONG_CELLS', X: 'failed TOO_HIGH', E: 'error undefined' },
  });
}, 120_000);

test('what is gathered of a failure is what was asked for', async () => {
  const one = (id: string, evidence: string, method = 'inject') =>
    `apiVersion: checks/v1
kind: CheckSuite
metadata: { name: ${id} }
defaults: { timeout: 5s, retry: { for: 0s }, hold: 0s, evidence: { ${evidence} } }
checks:
  - { id: ${id}, name: ${id}, reach: { from: "netns:${of(blue).name}", to: "netns:${of(red).name}", proto: icmp, method: ${method}, count: 3 }, expect: { result: dropped } }
`;
  const suites = [
    one('all', 'since: 1s'),
    one('none', 'onFailure: []'),
    one('path', 'onFailure: [path]'),
    one('pcap', 'onFailure: [pcap], pcapPackets: 5'),
    one('diff', 'onFailure: [diff], since: 1h'),
    one('model', 'onFailure: [path]', 'model'),
  ].map((text, at) => ({ file: `${at}.yaml`, text }));
  const { results } = await posted({ suites, pcapng: true });
  const keys = Object.fromEntries(results.map(({ id, evidence }) => [id, Object.keys(evidence ?? {}).sort()]));
  expect(keys).toEqual({
    all: ['changes', 'hops', 'pcapng'],
    none: [],
    path: ['hops'],
    pcap: ['missing', 'pcapng'],
    diff: ['changes'],
    model: ['hops'],
  });
  const of_ = (id: string) => results.find((result) => result.id === id)?.evidence;
  expect(of_('pcap')?.pcapng?.packets).toBe(5);
  expect(of_('pcap')?.missing).toEqual([
    expect.stringMatching(/^packets: 5 of the \d+ that were kept are in the file \(pcapPackets is 5\)$/),
  ]);
  const span = (id: string) => Number(of_(id)?.changes?.to) - Number(of_(id)?.changes?.from);
  expect(span('all')).toBeLessThanOrEqual(1_000);
  expect(span('diff')).toBeGreaterThan(1_000);
  expect(results.find(({ id }) => id === 'path')?.traffic).toMatchObject({ sent: 3, delivered: 3 });
}, 120_000);

test('a dry run says what would be sent, and sends nothing', async () => {
  const before = await metric('skein_injections_total');
  const { results, summary } = await run(METHODS, { dryRun: true });
  expect(Object.fromEntries(results.map(({ id, status, would }) => [id, [status, would]]))).toEqual({
    M: ['ok', undefined],
    C: ['skipped', [`1 × connect tcp 8080 from 10.91.0.2 to 10.92.0.2 inside of ${of(blue).name}`]],
    I: ['skipped', [`1 × tcp 8080 10.91.0.2 → 10.92.0.2 from inside of ${of(blue).name}`]],
  });
  expect(summary).toMatchObject({ ok: 1, skipped: 2 });
  expect(await metric('skein_injections_total')).toBe(before);
}, 120_000);

test('through a translation: counted on both of its sides, and without it the answer does not come back', async () => {
  of(red).ip('route del default');
  nat(of(router), 'postrouting priority 100', 'oifname "wan" masquerade');
  try {
    expect((await run(METHODS, {}, '20s')).summary).toMatchObject({ ok: 3 });
    // Packets pass before the graph has the rule: once it has, all are green again, with the rule in the picture.
    expect((await run(METHODS)).summary).toMatchObject({ ok: 3 });
    const { results } = await run(METHODS.replaceAll('delivered', 'dropped'));
    expect(results.map(({ id, status, code }) => `${id} ${status} ${code}`).sort()).toEqual([
      'C failed DELIVERED',
      'I failed DELIVERED',
      'M failed DELIVERED',
    ]);
    for (const id of ['C', 'I']) {
      const hops = results.find((one) => one.id === id)?.evidence?.hops ?? [];
      const seen = hops.flatMap(({ node, seen: its }) => (its === undefined ? [] : [[node.name, its > 0]]));
      expect(seen).toEqual(['eth0', 'pblue', 'prt', 'lan', 'wan', 'eth0'].map((name) => [name, true]));
      expect(hops.map(({ how }) => how).join()).toContain('masquerade');
    }
    inside(of(router), 'nft', 'flush', 'ruleset');
    await run(reach('M', 'tcp, port: 8080', 'model', 'dropped'), {}, '20s');
    const without = await run(METHODS);
    for (const one of without.results)
      expect(one).toMatchObject({
        status: 'failed',
        code: 'ASYMMETRIC',
        reason: expect.stringContaining('no route to 10.91.0.2'),
      });
    expect(JSON.stringify(without.results.find(({ id }) => id === 'I')?.evidence?.changes?.list)).toContain(
      'masquerade',
    );
  } finally {
    inside(of(router), 'nft', 'flush', 'ruleset');
    of(red).ip('route add default via 10.92.0.1');
  }
}, 120_000);

test('an answer that passes its translator by is a mismatch', async () => {
  nat(of(router), 'prerouting priority -100', 'ip daddr 10.91.0.1 tcp dport 9090 dnat to 10.91.0.3:8081');
  const to = (id: string, method: string) =>
    `  - { id: ${id}, name: ${id}, reach: { from: blue, to: 10.91.0.1, proto: tcp, port: 9090, method: ${method} }${method === 'model' ? '' : `, ${WAITS}`} }\n`;
  try {
    await run(`${to('M', 'model').replace(' } }', ' }, expect: { result: dropped } }')}`, {}, '20s');
    const { results } = await run(to('M', 'model') + to('C', 'connect') + to('I', 'inject'));
    for (const one of results)
      expect(one).toMatchObject({
        status: 'failed',
        code: 'NAT_MISMATCH',
        reason: expect.stringContaining('the answer comes from 10.91.0.3 port 8081'),
      });
  } finally {
    inside(of(router), 'nft', 'flush', 'ruleset');
  }
}, 120_000);

test('the past is asked without touching the network', async () => {
  of(red).ip('link set eth0 down');
  await run(reach('M', 'icmp', 'model', 'unreachable'), {}, '20s');
  const broken = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 20));
  of(red).ip('link set eth0 up');
  of(red).ip('route add default via 10.92.0.1');
  await run(reach('A', 'icmp', 'inject', 'delivered'), {}, '20s');
  const { results } = await run(
    `${reach('M', 'icmp', 'model', 'unreachable')}${reach('I', 'icmp', 'inject', 'unreachable')}`,
    { at: String(broken) },
  );
  expect(results.map(({ id, status, code }) => `${id} ${status} ${code ?? ''}`).sort()).toEqual([
    'I skipped ',
    'M ok LINK_DOWN',
  ]);
}, 120_000);

test('nothing is left behind: by a run that ended, nor by one whose client went away', async () => {
  const gone = new AbortController();
  const running = fetch(`${skein.url}/api/check`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: bodyOf(reach('A', 'icmp', 'inject', 'dropped'), {}, '60s'),
    signal: gone.signal,
  });
  const reader = (await running).body?.getReader();
  await reader?.read();
  await until(async () => ((await ask('/api/check')) as { running: unknown[] }).running.length === 1);
  await until(async () => Object.keys((await ask('/api/capture')) as object).length > 0);
  gone.abort();
  await until(async () => ((await ask('/api/check')) as { running: unknown[] }).running.length === 0);
  expect(await ask('/api/capture')).toEqual({});
  expect(await ask('/api/injectpacket')).toEqual({});
}, 120_000);

test('a server that is stopped in the middle of a run says so, and leaves no capture for the next one', async () => {
  const response = await asked(JSON.parse(bodyOf(reach('A', 'icmp', 'inject', 'dropped'), {}, '60s')));
  const text = response.text().catch(() => 'cut off');
  await until(async () => Object.keys((await ask('/api/capture')) as object).length > 0);
  const captures = Object.values((await ask('/api/capture')) as Record<string, { EndsAt: number }>);
  // Should it be killed: as long as the run may take, and no longer.
  expect(captures[0]?.EndsAt).toBeLessThan(Date.now() + 180_000);
  const ended = skein.end('SIGTERM');
  // Without a summary it was cut off; with one that says so.
  const last = (await text).trimEnd().split('\n').at(-1) ?? '';
  expect(last === 'cut off' || (JSON.parse(last) as RunSummary).cutOff?.why === 'interrupted').toBe(true);
  expect(await ended).toBe(0);
  const left = readdirSync(data).filter((file) => file.endsWith('.json'));
  expect(left).toContain('captures.json');
  for (const file of left) expect(readFileSync(join(data, file), 'utf8')).not.toMatch(/"Name": ?"check /);
}, 120_000);

function reach(id: string, packet: string, method: string, result: string): string {
  return `  - { id: ${id}, name: ${id}, reach: { from: blue, to: red, proto: ${packet}, method: ${method} }, expect: { result: ${result} }${method === 'model' ? '' : `, ${WAITS}`} }\n`;
}

function bodyOf(checks: string, more: object, retry: string): string {
  const text = `apiVersion: checks/v1
kind: CheckSuite
metadata: { name: lab }
defaults: { timeout: 10s, retry: { for: ${retry}, every: 50ms }, hold: 0s }
endpoints: { blue: { netns: ${of(blue).name} }, green: { netns: ${of(green).name} }, red: { netns: ${of(red).name} } }
checks:
${checks}`;
  return JSON.stringify({ suites: [{ file: 'lab.check.yaml', text }], ...more });
}

function run(checks: string, more: object = {}, retry = '0s') {
  return posted(JSON.parse(bodyOf(checks, more, retry)));
}

function asked(body: object): Promise<Response> {
  return fetch(`${skein.url}/api/check`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function posted(body: object): Promise<{ results: CheckResult[]; summary: RunSummary }> {
  const response = await asked(body);
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  const lines = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as CheckLine);
  return { results: lines.filter((line) => line.kind === 'result'), summary: lines.at(-1) as RunSummary };
}

async function ask(path: string): Promise<unknown> {
  return (await fetch(skein.url + path)).json();
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('it did not become so');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function metric(name: string): Promise<string | undefined> {
  const text = await (await fetch(`${skein.url}/metrics`)).text();
  return text.split('\n').find((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
}

function nat(netns: TestNetns, hook: string, rule: string): void {
  const text = `table ip n {\n chain c {\n type nat hook ${hook};\n ${rule}\n }\n}\n`;
  execFileSync('ip', ['netns', 'exec', netns.name, 'nft', '-f', '-'], { input: text });
}

function filter(netns: TestNetns, hook: string, rule: string): void {
  const text = `table inet f {\n chain c {\n type filter hook ${hook} priority 0; policy accept;\n ${rule}\n }\n}\n`;
  execFileSync('ip', ['netns', 'exec', netns.name, 'nft', '-f', '-'], { input: text });
}

function inside(netns: TestNetns, ...command: string[]): void {
  execFileSync('ip', ['netns', 'exec', netns.name, ...command]);
}

function cable(a: TestNetns, nameA: string, b: TestNetns, nameB: string): void {
  a.ip(`link add ${nameA} type veth peer name ${nameB} netns ${b.name}`);
  a.ip(`link set ${nameA} up`);
  b.ip(`link set ${nameB} up`);
}

function of(netns: TestNetns | undefined): TestNetns {
  if (netns === undefined) throw new Error('there is no lab');
  return netns;
}
