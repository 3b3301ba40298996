/** Ports of a real Open vSwitch that are mirrored to a packet socket, and not any more. Needs root. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afpacket } from '../../src/capture/afpacket/index.ts';
import type { Running } from '../../src/capture/mechanism.ts';
import { OvsDatabase } from '../../src/capture/ovs-database.ts';
import { sweep, sweepSwitches } from '../../src/capture/ovs-leftovers.ts';
import { ovsmirrorOn } from '../../src/capture/ovsmirror/index.ts';
import { ovssflowOn } from '../../src/capture/ovssflow/index.ts';
import { placeOf } from '../../src/capture/places.ts';
import type { GraphNode } from '../../src/graph/element.ts';
import { openPacketDoor } from '../../src/native/index.ts';
import { ovs } from '../../src/probes/ovs/index.ts';
import { systemClock } from '../../src/std/clock.ts';
import { asked, place } from '../capture/asked.ts';
import { Kept, summed } from '../capture/told.ts';
import { eventually } from '../eventually.ts';
import { expectVocabulary, runProbe, self } from '../probes/context.ts';
import { SwitchedHosts } from './switched.ts';

const door = openPacketDoor();
const log = { info() {}, warn() {} };
let hosts: SwitchedHosts;

beforeAll(async () => {
  hosts = await SwitchedHosts.start();
}, 120_000);
afterAll(() => hosts[Symbol.asyncDispose]());

const switches = () => ({ databases: [hosts.database], host: 'h' });
const uuidOf = (table: string, name: string) => hosts.ovs('get', table, name, '_uuid').trim();

function start(port: string, sink = new Kept(), filter = ''): Promise<Running> {
  return ovsmirrorOn(switches()).start({
    door,
    place: { ...place, type: 'ovsport', name: port, metadata: { UUID: uuidOf('port', port) } },
    options: { ...asked, filter },
    sink,
    nowMs: Date.now,
    log,
  });
}

/** Of a host's end of a port itself. */
function startBeside(port: string, sink: Kept, filter = ''): Promise<Running> {
  const on = { ...place, type: 'veth', name: port, netns: hosts.middle.path };
  return afpacket.start({ door, place: on, options: { ...asked, filter }, sink, nowMs: Date.now, log });
}

const ours = () => hosts.ovs('--columns=name', '--bare', 'find', 'mirror', 'external_ids:exporter=skein').trim();
const ports = () => hosts.ovs('list-ports', 'br0').trim().split('\n');

/** The switch copies what it has passed on, in its own time. */
function expectSame(mirrored: Running, beside: Running): void {
  expect(mirrored.stats().packetsReceived).toBeGreaterThan(40);
  expect(mirrored.stats().packetsReceived).toBe(beside.stats().packetsReceived);
}

function expectClean(): void {
  expect(ours()).toBe('');
  expect(ports()).toEqual(['pl', 'pr']);
}

test('a port is seen as on its own device: the same conversations, each packet once, under the same identities', async () => {
  const [mirrored, beside] = [new Kept(), new Kept()];
  {
    await using device = await startBeside('pl', beside);
    await using running = await start('pl', mirrored);
    expect(ours()).toMatch(/^skm/);
    await hosts.traffic();
    await eventually(() => expectSame(running, device));
  }
  const [a, b] = [summed(mirrored.observations), summed(beside.observations)];
  const conversation = [...a.values()].find((one) => one.b === '10.7.0.2:8080');
  expect(conversation).toMatchObject({ a: '10.7.0.1:40000', path: 'Ethernet/IPv4/TCP' });
  expect(a.size).toBe(b.size);
  for (const [id, { path, ab, ba }] of a) expect(b.get(id)).toMatchObject({ path, ab, ba });
  expect(mirrored.losses).toEqual({});
  expectClean();
}, 120_000);

test('an access port is copied with its VLAN, which tells no conversation from another, and a filter sees through it', async () => {
  hosts.ovs('set', 'port', 'pl', 'tag=10', '--', 'set', 'port', 'pr', 'tag=10');
  const [mirrored, beside] = [new Kept(), new Kept()];
  {
    await using device = await startBeside('pl', beside, 'tcp port 8080');
    await using running = await start('pl', mirrored, 'tcp port 8080');
    await hosts.traffic();
    await eventually(() => expectSame(running, device));
  }
  hosts.ovs('clear', 'port', 'pl', 'tag', '--', 'clear', 'port', 'pr', 'tag');
  const all = [...summed(mirrored.observations).values()];
  expect(all).toHaveLength(1);
  const plain = [...summed(beside.observations).values()].find((one) => one.b === '10.7.0.2:8080');
  expect(all[0]).toMatchObject({ trackingId: plain?.trackingId, path: 'Ethernet/Dot1Q/IPv4/TCP' });
  expect([all[0]?.ab[0], all[0]?.ba[0]]).toEqual([plain?.ab[0], plain?.ba[0]]);
}, 120_000);

test('the mirror is shown between its ports, and its own port is no place for a capture', async () => {
  const running = runProbe(ovs, { options: { databases: [hosts.database] }, time: Date.now });
  await running.ready;
  const nodes = (type: string) => [...running.graph.now().nodes()].filter(({ metadata }) => metadata.Type === type);
  {
    await using _capture = await start('pl');
    await eventually(() => expect(nodes('mirror')).toHaveLength(1));
    const mirror = nodes('mirror')[0] as GraphNode;
    const device = mirror.metadata.Name as string;
    expect(mirror.metadata.Ovs).toMatchObject({ SelectSrcPorts: ['pl'], SelectDstPorts: ['pl'], OutputPort: device });
    const edges = [...running.graph.now().in(mirror)].filter((one) => one.metadata.RelationType === 'mirroring');
    expect(edges.map((one) => [...running.graph.now().parents(one)].map(({ metadata }) => metadata.Name))).toEqual([
      ['pl'],
    ]);
    expectVocabulary(ovs, running.graph);
    const port = nodes('ovsport').find(({ metadata }) => metadata.Name === device) as GraphNode;
    expect(placeOf(port, running.graph.now(), [], self.id)).toMatch(/copied to it/);
    const other = nodes('ovsport').find(({ metadata }) => metadata.Name === 'pr') as GraphNode;
    expect(placeOf(other, running.graph.now(), [], self.id)).toMatchObject({ name: 'pr' });
  }
  await eventually(() => expect(nodes('mirror')).toEqual([]));
  await eventually(() => expect(nodes('ovsport')).toHaveLength(3));
  await running.stop();
}, 120_000);

/** A capture that is killed as it runs. */
const killed = (database: string, port: string, bridgePort: string) => `
  const { ovsmirrorOn } = await import('./src/capture/ovsmirror/index.ts');
  const { ovssflowOn } = await import('./src/capture/ovssflow/index.ts');
  const { openPacketDoor } = await import('./src/native/index.ts');
  const log = { info() {}, warn() {} };
  const sink = { source: 7, observe() {}, raw() {}, lost() {} };
  const options = ${JSON.stringify({ ...asked, layers: undefined })};
  options.layers = new Set();
  const on = { door: openPacketDoor(), options, sink, nowMs: Date.now, log };
  const switches = { databases: ['${database}'], host: 'h' };
  const place = { nodeId: 'n', tid: 't', mac: undefined, netns: undefined, netnsCookie: 0n, ifIndex: undefined };
  await ovsmirrorOn(switches).start({ ...on, place: { ...place, type: 'ovsport', name: 'pl', metadata: { UUID: '${port}' } } });
  await ovssflowOn({ ...switches, ports: ${bridgePort} }).start({ ...on, place: { ...place, type: 'ovsbridge', name: 'br0', metadata: {} } });
  console.log('running');
  setInterval(() => {}, 1000);
`;

test('what a process that was killed has left is removed by the next one, and what one has that runs is not', async () => {
  const source = killed(hosts.database, uuidOf('port', 'pl'), '{ from: 16356, to: 16366 }');
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  const database = new OvsDatabase(hosts.database, switches());
  expect(await sweep(database)).toBe(0);
  expect(ours()).toMatch(/^skm/);
  const sflow = ovssflowOn({ ...switches(), ports: { from: 16_367, to: 16_377 } });
  const context = { door, options: asked, sink: new Kept(), nowMs: Date.now, log };
  await expect(sflow.start({ ...context, place: { ...place, type: 'ovsbridge', name: 'br0' } })).rejects.toThrow(
    'exports sflow already',
  );
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  expect(await sweep(new OvsDatabase(hosts.database, { ...switches(), host: 'another' }))).toBe(0);
  await sweepSwitches(switches(), { clock: systemClock, log, signal: new AbortController().signal });
  expectClean();
  expect(hosts.ovs('get', 'bridge', 'br0', 'sflow').trim()).toBe('[]');
}, 120_000);

test('a mirror whose database does not answer at its end is removed when it does again', async () => {
  const running = await start('pl');
  await hosts.stopDatabase();
  await running[Symbol.asyncDispose]();
  await hosts.restartDatabase();
  await eventually(expectClean);
}, 120_000);

test('a switch that is started anew goes on with the mirror', async () => {
  const sink = new Kept();
  {
    await using _running = await start('pl', sink);
    await hosts.restartSwitch();
    // Waits until the switch has done what its database says.
    hosts.ovs('set', 'bridge', 'br0', 'external_ids:after=restart');
    await hosts.traffic();
    await eventually(() =>
      expect([...summed(sink.observations).values()].map(({ b }) => b)).toContain('10.7.0.2:8080'),
    );
  }
  hosts.ovs('clear', 'bridge', 'br0', 'external_ids');
  expectClean();
}, 120_000);

test('a device that goes ends the capture, which can begin again', async () => {
  const running = await start('pl');
  hosts.middle.ip(`link del ${ours()}`);
  expect(await running.ended).toBe('the interface is gone');
  await running[Symbol.asyncDispose]();
  {
    await using _again = await start('pl');
    expect(ours()).toMatch(/^skm/);
  }
  expectClean();
}, 120_000);

test('a bridge that goes takes the mirror with it', async () => {
  const netdev = ['--', 'set', 'bridge', 'br7', 'datapath_type=netdev'];
  hosts.ovs('add-br', 'br7', ...netdev, '--', 'add-port', 'br7', 'p7', '--', 'set', 'interface', 'p7', 'type=internal');
  const running = await start('p7');
  hosts.ovs('del-br', 'br7');
  expect(await running.ended).toBe('the interface is gone');
  await running[Symbol.asyncDispose]();
  expectClean();
}, 120_000);

test('a switch that does not run is told, and nothing is left in its database', async () => {
  await hosts.stopSwitch();
  await expect(start('pl')).rejects.toThrow('needs ovs-vswitchd to run');
  expect(hosts.ovs('--no-wait', '--columns=name', '--bare', 'list', 'mirror').trim()).toBe('');
  await hosts.restartSwitch();
  expectClean();
}, 120_000);

test('a port that is gone is told', async () => {
  const gone = { ...place, type: 'ovsport', name: 'px', metadata: { UUID: '00000000-0000-4000-8000-000000000000' } };
  const context = { door, place: gone, options: asked, sink: new Kept(), nowMs: Date.now, log };
  await expect(ovsmirrorOn(switches()).start(context)).rejects.toThrow('port px: needs a port of that name');
});
