/** Two analyzers that share one Elasticsearch, and two hosts whose agents tell both: each is the home of one of them. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import type { AlertMessage } from '../../src/contract/alert.ts';
import { anyPrefix, wipe } from '../archive/elasticsearch/opened.ts';
import { esServer, stopServers } from '../archive/elasticsearch/servers.ts';
import { eventually } from '../eventually.ts';
import { TestNetns } from '../kernel/native_netns.ts';
import { Way } from './fleet_way.ts';
import { freePort } from './fleet_world.ts';
import { type Running, SKEIN, saying } from './running.ts';

const GREETING = /ask +(https?:[^\s,]+).*\n/s;
const WIRES = "G.V().Has('Name', 'wire')";
const server = esServer('es8');

afterAll(stopServers);

test('all of them answer the same about now and then, whichever of them an agent or a user speaks to, and while one is killed', async () => {
  await using world = await openWorld();
  const { an1, an2, h1, h2 } = world;
  const from = Date.now();
  const both = (check: (an: AnAnalyzer) => Promise<void>) => eventually(() => Promise.all([an1, an2].map(check)));
  await both(async (an) => expect((await an.hosts(WIRES)).toSorted()).toEqual(['h1', 'h2']));

  // What users say to one of them is so on the other, whoever of them is the home of the agent that it is about.
  const rule = await an2.post('/api/noderule', { Action: 'update', Query: WIRES, Metadata: { Team: 'net' } });
  expect(rule.status).toBeLessThan(300);
  const [src, dst] = ['h1', 'h2'].map((host) => `${WIRES}.Has('@Host', '${host}')`);
  const tie = { Src: src, Dst: dst, Metadata: { RelationType: 'layer2', Type: 'veth' } };
  const edgeRule = await an2.post('/api/edgerule', tie);
  expect(edgeRule.status).toBeLessThan(300);
  expect((await an1.post('/api/capture', { GremlinQuery: WIRES })).status).toBeLessThan(300);
  const { told } = world;
  const alert = { Name: 'racks', Expression: "G.V().Has('Type', 'rack')", Action: told.url };
  expect((await an2.post('/api/alert', alert)).status).toBe(201);
  const Source = "function () { return client.G.V().Has('Name', 'wire').Count().result(); }";
  expect((await an1.post('/api/workflow', { Name: 'Wires', Source })).status).toBe(201);
  const heard = await Promise.all([an1, an2].map((an) => an.alerts()));
  const made = await an2.post('/api/node', { ID: 'rack', Metadata: { Name: 'rack', Type: 'rack' } });
  expect(made.status).toBe(201);
  await both(async (an) => {
    expect(await an.query(`${WIRES}.Has('Team', 'net').Count()`)).toBe(2);
    expect(await an.query(`${WIRES}.HasKey('Captures').Count()`)).toBe(2);
    expect(await an.ties()).toHaveLength(1);
    expect(await an.query("G.V().Has('Name', 'rack').Values('Name')")).toEqual(['rack']);
    expect(await (await an.post('/api/workflow/Wires/call', {})).text()).toBe('2\n');
    expect(await an.standing()).toEqual(['racks firing']);
  });
  // One of them looks and tells; who listens at the other hears of it too.
  await eventually(async () => expect(heard).toEqual([['racks firing 1'], ['racks firing 1']]));
  expect(told.got).toEqual(['racks firing 1']);
  // It is one tie with one birth, said by one of them.
  expect(await an1.ties()).toEqual(await an2.ties());
  // What one made the other changes.
  const patch = [{ op: 'add', path: '/Metadata/Row', value: 7 }];
  expect((await an1.post('/api/node/rack', patch, 'PATCH')).status).toBe(200);
  await both(async (an) => expect(await an.query("G.V().Has('Name', 'rack').Values('Row')")).toEqual([7]));

  // One is killed: its agent goes to the other, and what happened meanwhile is there.
  await an2.end('SIGKILL');
  h2.ip('link add during type bridge');
  await eventually(async () => {
    expect(await an1.hosts("G.V().Has('Name', 'during')")).toEqual(['h2']);
    expect(await an1.roles()).toEqual({ h1: 'home', h2: 'home' });
  });
  expect((await an1.post('/api/node/rack', undefined, 'DELETE')).status).toBe(200);
  await eventually(async () => expect(told.got).toEqual(['racks firing 1', 'racks resolved 2']));
  await an2.start();
  h1.ip('link add after type bridge');
  await both(async (an) => {
    expect(await an.hosts("G.V().Has('Name', Within('during', 'after'))")).toHaveLength(2);
    expect(await an.query("G.V().Has('Name', 'rack').Count()")).toBe(0);
    expect(await an.query(`${WIRES}.HasKey('Captures').Count()`)).toBe(2);
  });

  // The first of them goes in an orderly way: the other goes on with the same tie, and ends it when its rule does.
  const before = await an2.ties();
  await an1.end('SIGTERM');
  await eventually(async () => expect(await an2.roles()).toEqual({ h1: 'home', h2: 'home' }));
  expect(await an2.ties()).toEqual(before);
  // What was told is not told again by who looks now, and what happens now is.
  expect((await an2.post('/api/node', { ID: 'rack2', Metadata: { Name: 'rack2', Type: 'rack' } })).status).toBe(201);
  const all = ['racks firing 1', 'racks resolved 2', 'racks firing 1'];
  await eventually(async () => expect(told.got).toEqual(all));
  const { UUID } = (await edgeRule.json()) as { UUID: string };
  expect((await an2.post(`/api/edgerule/${UUID}`, undefined, 'DELETE')).status).toBe(200);
  await an1.start();
  await both(async (an) => {
    expect(await an.ties()).toEqual([]);
    expect(await an.standing()).toEqual(['racks firing']);
  });

  // At any moment both say the same, and nothing is there twice.
  const until = Date.now() - 1_000;
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  let most = 0;
  for (let n = 0; n < 40; n++) {
    const time = new Date(from + Math.floor(((until - from) * (n + Math.random())) / 40)).toISOString();
    // What one has written the other finds when the server has refreshed.
    const one = await eventually(async () => {
      const [lines, others] = await Promise.all([an1.at(time), an2.at(time)]);
      expect({ time, lines: others }).toEqual({ time, lines });
      return lines;
    });
    expect(new Set(one.map((line) => line.split(' ')[0])).size).toBe(one.length);
    most = Math.max(most, one.length);
  }
  expect(most).toBeGreaterThan(10);
  expect(told.got).toEqual(all);
  expect(new Set(told.ids).size).toBe(3);
}, 240_000);

async function openWorld() {
  const { url } = await server;
  const prefix = anyPrefix();
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'skein-analyzers-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  stack.defer(() => wipe(url, prefix));
  const told = stack.use(new Told());
  const flags = ['--archive', url.replace('http:', 'elasticsearch:'), '--archive-elasticsearch-prefix', prefix];
  const [an1, an2] = [new AnAnalyzer('an1', folder, flags), new AnAnalyzer('an2', folder, flags)];
  for (const an of [an1, an2]) {
    stack.use(an);
    await an.listen();
    await an.start();
  }
  const [h1, h2] = [stack.use(new AHost('h1', folder)), stack.use(new AHost('h2', folder))];
  h1.ip(`link add wire type veth peer name wire netns ${h2.netns.name}`);
  for (const host of [h1, h2]) host.ip('link set wire up');
  await Promise.all([h1.start(an1, an2), h2.start(an2, an1)]);
  const all = stack.move();
  return { an1, an2, h1, h2, told, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** Takes what alerts tell. */
class Told implements AsyncDisposable {
  readonly got: string[] = [];
  readonly ids: string[] = [];
  readonly #server = createServer(async (request, response) => {
    const message = JSON.parse(await text(request)) as AlertMessage;
    this.got.push(shortOf(message));
    this.ids.push(message.ID);
    response.end();
  }).listen(0, '127.0.0.1');

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function shortOf({ Name, State, Sequence }: AlertMessage): string {
  return `${Name} ${State} ${Sequence}`;
}

class AnAnalyzer implements AsyncDisposable {
  readonly name: string;
  readonly #folder: string;
  readonly #flags: readonly string[];
  port = 0;
  #running: Running | undefined;

  constructor(name: string, folder: string, flags: readonly string[]) {
    this.name = name;
    this.#folder = join(folder, name);
    this.#flags = flags;
  }

  async listen(): Promise<void> {
    this.port = await freePort();
  }

  async start(): Promise<void> {
    const its = ['analyzer', '--data', this.#folder, '--host', this.name, '--listen', `127.0.0.1:${this.port}`];
    this.#running = await saying(SKEIN, [...its, ...this.#flags], GREETING);
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    await this.#running?.end(signal);
  }

  async post(path: string, body?: unknown, method = 'POST'): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async query(gremlin: string): Promise<unknown> {
    const response = await this.post('/api/topology', { GremlinQuery: gremlin });
    if (response.status !== 200) throw new Error(await response.text());
    return response.json();
  }

  /** How alerts stand. */
  async standing(): Promise<string[]> {
    const { alerts } = (await (await fetch(`http://127.0.0.1:${this.port}/api/alerts`)).json()) as {
      alerts: { Alert: { Name: string }; State: string }[];
    };
    return alerts.map(({ Alert, State }) => `${Alert.Name} ${State}`);
  }

  /** Grows with what a WebSocket hears of alerts. */
  async alerts(): Promise<string[]> {
    const heard: string[] = [];
    const ws = new WebSocket(`ws://127.0.0.1:${this.port}/ws/subscriber`);
    ws.on('message', (data) => {
      const { Namespace, Obj } = JSON.parse(String(data)) as { Namespace: string; Obj: AlertMessage };
      if (Namespace === 'Alert') heard.push(shortOf(Obj));
    });
    // The analyzer may be killed.
    ws.on('error', () => undefined);
    await once(ws, 'open');
    return heard;
  }

  async hosts(nodes: string): Promise<string[]> {
    return (await this.query(`${nodes}.Values('@Host')`)) as string[];
  }

  /** Of the edges between the hosts: birth and revision. */
  async ties(): Promise<string[]> {
    return linesOf((await this.query(`${WIRES}.BothE().Has('Type', 'veth').Dedup()`)) as Said[]).filter(
      (line) => line.includes(' analyzer ') || line.includes(' rules '),
    );
  }

  async at(time: string): Promise<string[]> {
    const [nodes, edges] = [await this.query(`G.At('${time}').V()`), await this.query(`G.At('${time}').E()`)];
    return linesOf([...(nodes as Said[]), ...(edges as Said[])]);
  }

  async roles(): Promise<Record<string, string>> {
    const { Fleet } = (await (await fetch(`http://127.0.0.1:${this.port}/api/status`)).json()) as {
      Fleet: { Agents: { Host: string; Role: string; State: string }[] };
    };
    const connected = Fleet.Agents.filter(({ State }) => State === 'connected');
    return Object.fromEntries(connected.map(({ Host, Role }) => [Host, Role]).toSorted());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }
}

interface Said {
  readonly ID: string;
  readonly Origin: string;
  readonly CreatedAt: number;
  readonly Revision: number;
  readonly Metadata: Readonly<Record<string, unknown>>;
}

function linesOf(elements: readonly Said[]): string[] {
  return elements
    .map(({ ID, Origin, CreatedAt, Revision, Metadata: { Name, RelationType, Team, Row } }) =>
      [ID, Origin, CreatedAt, Revision, Name ?? RelationType, Team, Row].join(' '),
    )
    .toSorted();
}

class AHost implements AsyncDisposable {
  readonly name: string;
  readonly netns = new TestNetns();
  readonly #folder: string;
  readonly #ways: Way[] = [];
  #running: Running | undefined;

  constructor(name: string, folder: string) {
    this.name = name;
    this.#folder = join(folder, name);
    this.ip('link set lo up');
  }

  ip(words: string): void {
    execFileSync('ip', ['-n', this.netns.name, ...words.split(' ')]);
  }

  async start(...analyzers: readonly AnAnalyzer[]): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    for (const { port } of analyzers) this.#ways.push(await Way.open(port, { netns: this.netns.name }));
    const urls = this.#ways.map(({ port }) => `ws://127.0.0.1:${port}`).join(',');
    const its = ['agent', '--data', this.#folder, '--host', this.name, '--agent-listen', '127.0.0.1:8081'];
    const quiet = ['--probes-enabled', 'host,netlink', '--analyzer', urls];
    this.#running = await saying('ip', ['netns', 'exec', this.netns.name, SKEIN, ...its, ...quiet], GREETING);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running?.end('SIGKILL');
    for (const way of this.#ways) await way[Symbol.asyncDispose]();
    this.netns[Symbol.dispose]();
  }
}
