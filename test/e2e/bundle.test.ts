/** An incident in one file: taken from a whole process with real interfaces, asked as nobody when all of that is gone. */
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Flow } from '../../src/flow/flow.ts';
import { skein as cli, type Ran } from '../cli/terminal.ts';
import { eventually } from '../eventually.ts';
import { TestNetns } from '../kernel/native_netns.ts';
import { type Running, SKEIN, saying, skeinUp } from './running.ts';

const run = promisify(execFile);
const NOBODY = 65534;
/** It may read this project wherever it lies, and nothing more. */
const AS_NOBODY = [
  ...[`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--no-new-privs'],
  ...['inh', 'ambient'].map((set) => `--${set}-caps=-all,+dac_read_search`),
  '--bounding-set=-all,+dac_read_search',
];

let made: Made;
beforeAll(async () => {
  made = await makeAndLeave();
}, 60_000);
afterAll(() => made[Symbol.asyncDispose]());

test('a bundle answers as the server did that it is from, elsewhere, without root, when all of that is gone', async () => {
  const { opened, questions, before, temporary, file } = made;
  for (const [n, question] of questions.entries())
    expect({ question, answer: await answerOf(opened, question) }).toEqual({ question, answer: before[n] });
  // What was asked was about something.
  expect(questions.filter((_, n) => JSON.stringify(before[n]).length < 4)).toEqual([]);
  expect(opened.said()).toContain('nothing is watched, and nothing can be changed');
  const refused = await opened.post('/api/node', { Metadata: { Name: 'x', Type: 'device' } });
  expect([refused.status, await refused.text()]).toEqual([
    400,
    expect.stringContaining('nothing in it can be changed'),
  ]);
  const early = await opened.post('/api/topology', { GremlinQuery: 'G.At(1000000000).V()' });
  expect(await early.text()).toContain('is in this bundle');

  // One command, asked of it.
  const words = [...asNobody(temporary), SKEIN, 'open', file, '--', 'query', 'G.V().Count()'];
  expect(Number((await run('setpriv', words)).stdout)).toBeGreaterThan(5);
  expect(readdirSync(temporary)).toHaveLength(1);
});

test('what checks came to before is told of by the bundle', async () => {
  const told = (await (await fetch(`${made.opened.url}/api/check`)).json()) as { results: object[]; last: object[] };
  expect(told.last).toEqual([expect.objectContaining({ summary: expect.objectContaining({ ok: 1, failed: 0 }) })]);
  expect(told.results).toEqual([expect.objectContaining({ id: 'now', status: 'ok' })]);
});

test('a command says of any moment in a bundle what it said of the server', async () => {
  const { opened, alike, names, end } = made;
  expect(alike).toHaveLength(COMMANDS.length);
  for (const [n, words] of COMMANDS.entries())
    expect({ words, ran: await plainly(words, names, { url: opened.url, now: end }) }).toEqual({
      words,
      ran: alike[n],
    });
});

/** Of what is ours alone, and of moments that are over. */
const COMMANDS = [
  'describe TAGd --at FIRST -o json',
  'describe TAGd --at END -o json',
  'get interfaces TAG* --at SECOND -o json',
  'flows --at END --tracking TRACKING -o json',
  'follow TRACKING --at END -o json',
  'follow TRACKING --since -10m -o json',
  'path LEFT/TAGa 10.95.1.2 --at SECOND -o json',
  'why LEFT/TAGa 10.95.1.2 --good SECOND --at END -o json',
  'check SUITE --only way --at FIRST -o json',
  'check SUITE --only now --at FIRST -o json',
  'check SUITE --only now --at END -o json',
];

/** What is of the run itself is left out. */
async function plainly(
  words: string,
  names: Made['names'],
  { url, now }: { readonly url: string; readonly now: number },
) {
  const said = Object.entries(names).reduce((all, [name, value]) => all.replaceAll(name, value), words);
  const { exitCode, out } = await cli([...said.split(' '), '--server', url], { now });
  const values = out.split('\n').filter((line) => line !== '');
  const plain = (text: string) =>
    JSON.parse(text, (key, value) => (OF_THE_RUN.has(key) ? undefined : Array.isArray(value) ? sorted(value) : value));
  const isLines = values.every((line) => line.startsWith('{') && line.endsWith('}'));
  return { exitCode, out: isLines ? values.map(plain) : plain(out) };
}

/** What begins in the same moment has no order of its own. */
function sorted(values: readonly unknown[]): readonly unknown[] {
  return values.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** Of a capture: what is counted about the end is known only after it, to the server alone. */
const COUNTED_SINCE = new Set(['PacketsReceived', 'PacketsDropped', 'PacketsIfDropped']);

const OF_THE_RUN = new Set(['tookMs', 'startedAt', 'logRevision', 'run', 'range', 'warnings', ...COUNTED_SINCE]);

interface Asked {
  readonly words: string;
  readonly exitCode?: number;
  /** What is on standard output, and on standard error. */
  readonly out?: string | RegExp;
  readonly err?: string | RegExp;
}

const conversation = "G.Flows().Has('Network', '10.95.1.2', 'ICMP.Type', 'ECHO')";

test.each<Asked>([
  { words: "query G.V().Has('Name','TAGa').Values('MTU')", out: '1300', err: /this is a bundle of .*: now is / },
  { words: "query G.At(FIRST).V().Has('Name','TAGa').Values('MTU')", out: '1500' },
  { words: 'get interfaces TAG*', out: /TAGa .*TAGd /s },
  { words: 'tree', out: /LEFT.*TAGa/s },
  { words: 'describe TAGd', out: /10\.95\.7\.7/ },
  { words: 'history TAGd', out: /10\.95\.7\.7.*DOWN/s },
  { words: 'diff --from FIRST', out: /MTU.*1500.*1300/s },
  { words: 'flows --since -10m', out: /10\.95\.1\.1.*10\.95\.1\.2/s },
  { words: 'flows --since -10m --tracking TRACKING', out: /10\.95\.1\.1.*10\.95\.1\.2/s },
  { words: 'follow TRACKING --since -10m', out: /TAGa.*TAGd/s },
  { words: 'path LEFT/TAGa 10.95.1.2 --at FIRST', out: /TAGa.*TAGd/s },
  // Since FIRST it has become narrow, too: what is named first then depends on how long ago that was.
  { words: 'why LEFT/TAGa 10.95.1.2 --good SECOND', out: /1\. TAGd was set down in / },
  { words: 'check SUITE --at FIRST', out: /ok .*the way was there/ },
  {
    words: 'check SUITE --only now',
    exitCode: 1,
    out: /failed .*the other end is up.*last good run.*State UP → DOWN/s,
  },
  { words: 'check SUITE --only dial', exitCode: 3, out: /a check by connect: needs a server that can dial/ },
  {
    words: "query G.At(END,600).Flows().Has('UUID','THIS').RawPackets() -o pcap",
    out: 'ÔÃ²¡',
  },
  { words: 'status', out: /this is a bundle of .*nothing can be changed/s },
  { words: 'drops --for 1s', exitCode: 2, err: /bundle of .*: nothing is watched or captured.*no \/api\/drops/ },
  { words: 'capture list', exitCode: 2, err: /bundle of .*: nothing is watched or captured.*no \/api\/capture/ },
  { words: 'watch', out: /^$/, err: /nothing changes in it/ },
])('skein $words, asked of a bundle', async ({ words, exitCode = 0, out, err }) => {
  const { names, opened, end } = made;
  const said = (text: string) =>
    Object.entries(names).reduce((all, [name, value]) => all.replaceAll(name, value), text);
  const ran = await cli([...words.split(' ').map(said), '--server', opened.url], { now: end });
  const expected = (text: string | RegExp) =>
    typeof text === 'string'
      ? expect.stringContaining(text)
      : expect.stringMatching(new RegExp(said(text.source), text.flags));
  expect(ran).toEqual({
    exitCode,
    out: out === undefined ? expect.any(String) : expected(out),
    err: err === undefined ? expect.any(String) : expected(err),
  });
});

test('a bundle of what a query gives has it with its owners, and nothing else', async () => {
  const { part, names, none } = made;
  await using opened = await saying(SKEIN, ['open', part], /ask +(http:[^\s,]+).*try /s);
  const its = (await opened.query("G.V().Values('Name')")) as string[];
  const host = (await opened.query("G.V().Has('Type', 'host').Values('Name')")) as string[];
  expect(its.toSorted()).toEqual([...host, names.LEFT, `${names.TAG}a`].toSorted());
  expect(await opened.query('G.E().Count()')).toBe(2);
  await opened.end();
  expect(none).toMatchObject({ exitCode: 2, err: expect.stringContaining('a bundle is of nodes, edges or flows') });
});

test('a bundle that was opened leaves nothing behind', async () => {
  const { opened, temporary } = made;
  expect(await opened.end('SIGTERM')).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
});

interface Made extends AsyncDisposable {
  readonly file: string;
  readonly part: string;
  /** Of a query that gives no elements. */
  readonly none: Ran;
  readonly questions: readonly Question[];
  /** What the server answered. */
  readonly before: readonly unknown[];
  /** What commands said of it. */
  readonly alike: readonly unknown[];
  readonly opened: Running;
  /** Where it was unpacked. */
  readonly temporary: string;
  readonly names: Readonly<Record<'TAG' | 'LEFT', string>> & Readonly<Record<string, string>>;
  /** Epoch ms. */
  readonly end: number;
}

/** A server over a network, and bundles of it; then both are gone, and one bundle is opened. */
async function makeAndLeave(): Promise<Made> {
  await using stack = new AsyncDisposableStack();
  const data = mkdtempSync(join(tmpdir(), 'skein-e2e-'));
  stack.defer(() => rmSync(data, { recursive: true, force: true }));
  const [file, part] = [join(data, 'incident.tar.zst'), join(data, 'part.tar.zst')];
  const suite = join(data, 'net.check.yaml');
  const before: unknown[] = [];
  const alike: unknown[] = [];
  const about = await inNetwork(async ({ left, right, tag }) => {
    await using server = await skeinUp(
      join(data, 'server'),
      ...['--flow-update', '1s', '--probes-netlink-metrics-update', '1s'],
    );
    const asked = (words: readonly string[]) => cli([...words, '--server', server.url], { now: Date.now() });
    const begin = Date.now();
    await captureOn(server, tag);
    await run('ip', ['netns', 'exec', left.name, 'ping', '-c', '3', '-i', '0.2', '-W', '2', '10.95.1.2']);
    writeFileSync(suite, suiteOf(left.name, tag));
    expect(await asked(['check', suite, '--only', 'now'])).toMatchObject({ exitCode: 0 });
    const first = Date.now();
    left.ip(`link set ${tag}a mtu 1300`);
    right.ip(`addr add 10.95.7.7/24 dev ${tag}d`);
    await told(server, `G.V().Has('Name', '${tag}a', 'MTU', 1300)`);
    await told(server, `G.V().Has('Name', '${tag}d', 'IPV4', '10.95.7.7/24')`);
    const second = Date.now();
    // A point that had not ended is not in it, and there is none without packets.
    await run('ip', ['netns', 'exec', left.name, 'bash', '-c', 'echo > /dev/udp/10.95.1.77/7096']);
    await eventually(async () => {
      const points = await server.query(`G.V().Has('Name', '${tag}d').Metrics()`);
      expect(Number(/"Last":(\d+)/.exec(JSON.stringify(points))?.[1])).toBeGreaterThan(second);
    });
    right.ip(`link set ${tag}d down`);
    await told(server, `G.V().Has('Name', '${tag}d', 'State', 'DOWN')`);
    await eventually(async () => {
      const sockets = await server.query(`G.V().Has('Name', '${right.name}').Sockets()`);
      expect(JSON.stringify(sockets)).toContain('7095');
    });
    const [flow] = await eventually(async () => {
      const found = (await server.query(conversation)) as Flow[];
      expect(found.map(({ Metric }) => Metric.ABPackets)).toEqual([3, 3]);
      // What was added since the last update would be an update of its own.
      expect(found.map(({ LastUpdateMetric }) => LastUpdateMetric?.Last)).toEqual(found.map(({ Last }) => Last));
      return found;
    });
    const made = await asked(['bundle', '--from', '-10m', '-w', file]);
    expect(made).toMatchObject({ exitCode: 0, out: '' });
    expect(made.err).toMatch(
      /incident\.tar\.zst: .* MiB, from .*\n {2}\d+ versions, \d+ samples, \d+ flows, \d\d packets/,
    );
    const { span } = manifestOf(file);
    const moments = [first, second, span.to];
    const its = { tag, left: left.name, right: right.name, moments, begin, flow: flow as Flow, end: span.to };
    const questions = questionsOf(its);
    for (const question of questions) before.push(asKnownAt(span.to, await answerOf(server, question)));
    const names = namesOf(its, suite);
    for (const words of COMMANDS) alike.push(await plainly(words, names, { url: server.url, now: its.end }));
    const one = await asked(['bundle', `G.V().Has('Name', '${tag}a')`, '--from', '-1m', '-w', part]);
    expect(one.exitCode).toBe(0);
    const none = await asked(['bundle', 'G.V().Count()', '--from', '-1m', '-w', join(data, 'none')]);
    const small = await asked(['bundle', '--from', '-1m', '--max-size', '0', '-w', join(data, 'none')]);
    expect(small).toMatchObject({ exitCode: 2, err: expect.stringMatching(/maxBytes.*1048576/) });
    expect(readdirSync(data).filter((name) => name.startsWith('none'))).toEqual([]);
    await server.end();
    return { its, questions, none };
  });

  chmodSync(data, 0o755);
  chmodSync(file, 0o644);
  const temporary = join(data, 'tmp');
  mkdirSync(temporary, { mode: 0o777 });
  chmodSync(temporary, 0o777);
  const words = [...asNobody(temporary), SKEIN, 'open', file];
  const opened = stack.use(await saying('setpriv', words, /ask +(http:[^\s,]+).*try /s));
  const { its, questions, none } = about;
  const all = stack.move();
  return {
    ...{ file, part, none, questions, before, alike, opened, temporary, names: namesOf(its, suite), end: its.end },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** What stands for them in words. */
function namesOf({ tag, left, moments, end, flow }: World, suite: string): Made['names'] {
  const [first, second] = moments;
  return {
    ...{ TAG: tag, LEFT: left, SUITE: suite, TRACKING: flow.TrackingID, THIS: flow.UUID },
    ...{ FIRST: String(first), SECOND: String(second), END: String(end) },
  };
}

function asNobody(temporary: string): string[] {
  return [...AS_NOBODY, 'env', `TMPDIR=${temporary}`];
}

function suiteOf(left: string, tag: string): string {
  return `apiVersion: checks/v1
kind: CheckSuite
metadata: { name: bundled }
endpoints:
  left: { netns: ${left} }
  there: { ip: 10.95.1.2 }
checks:
  - id: now
    name: the other end is up
    query: "G.V().Has('Name', '${tag}d', 'State', 'UP').Count()"
    expect: { equals: 1 }
  - id: way
    name: the way was there
    path: { from: left, to: there }
    expect: { contains: ["Name=${tag}d"] }
  - id: dial
    name: one can connect
    reach: { from: left, to: there, proto: tcp, port: 7095, method: connect }
`;
}

interface Question {
  readonly path: string;
  readonly body: object;
  readonly accept?: string;
  /** Of a list that tells of the whole machine only what names this. */
  readonly about?: string;
}

interface World {
  readonly tag: string;
  readonly left: string;
  readonly right: string;
  readonly moments: readonly number[];
  readonly begin: number;
  readonly end: number;
  readonly flow: Flow;
}

/** About what is ours alone: other namespaces come and go on a machine. */
function questionsOf({ tag, left, right, moments, begin, end, flow }: World): Question[] {
  const ours = `Has('Name', Within('${tag}a', '${tag}b', '${tag}c', '${tag}d', '${tag}br', '${left}', '${right}'))`;
  const span = `G.Between(${begin}, ${end})`;
  const flows = `${span}.Flows().Has('Network', '10.95.1.2')`;
  const asked = [
    ...moments.flatMap((time) => [
      `G.At(${time}).V().${ours}`,
      `G.At(${time}).V().${ours}.OutE()`,
      `G.At(${time}).V().Has('Name', '${left}').Descendants().Values('Name')`,
    ]),
    `${span}.V().${ours}`,
    `${span}.V().Has('Name', '${tag}d').History()`,
    `G.Between(${begin}, ${moments[1]}).V().Has('Name', '${tag}d').Metrics()`,
    `G.At(${end}, 60).Flows().Has('Network', '10.95.1.2').Sort('UUID')`,
    `${flows}.Sort('UUID')`,
    `${flows}.Sort('UUID').Hops().Values('Name')`,
    `${flows}.Sort('UUID').Metrics()`,
    `${flows}.Sort('UUID').RawPackets()`,
    `${flows}.Has('TrackingID', '${flow.TrackingID}').Sort('UUID')`,
    `${flows}.Sort('UUID').CaptureNode().Values('Name')`,
    `${flows}.Sort('UUID').Nodes().Values('Name')`,
    `G.At(${end}).V().Has('Name', '${tag}a').Values('Captures')`,
    `G.At(${moments[1]}).V().Has('Name', '${tag}a').ShortestPathTo(Metadata('Name', '${tag}d'))`,
    ...[moments[1], end].map((time) => `G.At(${time}).V().Has('Name', '${right}').Sockets()`),
  ].map((GremlinQuery) => ({ path: '/api/topology', body: { GremlinQuery } }));
  const paths = moments.map((at) => ({
    path: '/api/path',
    body: { from: `${left}/${tag}a`, to: '10.95.1.2', at: String(at) },
  }));
  const pcap = {
    path: '/api/topology',
    body: { GremlinQuery: `${flows}.Has('UUID', '${flow.UUID}').RawPackets()` },
    accept: 'vnd.tcpdump.pcap',
  };
  const why = {
    path: '/api/why',
    body: { from: `${left}/${tag}a`, to: '10.95.1.2', good: String(moments[1]), at: String(end) },
  };
  const gremlin = moments.map((at) => ({
    path: '/gremlin',
    body: { gremlin: `g.with('at', ${at}).V().has('Name', '${tag}d').valueMap('MTU', 'State', 'IPV4')` },
  }));
  const diff = { path: '/api/topology', body: { GremlinQuery: `G.Diff(${moments[0]}, ${end})` }, about: tag };
  return [...asked, ...paths, ...gremlin, why, pcap, diff];
}

async function answerOf({ url }: Running, { path, body, accept, about }: Question): Promise<unknown> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(accept && { accept }) },
    body: JSON.stringify(body),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200) throw new Error(`${JSON.stringify(body)}: ${bytes}`);
  if (accept) return bytes.toString('latin1');
  const answer = JSON.parse(bytes.toString(), (key, value) => (COUNTED_SINCE.has(key) ? undefined : value));
  if (about) return inOrder((answer as Differing[]).filter((one) => JSON.stringify(one).includes(about)));
  if (Array.isArray(answer)) return answer;
  // Of the answer itself.
  return typeof answer === 'object' ? { ...answer, tookMs: 0, requestId: '' } : answer;
}

/** What ended later goes on as far as a bundle knows, and this is asked after it was made. */
function asKnownAt(end: number, answer: unknown): unknown {
  if (typeof answer === 'string') return answer;
  const isLater = (key: string, value: unknown) => ENDS.has(key) && typeof value === 'number' && value > end;
  return JSON.parse(JSON.stringify(answer), (key, value) => (isLater(key, value) ? null : value));
}

const ENDS = new Set(['ValidTo', 'DeletedAt']);

interface Differing {
  readonly before?: { readonly ID: string };
  readonly after?: { readonly ID: string };
  readonly keys?: readonly { readonly key: string }[];
}

/** Elements of one moment, and keys of one element, have no order of their own. */
function inOrder(differing: readonly Differing[]): Differing[] {
  const nameOf = ({ before, after }: Differing) => `${before?.ID} ${after?.ID}`;
  return differing
    .map((one) => ({ ...one, keys: (one.keys ?? []).toSorted((a, b) => (a.key < b.key ? -1 : 1)) }))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

async function told(server: Running, query: string): Promise<void> {
  await eventually(async () => expect(await server.query(`${query}.Count()`)).toBe(1));
}

async function captureOn(server: Running, tag: string): Promise<string> {
  const GremlinQuery = `G.V().Has('Name', Within('${tag}a', '${tag}d'))`;
  await eventually(async () => expect(await server.query(`${GremlinQuery}.Count()`)).toBe(2));
  const response = await server.post('/api/capture', { GremlinQuery, RawPacketLimit: 10 });
  const { UUID } = (await response.json()) as { UUID: string };
  await eventually(async () => {
    const its = await (await fetch(`${server.url}/api/capture/${UUID}`)).json();
    expect(its).toMatchObject({ Count: 2 });
  }, 15_000);
  return UUID;
}

function manifestOf(file: string): { span: { from: number; to: number } } {
  return JSON.parse(execFileSync('tar', ['--zstd', '-xOf', file, 'manifest.json'], { encoding: 'utf8' }));
}

interface Network {
  readonly left: TestNetns;
  readonly right: TestNetns;
  readonly tag: string;
}

/** left ── bridge in our namespace ── right, where something listens. */
async function inNetwork<T>(work: (network: Network) => Promise<T>): Promise<T> {
  const tag = `sb${process.pid % 100_000}`;
  const ip = (words: string) => execFileSync('ip', words.split(' '));
  using left = new TestNetns();
  using right = new TestNetns();
  using _ = {
    [Symbol.dispose]() {
      for (const device of [`${tag}br`, `${tag}b`, `${tag}c`])
        execFileSync('sh', ['-c', `ip link del ${device} 2>/dev/null || true`]);
    },
  };
  ip(`link add ${tag}br type bridge`);
  ip(`link set ${tag}br up`);
  for (const [index, inside, outside, netns] of [
    [1, `${tag}a`, `${tag}b`, left],
    [2, `${tag}d`, `${tag}c`, right],
  ] as const) {
    ip(`link add ${outside} type veth peer name ${inside} netns ${netns.name}`);
    ip(`link set ${outside} master ${tag}br up`);
    netns.ip(`addr add 10.95.1.${index}/24 dev ${inside}`);
    netns.ip(`link set ${inside} up`);
    netns.ip('link set lo up');
  }
  const serve = "require('node:net').createServer().listen(7095)";
  const listening = execFile('ip', ['netns', 'exec', right.name, process.execPath, '-e', serve]);
  try {
    return await work({ left, right, tag });
  } finally {
    listening.kill();
  }
}
