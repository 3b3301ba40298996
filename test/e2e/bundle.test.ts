/** An incident in one file: taken from a whole process with real interfaces, asked as nobody when all of that is gone. */
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Flow } from '../../src/flow/flow.ts';
import { skein as cli } from '../cli/terminal.ts';
import { eventually } from '../eventually.ts';
import { TestNetns } from '../kernel/native_netns.ts';
import { inFolder, type Running, SKEIN, saying, skeinUp } from './running.ts';

const run = promisify(execFile);
const NOBODY = 65534;
/** It may read this project wherever it lies, and nothing more. */
const AS_NOBODY = [
  ...[`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--no-new-privs'],
  ...['inh', 'ambient'].map((set) => `--${set}-caps=-all,+dac_read_search`),
  '--bounding-set=-all,+dac_read_search',
];

test('a bundle answers as the server did that it is from, elsewhere, without root, when all of that is gone', () =>
  inFolder(async (data) => {
    const file = join(data, 'incident.tar.zst');
    const before: unknown[] = [];
    let questions: readonly Question[] = [];
    await inNetwork(async ({ left, right, tag }) => {
      await using server = await skeinUp(
        join(data, 'server'),
        '--flow-update',
        '1s',
        '--probes-netlink-metrics-update',
        '1s',
      );
      const begin = Date.now();
      await captureOn(server, tag);
      await run('ip', ['netns', 'exec', left.name, 'ping', '-c', '3', '-i', '0.2', '-W', '2', '10.95.1.2']);
      const first = Date.now();
      left.ip(`link set ${tag}a mtu 1300`);
      right.ip(`addr add 10.95.7.7/24 dev ${tag}d`);
      await told(server, `G.V().Has('Name', '${tag}a', 'MTU', 1300)`);
      await told(server, `G.V().Has('Name', '${tag}d', 'IPV4', '10.95.7.7/24')`);
      const second = Date.now();
      right.ip(`link set ${tag}d down`);
      await told(server, `G.V().Has('Name', '${tag}d', 'State', 'DOWN')`);
      await eventually(async () => {
        const sockets = await server.query(`G.V().Has('Name', '${right.name}').Sockets()`);
        expect(JSON.stringify(sockets)).toContain('7095');
      });
      const [flow] = await eventually(async () => {
        const found = (await server.query("G.Flows().Has('Network', '10.95.1.2', 'ICMP.Type', 'ECHO')")) as Flow[];
        expect(found.map(({ Metric }) => Metric.ABPackets)).toEqual([3, 3]);
        // What was added since the last update would be an update of its own.
        expect(found.map(({ LastUpdateMetric }) => LastUpdateMetric?.Last)).toEqual(found.map(({ Last }) => Last));
        return found;
      });
      // A point that had not ended is not in it.
      await eventually(async () => {
        const points = await server.query(`G.V().Has('Name', '${tag}d').Metrics()`);
        expect(JSON.stringify(points)).toMatch(/"Last":\d+/);
        expect(Number(/"Last":(\d+)/.exec(JSON.stringify(points))?.[1])).toBeGreaterThan(second);
      });
      const made = await cli(['bundle', '--from', '-10m', '-w', file, '--server', server.url], { now: Date.now() });
      expect(made).toMatchObject({ exitCode: 0, out: '' });
      expect(made.err).toMatch(
        /incident\.tar\.zst: .* MiB, from .*\n {2}\d+ versions, \d+ samples, \d+ flows, \d\d packets/,
      );
      const { span } = manifestOf(file);
      questions = questionsOf({
        tag,
        left: left.name,
        right: right.name,
        moments: [first, second, span.to],
        begin,
        flow: flow as Flow,
        end: span.to,
      });
      for (const question of questions) before.push(await answerOf(server, question));
      await server.end();
    });

    chmodSync(data, 0o755);
    chmodSync(file, 0o644);
    const temporary = join(data, 'tmp');
    mkdirSync(temporary, { mode: 0o777 });
    chmodSync(temporary, 0o777);
    const words = [...AS_NOBODY, 'env', `TMPDIR=${temporary}`, SKEIN, 'open', file];
    await using opened = await saying('setpriv', words, /ask +(http:[^\s,]+).*try /s);
    expect(opened.said()).toContain('nothing is watched, and nothing can be changed');
    for (const [n, question] of questions.entries())
      expect({ question, answer: await answerOf(opened, question) }).toEqual({ question, answer: before[n] });
    // What was asked was about something.
    expect(questions.filter((_, n) => JSON.stringify(before[n]).length < 4)).toEqual([]);

    const refused = await opened.post('/api/node', { Metadata: { Name: 'x', Type: 'device' } });
    expect([refused.status, await refused.text()]).toEqual([
      400,
      expect.stringContaining('nothing in it can be changed'),
    ]);
    const status = (await (await fetch(`${opened.url}/api/status`)).json()) as { Notes: string[] };
    expect(status.Notes[0]).toMatch(/^this is a bundle of .*: now is .*; nothing is watched/);
    const early = await opened.post('/api/topology', { GremlinQuery: 'G.At(1000000000).V()' });
    expect(await early.text()).toContain('is in this bundle');
    expect(readdirSync(temporary)).toHaveLength(1);
    expect(await opened.end('SIGTERM')).toBe(0);
    expect(readdirSync(temporary)).toEqual([]);

    // One command, asked of it.
    const one = execFileSync('setpriv', [...words, '--', 'query', 'G.V().Count()'], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(Number(one)).toBeGreaterThan(5);
    expect(readdirSync(temporary)).toEqual([]);
  }));

test('a bundle of what a query gives has it with its owners, and nothing else', () =>
  inFolder((data) =>
    inNetwork(async ({ left, tag }) => {
      await using server = await skeinUp(join(data, 'server'));
      await told(server, `G.V().Has('Name', '${tag}a')`);
      const file = join(data, 'part.tar.zst');
      const query = `G.V().Has('Name', '${tag}a')`;
      const made = await cli(['bundle', query, '--from', '-1m', '-w', file, '--server', server.url], {
        now: Date.now(),
      });
      expect(made.exitCode).toBe(0);
      await using opened = await saying(SKEIN, ['open', file], /ask +(http:[^\s,]+).*try /s);
      const names = (await opened.query("G.V().Values('Name')")) as string[];
      const host = (await opened.query("G.V().Has('Type', 'host').Values('Name')")) as string[];
      expect(names.toSorted()).toEqual([...host, left.name, `${tag}a`].toSorted());
      expect(await opened.query('G.E().Count()')).toBe(2);
      expect(await opened.end()).toBe(0);

      const none = await cli(['bundle', 'G.V().Count()', '--from', '-1m', '-w', file, '--server', server.url], {
        now: Date.now(),
      });
      expect(none).toMatchObject({ exitCode: 2, err: expect.stringContaining('a bundle is of nodes, edges or flows') });
      expect(existsSync(`${file}.part`)).toBe(false);
    }),
  ));

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
    `G.At(${end}).V().Has('Name', '${right}').Sockets()`,
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
  const diff = { path: '/api/topology', body: { GremlinQuery: `G.Diff(${moments[0]}, ${end})` }, about: tag };
  return [...asked, ...paths, pcap, diff];
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
  const answer = JSON.parse(bytes.toString());
  if (about) return inOrder((answer as Differing[]).filter((one) => JSON.stringify(one).includes(about)));
  if (Array.isArray(answer)) return answer;
  return typeof answer === 'object' ? { ...answer, tookMs: 0 } : answer;
}

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
async function inNetwork(work: (network: Network) => Promise<void>): Promise<void> {
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
    await work({ left, right, tag });
  } finally {
    listening.kill();
  }
}
