/** A real LLDP daemon at the other end of a cable. Needs root, lldpd. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDoor } from '../../src/native/index.ts';
import { lldp } from '../../src/probes/lldp/index.ts';
import type { Probe } from '../../src/probes/probe.ts';
import { eventually } from '../eventually.ts';
import { expectVocabulary, type Running, runProbe } from '../probes/context.ts';
import { TestNetns } from './native_netns.ts';

let here: TestNetns;
let there: TestNetns;
let running: Running;
let folder: string;
let daemon: ChildProcess | undefined;

beforeEach(() => {
  here = new TestNetns();
  there = new TestNetns();
  folder = mkdtempSync(join(tmpdir(), 'skein-lldp-'));
  // The daemon gives up its privileges.
  chmodSync(folder, 0o755);
  execFileSync('ip', ['-n', here.name, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'swp1', 'netns', there.name]);
  for (const [netns, name] of [
    [here.name, 'eth0'],
    [there.name, 'swp1'],
  ] as const)
    execFileSync('ip', ['-n', netns, 'link', 'set', name, 'up']);
  begin([]);
});

function begin(interfaces: readonly string[]): void {
  running = runProbe(lldp as Probe, { door: openDoor(), options: { lookMs: 100, interfaces }, time: Date.now });
  const { graph, namespaces } = running;
  const source = { host: 'h', origin: 'agent.h', time: Date.now() };
  const [{ ifindex, address }] = JSON.parse(
    execFileSync('ip', ['-n', here.name, '-j', 'link', 'show', 'eth0'], { encoding: 'utf8' }),
  ) as [{ ifindex: number; address: string }];
  graph.apply(
    [
      { kind: 'node', id: 'here', metadata: { Type: 'netns', Name: here.name } },
      { kind: 'node', id: 'eth0', metadata: { Type: 'veth', Name: 'eth0', IfIndex: ifindex, MAC: address } },
      { kind: 'edge', parent: 'here', child: 'eth0', metadata: { RelationType: 'ownership' } },
    ],
    source,
  );
  namespaces.add({ nodeId: 'here', tid: 'here', path: here.path, cookie: 0n, name: here.name });
}

afterEach(async () => {
  await end('SIGTERM');
  await running.stop();
  here[Symbol.dispose]();
  there[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function end(signal: NodeJS.Signals): Promise<void> {
  const child = daemon;
  daemon = undefined;
  if (!child) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

/**
 * It reads what it is to do before it starts to speak. Nothing is told to it later: while it still starts, that can make
 * it fall silent for good.
 */
function speak(settings: readonly string[], ...more: readonly string[]): void {
  const file = join(folder, 'lldpd.conf');
  writeFileSync(file, ['lldp tx-interval 1', ...settings].map((setting) => `configure ${setting}\n`).join(''));
  const words = ['netns', 'exec', there.name, 'lldpd', '-d', '-u', join(folder, 'lldpd.sock'), '-O', file];
  daemon = spawn('ip', [...words, '-I', 'swp1', '-S', 'a test', ...more], { stdio: 'ignore' });
}

function found(type: string) {
  return [...running.graph.now().nodes()].filter(({ metadata }) => metadata.Type === type);
}

test('a switch and its port appear at the interface, and go when it says good bye', async () => {
  await running.ready;
  speak(['ports swp1 lldp portidsubtype local slot/7 description "to the rack"']);
  const mac = execFileSync('ip', ['netns', 'exec', there.name, 'cat', '/sys/class/net/swp1/address'], {
    encoding: 'utf8',
  }).trim();
  await eventually(() => expect(found('switchport').map(({ metadata }) => metadata.Name)).toEqual(['to the rack']));
  const [device] = found('switch');
  const [port] = found('switchport');
  expect(device?.metadata).toMatchObject({
    Probe: 'lldp',
    LLDP: { ChassisID: mac, ChassisIDType: 'MAC Address', Description: 'a test' },
  });
  expect(port?.metadata).toMatchObject({ LLDP: { PortID: 'slot/7', PortIDType: 'Local', Description: 'to the rack' } });
  const view = running.graph.now();
  const edges = [...view.edges()].map(({ parent, child, metadata }) => [parent, metadata.RelationType, child]);
  expect(edges).toEqual(
    expect.arrayContaining([
      [device?.id, 'ownership', port?.id],
      [device?.id, 'layer2', port?.id],
      [port?.id, 'layer2', 'eth0'],
    ]),
  );
  expectVocabulary(lldp as Probe, running.graph);
  await end('SIGTERM');
  await eventually(() => expect(found('switch')).toEqual([]));
  expect(found('switchport')).toEqual([]);
}, 120_000);

test('a neighbour that falls silent is gone when its time is up', async () => {
  await running.ready;
  speak(['lldp tx-hold 2']);
  await eventually(() => expect(found('switch')).toHaveLength(1));
  // From here on it cannot even say good bye.
  there.ip('link set swp1 down');
  const silentMs = Date.now();
  await eventually(() => expect(found('switch')).toEqual([]), 30_000);
  expect(Date.now() - silentMs).toBeGreaterThan(500);
}, 120_000);

test('a device that speaks CDP too is one device', async () => {
  await running.ready;
  speak([], '-l', '-cc');
  await eventually(() =>
    expect(found('switch').map(({ metadata }) => Object.keys(metadata))).toEqual([
      expect.arrayContaining(['LLDP', 'CDP']),
    ]),
  );
  expect(found('switchport')).toHaveLength(1);
  expect(found('switch')[0]?.metadata.CDP).toMatchObject({ Platform: 'Linux' });
  expectVocabulary(lldp as Probe, running.graph);
}, 120_000);

test('at an interface that is named, neighbours that speak through it are heard, and it itself is not', async () => {
  await running.stop();
  begin(['eth0']);
  await running.ready;
  const sender = join(folder, 'send');
  execFileSync('cc', ['-O1', '-o', sender, new URL('./ebpf_send.c', import.meta.url).pathname]);
  const send = (from: readonly number[], port: string) => {
    const part = (type: number, ...value: number[]) => [type << 1, value.length, ...value];
    const said = [...part(1, 7, 0x73), ...part(2, 7, ...Buffer.from(port)), ...part(3, 0, 120), 0, 0];
    const frame = [1, 0x80, 0xc2, 0, 0, 0x0e, ...from, 0x88, 0xcc, ...said];
    const input = Buffer.from([frame.length, 0, ...frame]);
    execFileSync('ip', ['netns', 'exec', here.name, sender, 'eth0', '1'], { input });
  };
  const [own] = [...running.graph.now().nodes('eth0')];
  const address = String(own?.metadata.MAC)
    .split(':')
    .map((octet) => Number.parseInt(octet, 16));
  await eventually(() => {
    send(address, 'own');
    send([2, 0, 0, 0, 0, 7], 'foreign');
    expect(found('switchport').map(({ metadata }) => metadata.Name)).toEqual(['foreign']);
  });
}, 120_000);
