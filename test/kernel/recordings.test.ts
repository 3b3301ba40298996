/**
 * The network that Skydive 0.28.0 was recorded in, built again in a sandbox: the same questions get the same answers.
 * Numbers of interfaces are the kernel's, so they are compared by the name of the interface.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { inFolder } from '../e2e/running.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Metadata = Record<string, Json>;

interface Recorded {
  readonly answers: readonly { readonly query: string; readonly status: number; readonly body?: Json }[];
  readonly nodes: Readonly<Record<string, Metadata>>;
  readonly edges: readonly string[];
}

interface Element {
  readonly ID: string;
  readonly CreatedAt: number;
  readonly Metadata: Metadata;
  readonly Parent: string;
  readonly Child: string;
}

const recorded: Recorded = JSON.parse(
  readFileSync(new URL('../fixtures/skydive/topology.json', import.meta.url), 'utf8'),
);

/** Where we differ on purpose (docs/compatibility.md), and what we answer. */
const otherwise: Readonly<Record<string, Json>> = {
  "G.V().Values('MTU').Sum()": 204_108,
  "G.V().Has('Name','skyb-va').Both('RelationType','layer2').Values('Name')": [],
  "G.V().Has('Name','skyb-va').BothE().Values('RelationType')": ['layer2', 'layer2', 'ownership'],
  "G.V().Has('Name','skyb-va').Neighbors().Values('Name')": ['skyb-host', 'skyb-va'],
};

/** Its answer follows from which namespace was read first. */
const byCreation = "G.V().Has('Type','veth').Sort().Limit(2).Values('Name')";

const more = [
  'G',
  "G.V().Has('Name','skyb-va').Metrics()",
  "G.V().Has('Name','skyb-va').Metrics().Sum()",
  "G.V().Has('Name','skyb-va').Metrics().Aggregates()",
  "G.V().Has('Name','skyb-ea').NextHop('10.99.0.2')",
  "G.V().Has('Name','skyb-ea').NextHop('192.0.2.1')",
  "G.V().Has('Name','skyb-ea').ShortestPathTo(Metadata('Name','skyb-eb')).Count()",
  "G.V().Has('Name','skyb-ea').ShortestPathTo(Metadata('Name','skyb-eb'),Metadata('RelationType','layer2'))",
  "G.V().Has('Name','skyb-br').Out('Type','veth').SubGraph()",
  "G.V().Has('Name','skyb-va','Type','veth').Keys()",
  'G.At(NOW).V().Count()',
];

const NETWORK = `
set -e
mount -t tmpfs none /run; mkdir /run/netns
ip link set lo up
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add skyb-br type bridge; ip addr add 10.99.0.254/24 dev skyb-br; ip link set skyb-br up
for x in a b; do
  ip netns add skyb-$x
  ip netns exec skyb-$x sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  ip link add skyb-v$x type veth peer name skyb-e$x netns skyb-$x
  ip link set skyb-v$x master skyb-br up
  ip -n skyb-$x link set lo up
  ip -n skyb-$x link set skyb-e$x address 02:00:00:00:00:0$x up
done
ip -n skyb-a addr add 10.99.0.1/24 dev skyb-ea; ip -n skyb-a route add default via 10.99.0.254
ip -n skyb-b addr add 10.99.0.2/24 dev skyb-eb
(while :; do ip netns exec skyb-a ping -qc 3 -i 0.1 10.99.0.2; ip netns exec skyb-a ping -qc 3 -i 0.1 10.99.0.254; done) >&2 &
"$SKEIN" up --data "$DATA" --listen 127.0.0.1:8082 --host-id skyb-host --probes-netlink-metrics-update 1s >&2 &
"$NODE" "$ASKER" http://127.0.0.1:8082 "5 G.V().Has('Type',Within('veth','bridge')).HasKey('LastUpdateMetric').HasKey('FDB').Count()"
`;

let sandbox: ChildProcess | undefined;
afterAll(() => void sandbox?.kill('SIGKILL'));

const answered = new Map<string, { status: number; body: Json }>();

beforeAll(
  () =>
    inFolder(async (data) => {
      const queries = [...recorded.answers.map(({ query }) => query), ...more];
      const child = spawn(
        'unshare',
        ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', NETWORK],
        {
          stdio: ['pipe', 'pipe', 'pipe'],
          env: {
            ...process.env,
            DATA: data,
            NODE: process.execPath,
            SKEIN: new URL('../../bin/skein', import.meta.url).pathname,
            ASKER: new URL('./asker.ts', import.meta.url).pathname,
          },
        },
      );
      sandbox = child;
      child.stdin.end(JSON.stringify(queries));
      const [answers, said] = await Promise.all([text(child.stdout), text(child.stderr)]);
      if (answers === '') throw new Error(said);
      for (const [index, answer] of (JSON.parse(answers) as { status: number; body: Json }[]).entries())
        answered.set(queries[index] as string, answer);
    }),
  120_000,
);

function answer(query: string): Json {
  expect({ query, status: answered.get(query)?.status }).toEqual({ query, status: 200 });
  return answered.get(query)?.body as Json;
}

test.each(recorded.answers.filter(({ query }) => query !== byCreation))('$query', ({ query, status, body }) => {
  const differs = otherwise[query];
  if (differs === undefined && status !== 200) {
    expect(answered.get(query)?.status).toBe(status);
    return;
  }
  // Skydive leaves the order of most answers open.
  const inOrder = (value: Json) => (Array.isArray(value) && !query.includes('.Sort(') ? sorted(value) : value);
  expect(inOrder(answer(query))).toEqual(inOrder(differs ?? (body as Json)));
});

test('without a key they are sorted by creation', () => {
  const first = answer(byCreation) as string[];
  const veths = graph().nodes.filter(({ Metadata }) => Metadata.Type === 'veth');
  const times = (isFirst: boolean) =>
    veths.filter(({ Metadata }) => first.includes(Metadata.Name as string) === isFirst).map((one) => one.CreatedAt);
  expect(times(true)).toHaveLength(2);
  expect(Math.max(...times(true))).toBeLessThanOrEqual(Math.min(...times(false)));
});

test('the same edges lead from the same nodes to the same nodes', () => {
  const { places, edges } = graph();
  expect(edges.map((edge) => relation(edge, places)).sort()).toEqual(recorded.edges);
});

test.each(Object.keys(recorded.nodes))('%s has the keys that were recorded, with values of the same types', (place) => {
  const ours = node(place).Metadata;
  const missing = Object.entries(typesOf(recorded.nodes[place] as Metadata)).filter(
    ([key, type]) => !isVolatile(key) && typesOf(ours)[key] !== type,
  );
  expect(missing).toEqual([]);
});

test.each(Object.keys(recorded.nodes))(
  '%s has the values that were recorded, where they are not of the moment',
  (place) => {
    const theirs = recorded.nodes[place] as Metadata;
    const ours = named(place, node(place).Metadata, graph().indexes);
    const expected = named(place, theirs, indexesOf(recorded.nodes));
    for (const key of [...ofTheMoment, ...ofTheMachine]) delete expected[key];
    // Made up by the kernel, but where somebody gave one.
    if (!String(theirs.MAC).startsWith('02:00:')) delete expected.MAC;
    // It left out who it did not know the name of: the host.
    if (expected.LinkNetNsName === '') expected.LinkNetNsName = 'skyb-host';
    expect(ours).toMatchObject(expected);
  },
);

test('flags are those that the kernel shows, of which Skydive mixed up two', () => {
  expect(node('skyb-host/lo').Metadata.LinkFlags).toEqual(['UP', 'LOOPBACK']);
  expect(node('skyb-a/skyb-ea').Metadata.LinkFlags).toEqual(['UP', 'BROADCAST', 'MULTICAST']);
});

test('a bridge port knows the addresses behind it, an interface its neighbours', () => {
  const behind = { MAC: '02:00:00:00:00:0a', State: ['NUD_REACHABLE'], IfIndex: 'skyb-host/skyb-va' };
  expect(named('skyb-host/skyb-va', node('skyb-host/skyb-va').Metadata, graph().indexes).FDB).toContainEqual(behind);
  const { Neighbors } = node('skyb-a/skyb-ea').Metadata;
  expect(Neighbors).toContainEqual(expect.objectContaining({ IP: '10.99.0.2', MAC: '02:00:00:00:00:0b' }));
});

test('series, sums and slices come in the shapes that were recorded', () => {
  const sample = expect.objectContaining({
    RxBytes: expect.any(Number),
    RxPackets: expect.any(Number),
    TxBytes: expect.any(Number),
    TxPackets: expect.any(Number),
    Start: expect.any(Number),
    Last: expect.any(Number),
  });
  const of = "G.V().Has('Name','skyb-va').Metrics()";
  expect(answer(of)).toEqual([{ [node('skyb-host/skyb-va').ID]: expect.arrayContaining([sample]) }]);
  expect(answer(`${of}.Sum()`)).toEqual(sample);
  expect(answer(`${of}.Aggregates()`)).toEqual([{ Aggregated: expect.arrayContaining([sample]) }]);
});

test('next hops are those that were recorded, and know the address of the gateway too', () => {
  const { ID, Metadata } = node('skyb-a/skyb-ea');
  const { IfIndex } = Metadata;
  const hop = (query: string) => answer(`G.V().Has('Name','skyb-ea').NextHop('${query}')`);
  expect(hop('10.99.0.2')).toEqual([{ [ID]: { Priority: 0, IP: '10.99.0.2', MAC: '02:00:00:00:00:0b', IfIndex } }]);
  expect(hop('192.0.2.1')).toEqual([{ [ID]: expect.objectContaining({ Priority: 0, IP: '10.99.0.254', IfIndex }) }]);
});

test('the path between the namespaces is the one that was recorded', () => {
  const [path] = answer(
    "G.V().Has('Name','skyb-ea').ShortestPathTo(Metadata('Name','skyb-eb'),Metadata('RelationType','layer2'))",
  ) as unknown as Element[][];
  const names = ['skyb-ea', 'skyb-va', 'skyb-br', 'skyb-vb', 'skyb-eb'];
  expect(path?.map(({ Metadata }) => Metadata.Name)).toEqual(names);
});

test('keys are those of the elements and those of their metadata, nested ones with dots', () => {
  const keys = answer("G.V().Has('Name','skyb-va','Type','veth').Keys()");
  expect(keys).toEqual(
    expect.arrayContaining([
      ...['@CreatedAt', '@UpdatedAt', '@DeletedAt', '@Revision', '@ID', '@Host', '@Origin'],
      ...[
        'MTU',
        'MAC',
        'State',
        'FDB',
        'FDB.Flags',
        'Metric.RxBytes',
        'LastUpdateMetric.Start',
        'Features.tx-gre-segmentation',
      ],
    ]),
  );
});

test('where Skydive had no history there is one', () => {
  expect(answer('G.At(NOW).V().Count()')).toBe(11);
});

interface Shown {
  readonly nodes: readonly Element[];
  readonly edges: readonly Element[];
  /** `owner/name` by id. */
  readonly places: ReadonlyMap<string, string>;
  readonly indexes: Indexes;
}

function graph(): Shown {
  const [{ Nodes, Edges }] = answer('G') as unknown as [{ Nodes: Element[]; Edges: Element[] }];
  const byId = new Map(Nodes.map((one) => [one.ID, one]));
  const owners = Edges.filter(({ Metadata }) => Metadata.RelationType === 'ownership');
  const ownerOf = new Map(owners.map(({ Parent, Child }) => [Child, byId.get(Parent)?.Metadata.Name]));
  const places = new Map(
    Nodes.map(({ ID, Metadata }) => [ID, [ownerOf.get(ID), Metadata.Name].filter(Boolean).join('/')]),
  );
  const shown = Object.fromEntries(Nodes.map(({ ID, Metadata }) => [places.get(ID) as string, Metadata]));
  return { nodes: Nodes, edges: Edges, places, indexes: indexesOf(shown) };
}

function node(place: string): Element {
  const { nodes, places } = graph();
  return nodes.find(({ ID }) => places.get(ID) === place) as Element;
}

function relation({ Parent, Child, Metadata }: Element, places: ReadonlyMap<string, string>): string {
  const { RelationType, Type } = Metadata;
  return `${places.get(Parent)} -${RelationType}${Type === undefined ? '' : `/${Type}`}-> ${places.get(Child)}`;
}

/** Values that are of that machine or that moment. */
const ofTheMoment = ['Metric', 'LastUpdateMetric', 'FDB', 'Neighbors', 'LinkFlags', 'Inode', 'Device'];
/** What the machine says of itself: another one has others. */
const ofTheMachine = ['Hostname', 'Platform', 'PlatformFamily', 'PlatformVersion'];

/** Types are compared of what has to be there. */
function isVolatile(key: string): boolean {
  return /^(Neighbors|Metric\.TxDropped|FDB\[\]\.(Flags|State))/.test(key);
}

/** `RoutingTables[].Routes[].Prefix` → `string`, of everything there is. */
function typesOf(value: Json, path = '', types: Record<string, string> = {}): Record<string, string> {
  if (path !== '') types[path] = Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value;
  if (Array.isArray(value)) for (const item of value) typesOf(item, `${path}[]`, types);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) typesOf(item, path === '' ? key : `${path}.${key}`, types);
  return types;
}

type Indexes = ReadonlyMap<string, string>;

/** Place of an interface by namespace and index. */
function indexesOf(nodes: Readonly<Record<string, Metadata>>): Indexes {
  return new Map(
    Object.entries(nodes).flatMap(([place, { IfIndex }]) =>
      IfIndex === undefined ? [] : [[`${place.split('/')[0]} ${IfIndex}`, place] as const],
    ),
  );
}

/** In which namespace the other end of a veth is. */
const peers: Readonly<Record<string, string>> = {
  'skyb-a/skyb-ea': 'skyb-host',
  'skyb-b/skyb-eb': 'skyb-host',
  'skyb-host/skyb-va': 'skyb-a',
  'skyb-host/skyb-vb': 'skyb-b',
};

/** With the names of interfaces for their numbers, and the tables of routes in order. */
function named(place: string, metadata: Metadata, indexes: Indexes): Metadata {
  const here = place.split('/')[0];
  const there = peers[place];
  const result: Metadata = JSON.parse(
    JSON.stringify(metadata, (key, value) => {
      if (key === 'IfIndex' || key === 'MasterIndex') return indexes.get(`${here} ${value}`);
      return key === 'PeerIfIndex' || key === 'ParentIndex' ? indexes.get(`${there} ${value}`) : value;
    }),
  );
  (result.RoutingTables as { ID: number }[] | undefined)?.sort((a, b) => a.ID - b.ID);
  return result;
}

function sorted(values: readonly Json[]): Json[] {
  return values
    .map((value) => JSON.stringify(value))
    .sort()
    .map((text) => JSON.parse(text));
}
