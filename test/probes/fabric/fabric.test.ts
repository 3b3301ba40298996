/** Static topology: what files and lines say, and how it follows the file and the graph. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GraphNode } from '../../../src/graph/element.ts';
import { fabric } from '../../../src/probes/fabric/index.ts';
import { eventually } from '../../eventually.ts';
import { type Running, runProbe, self } from '../context.ts';

const folder = mkdtempSync(join(tmpdir(), 'skein-fabric-'));
const file = join(folder, 'fabric.yaml');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rmSync(file, { force: true }));

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function run(options: object, before?: Running): Promise<Running> {
  running = runProbe(fabric, { options, time: Date.now, ...(before && { before }) });
  await running.ready;
  return running;
}

function only({ graph }: Running, name: string): GraphNode {
  const found = [...graph.now().nodes()].filter(({ metadata }) => metadata.Name === name);
  expect(found).toHaveLength(1);
  return found[0] as GraphNode;
}

/** As `PARENT relation CHILD`, sorted. */
function edges({ graph }: Running): string[] {
  const nameOf = (id: string) => String([...graph.now().nodes(id)][0]?.metadata.Name);
  return [...graph.now().edges()]
    .filter(({ metadata }) => metadata.Type === 'fabric')
    .map(({ parent, child, metadata }) => `${nameOf(parent)} ${metadata.RelationType} ${nameOf(child)}`)
    .sort();
}

/** What the probes of a host would say of its eth0. */
function eth0({ graph }: Running, id = 'eth0'): void {
  graph.apply(
    [
      { kind: 'node', id, metadata: { Name: 'eth0', Type: 'device', MAC: '02:00:00:00:00:01' } },
      { kind: 'edge', parent: self.id, child: id, metadata: { RelationType: 'ownership' } },
    ],
    { host: self.name, origin: 'agent.h', time: Date.now() },
  );
}

test("Skydive's lines: what holds what, what is linked, and with which metadata", async () => {
  const its = await run({
    links: ['tor1[Vendor=acme] -> [Speed=10G] tor1-p1[Role=uplink]', 'tor1-p1 --> *[Type=host]/eth0'],
  });
  expect(edges(its)).toEqual(['tor1 layer2 tor1-p1', 'tor1 ownership tor1-p1']);
  expect(only(its, 'tor1').metadata).toEqual({
    Name: 'tor1',
    Type: 'device',
    Probe: 'fabric',
    Vendor: 'acme',
    TID: only(its, 'tor1').id,
  });
  expect(only(its, 'tor1-p1').metadata).toMatchObject({ Role: 'uplink' });
  expect([...its.graph.now().edges()].every(({ metadata }) => metadata.Speed === '10G')).toBe(true);
  eth0(its);
  await eventually(() => expect(edges(its)).toContain('tor1-p1 layer2 eth0'));
  its.graph.apply([{ kind: 'gone', id: 'eth0' }], { host: 'h', origin: 'agent.h', time: Date.now() });
  await eventually(() => expect(edges(its)).not.toContain('tor1-p1 layer2 eth0'));
  eth0(its, 'eth0-anew');
  await eventually(() => expect(edges(its)).toContain('tor1-p1 layer2 eth0'));
});

test('a node is called as its Name says, and what is found on a host is linked, not held', async () => {
  const its = await run({
    links: [
      'TOR1[Name=tor1] -> [color="red"] TOR1_PORT1[Name=port1, "MTU"=1500]',
      `TOR1_PORT1 -> *[Type=host,Name="${self.name}"]/eth0`,
    ],
  });
  eth0(its);
  await eventually(() =>
    expect(edges(its)).toEqual(['port1 layer2 eth0', 'tor1 layer2 port1', 'tor1 ownership port1']),
  );
  expect(only(its, 'port1').metadata).toMatchObject({ MTU: '1500', Type: 'device', Probe: 'fabric' });
  const [link] = [...its.graph.now().in(only(its, 'port1'))];
  expect(link?.metadata.color).toBe('red');
});

const whole = `
nodes:
  - name: tor1
    type: switch
    metadata: { Vendor: acme, Units: 1 }
    ports: [p1, { name: p2, metadata: { Speed: 10000 } }]
racks:
  - name: r7
    metadata: { Room: '2.14' }
    holds: [tor1, '*[Type=host]']
links:
  - tor1/p1 --> *[Type=host]/eth0
  - { from: tor1/p2, to: spine, metadata: { Cable: c-17 } }
`;

test('a file with nodes, ports, racks and links', async () => {
  writeFileSync(file, whole);
  const its = await run({ file });
  eth0(its);
  await eventually(() =>
    expect(edges(its)).toEqual([
      'p1 layer2 eth0',
      'p2 layer2 spine',
      'r7 ownership h',
      'r7 ownership tor1',
      'tor1 layer2 p1',
      'tor1 layer2 p2',
      'tor1 ownership p1',
      'tor1 ownership p2',
    ]),
  );
  expect(only(its, 'tor1').metadata).toMatchObject({ Type: 'switch', Vendor: 'acme', Units: 1 });
  expect(only(its, 'p2').metadata).toMatchObject({ Type: 'port', Speed: 10000 });
  expect(only(its, 'r7').metadata).toMatchObject({ Type: 'rack', Room: '2.14' });
});

test('a file that changes is read again: ids stay, and what it says no more is gone', async () => {
  writeFileSync(file, whole);
  const its = await run({ file });
  const { id } = only(its, 'tor1');
  writeFileSync(file, 'nodes: [{ name: tor1, metadata: { Vendor: other } }]\n');
  await eventually(() => expect(only(its, 'tor1').metadata.Vendor).toBe('other'));
  expect(only(its, 'tor1')).toMatchObject({ id, metadata: { Type: 'device' } });
  expect(only(its, 'tor1').metadata).not.toHaveProperty('Units');
  expect(edges(its)).toEqual([]);
});

test.each([
  ['nodes: [{ name: tor1 }\n', /fabric\.yaml:\d+:\d+: Flow sequence/],
  ['nodes:\n  - name: tor1\n    prots: [p1]\n', /fabric\.yaml:2:5: nodes\.0: .*"prots"/],
  ['nodes:\n  - name: a b\n', /fabric\.yaml:2:11: nodes\.0\.name: has to be a name/],
  ['links:\n  - tor1 --> *[Type=host/eth0\n', /fabric\.yaml:2:\d+: expected , or \]/],
  ["links:\n  - 'tor1 == x'\n", /fabric\.yaml:2:11: expected --> \(a link\)/],
  ['links:\n  - { from: tor1, to: "*" }\n', /fabric\.yaml:2:\d+: expected \[KEY=VALUE\]/],
])('a wrong file is told with line and column, and what was there stays: %j', async (text, told) => {
  writeFileSync(file, 'nodes: [{ name: before }]\n');
  const its = await run({ file });
  writeFileSync(file, text);
  await eventually(() => expect(its.notices.at(-1)).toMatch(told));
  expect(its.notices.at(-1)).toMatch(/; what it said before stays$/);
  only(its, 'before');
  writeFileSync(file, 'nodes: [{ name: after }]\n');
  await eventually(() => only(its, 'after'));
  expect(its.notices.at(-1)).toBeUndefined();
});

test('a file that comes later is read when it is there', async () => {
  const its = await run({ file });
  expect(its.notices.at(-1)).toMatch(/ENOENT/);
  writeFileSync(file, 'nodes: [{ name: late }]\n');
  await eventually(() => only(its, 'late'));
  expect(its.notices.at(-1)).toBeUndefined();
});

test('after a restart nothing is doubled, and what the file lost meanwhile is gone', async () => {
  writeFileSync(file, whole);
  const first = await run({ file });
  const { id } = only(first, 'tor1');
  await first.stop();
  writeFileSync(file, 'nodes: [{ name: tor1, metadata: { Units: 2 } }]\n');
  const again = await run({ file }, first);
  expect(only(again, 'tor1')).toMatchObject({ id, metadata: { Units: 2 } });
  expect(only(again, 'tor1').metadata).not.toHaveProperty('Vendor');
  expect(edges(again)).toEqual([]);
});

test('a wrong line of the configuration is told with its number and column', async () => {
  const its = await run({ links: ['a --> b', 'a -> '] });
  expect(its.notices.at(-1)).toBe('probes.fabric.links:2:6: expected a name, or *[KEY=VALUE]');
});

test('with nothing described it is quiet', async () => {
  const its = await run({});
  expect(its.notices.at(-1)).toMatch(/^nothing is described/);
  expect(its.graph.now().nodeCount).toBe(1);
});
