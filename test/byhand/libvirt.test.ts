/** The probe of libvirt beside a real daemon, with its test driver and with a machine that runs. Needs root. */
import type { GraphNode } from '../../src/graph/element.ts';
import { openDoor } from '../../src/native/index.ts';
import { libvirt } from '../../src/probes/libvirt/index.ts';
import { netlink } from '../../src/probes/netlink/index.ts';
import { eventually } from '../eventually.ts';
import { demand } from '../kernel/containing.ts';
import { domainXml, OwnLibvirt } from '../kernel/virtual.ts';
import { expectVocabulary, type Running, runProbe, self } from '../probes/context.ts';

/** A client has this driver too: it has to be told to ask the daemon. */
const TEST = 'test+unix:///default';
const QEMU = 'qemu:///system';

let own: OwnLibvirt;
const running: Running[] = [];

beforeAll(async () => {
  demand('libvirtd', 'virsh', 'qemu-system-x86_64', 'ip', 'nsenter');
  own = await OwnLibvirt.start();
}, 60_000);
afterAll(() => own?.[Symbol.asyncDispose](), 60_000);
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
}, 30_000);

async function start(url: string, before?: Running): Promise<Running> {
  const options = { url, goneAfterMs: 20_000 };
  const one = runProbe(libvirt, { options, time: Date.now, ...(before && { before }) });
  running.push(one);
  await one.ready;
  return one;
}

const nodes = ({ graph }: Running) => [...graph.now().nodes()];

function domain(of: Running, name: string): GraphNode {
  const found = nodes(of).filter(({ metadata }) => metadata.Type === 'libvirt' && metadata.Name === name);
  expect(found).toHaveLength(1);
  return found[0] as GraphNode;
}

function states(of: Running): Record<string, unknown> {
  const domains = nodes(of).filter(({ metadata }) => metadata.Type === 'libvirt');
  return Object.fromEntries(domains.map(({ metadata }) => [metadata.Name, metadata.State]));
}

test('a domain lives through all it can live through, and is one node all along', async () => {
  const one = await start(own.url(TEST));
  await eventually(() => expect(states(one)).toEqual({ test: 'UP' }));
  own.virsh(TEST, 'define', own.file('web.xml', domainXml('web', { type: 'test' })));
  await eventually(() => expect(states(one)).toEqual({ test: 'UP', web: 'DOWN' }));
  const { id, metadata } = domain(one, 'web');
  expect(metadata.Libvirt).toMatchObject({ Status: 'shutoff', Memory: 32 << 20, VCPUs: 1, Architecture: 'x86_64' });
  for (const [command, state] of [
    ['start', 'UP'],
    ['suspend', 'PAUSED'],
    ['resume', 'UP'],
    ['destroy', 'DOWN'],
  ] as const) {
    own.virsh(TEST, command, 'web');
    await eventually(() => expect(domain(one, 'web')).toMatchObject({ id, metadata: { State: state } }));
  }
  expectVocabulary(libvirt, one.graph);
  const [owner] = [...one.graph.now().in(domain(one, 'web'))];
  expect(owner).toMatchObject({ parent: self.id, metadata: { RelationType: 'ownership' } });
  own.virsh(TEST, 'undefine', 'web');
  await eventually(() => expect(states(one)).toEqual({ test: 'UP' }));
}, 30_000);

test('a daemon that ends and comes again has its domains under the ids they had', async () => {
  const one = await start(own.url(TEST));
  await eventually(() => expect(states(one)).toEqual({ test: 'UP' }));
  const { id } = domain(one, 'test');
  await own.down();
  await eventually(() => expect(one.notices.at(-1)).toMatch(/^(libvirt at .* does not answer: |no libvirt)/));
  expect(domain(one, 'test').id).toBe(id);
  await own.up();
  await eventually(() => expect(one.notices.at(-1)).toBeUndefined(), 10_000);
  own.virsh(TEST, 'suspend', 'test');
  await eventually(() => expect(states(one)).toEqual({ test: 'PAUSED' }));
  own.virsh(TEST, 'resume', 'test');
  await eventually(() => expect(domain(one, 'test')).toMatchObject({ id, metadata: { State: 'UP' } }));
}, 40_000);

test('the tap of a machine that runs leads to it, from when it is there until it is gone', async () => {
  const kernel = runProbe(netlink, { door: openDoor(), time: Date.now });
  running.push(kernel);
  const { netns } = own;
  kernel.graph.apply([{ kind: 'node', id: 'cloud', metadata: { Type: 'netns', Name: netns.name } }], {
    ...{ host: self.name, origin: 'agent.h', time: Date.now() },
  });
  kernel.namespaces.add({ nodeId: 'cloud', tid: 'cloud', path: netns.path, cookie: 0n, name: netns.name });
  const one = await start(own.url(QEMU), kernel);
  netns.ip('link add br0 type bridge');
  netns.ip('link set br0 up');
  const card = (mac: string, tap: string) =>
    `<interface type='bridge'><source bridge='br0'/><mac address='${mac}'/><target dev='${tap}'/><model type='virtio'/></interface>`;
  const xml = domainXml('guest', { devices: card('52:54:00:11:22:33', 'sktap0') });
  own.virsh(QEMU, 'create', own.file('guest.xml', xml));
  const tap = (name: string) => nodes(one).find(({ metadata }) => metadata.Name === name);
  const leads = (name: string) =>
    [...one.graph.now().in(domain(one, 'guest'))].filter(
      ({ parent, metadata }) => parent === tap(name)?.id && metadata.RelationType === 'vlayer2',
    );
  await eventually(() => {
    expect(states(one)).toEqual({ guest: 'UP' });
    expect(leads('sktap0')).toHaveLength(1);
  }, 10_000);
  expect(tap('sktap0')?.metadata).toMatchObject({
    MAC: 'fe:54:00:11:22:33',
    PeerIntfMAC: '52:54:00:11:22:33',
    Libvirt: {
      ...{ MAC: '52:54:00:11:22:33', Domain: 'guest', BusType: 'pci', Alias: 'net0' },
      BusInfo: expect.stringMatching(/^0000:00:0\d\.0$/),
    },
  });
  const second = own.file('second.xml', card('52:54:00:11:22:44', 'sktap1'));
  own.virsh(QEMU, 'attach-device', 'guest', second, '--live');
  await eventually(() => expect(leads('sktap1')).toHaveLength(1), 10_000);
  own.virsh(QEMU, 'suspend', 'guest');
  await eventually(() => expect(states(one)).toEqual({ guest: 'PAUSED' }));
  own.virsh(QEMU, 'destroy', 'guest');
  await eventually(() => {
    expect(states(one)).toEqual({});
    expect(tap('sktap0')).toBeUndefined();
  });
}, 90_000);
