/** Domains as libvirt 9.0 tells them, and what they are in a graph. */
import { Graph } from '../../../src/graph/graph.ts';
import { type Domain, readDomain } from '../../../src/probes/libvirt/domain.ts';
import { draw } from '../../../src/probes/libvirt/picture.ts';
import { self } from '../context.ts';

const uuid = '8e597f14-ac1b-4527-8e7e-70c0bbe251f8';
const ref = { name: 'guest', uuid: uuid.replaceAll('-', ''), id: 1 };

/** Of a machine that ran (QEMU 7.2, virsh dumpxml), and after it what formatdomain.html says of devices passed through. */
const xml = `<domain type='qemu' id='1'>
  <name>guest</name>
  <uuid>${uuid}</uuid>
  <memory unit='KiB'>32768</memory>
  <currentMemory unit='KiB'>16384</currentMemory>
  <vcpu placement='static' current='1'>2</vcpu>
  <os>
    <type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>
    <boot dev='hd'/>
  </os>
  <devices>
    <graphics type='vnc' port='5900' passwd='hunter2'/>
    <interface type='ethernet'>
      <mac address='52:54:00:11:22:33'/>
      <target dev='sktap0'/>
      <model type='virtio'/>
      <alias name='net0'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/>
    </interface>
    <interface type='user'>
      <mac address='52:54:00:11:22:44'/>
    </interface>
    <interface type='hostdev' managed='yes'>
      <mac address='52:54:00:6d:90:02'/>
      <source><address type='pci' domain='0x0000' bus='0x3b' slot='0x10' function='0x3'/></source>
      <alias name='hostdev0'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x05' function='0x0'/>
    </interface>
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <driver name='vfio'/>
      <source><address domain='0x0001' bus='0x06' slot='0x02' function='0x0'/></source>
      <alias name='hostdev1'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x06' function='0x0'/>
    </hostdev>
    <hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/></source></hostdev>
  </devices>
</domain>`;

function read(more: { state?: number; id?: number } = {}): Domain {
  const domain = readDomain({ ref: { ...ref, id: more.id ?? 1 }, state: more.state ?? 1, xml });
  if (!domain) throw new Error('this is a domain');
  return domain;
}

function world(...devices: { id: string; on: string; metadata: Record<string, string | number> }[]): Graph {
  const graph = new Graph({ indexed: ['Name', 'Type'] });
  const source = { host: self.name, origin: 'agent.h', time: 1 };
  graph.apply([{ kind: 'node', id: self.id, metadata: { Type: 'host', Name: 'h' } }], source);
  graph.apply([{ kind: 'node', id: 'blue', metadata: { Type: 'netns', Name: 'blue' } }], source);
  for (const { id, on, metadata } of devices)
    graph.apply(
      [
        { kind: 'node', id, metadata },
        { kind: 'edge', parent: on, child: id, metadata: { RelationType: 'ownership' } },
      ],
      source,
    );
  return graph;
}

const tap = (id: string, on: string, MAC: string) => ({
  ...{ id, on },
  metadata: { Type: 'tap', Name: 'sktap0', IfIndex: 7, MAC },
});

test('facts of a domain are what its XML says, and no password', () => {
  expect(read().facts).toEqual({
    ...{ UUID: uuid, Status: 'running', ID: 1, Hypervisor: 'qemu', OSType: 'hvm', Architecture: 'x86_64' },
    ...{ Machine: 'pc-i440fx-7.2', Memory: 16 << 20, MaxMemory: 32 << 20, VCPUs: 1, MaxVCPUs: 2 },
    Interfaces: [
      { Type: 'ethernet', MAC: '52:54:00:11:22:33', Device: 'sktap0', Model: 'virtio', Alias: 'net0' },
      { Type: 'user', MAC: '52:54:00:11:22:44' },
      { Type: 'hostdev', MAC: '52:54:00:6d:90:02', Alias: 'hostdev0' },
    ],
  });
  expect(JSON.stringify(read())).not.toContain('hunter2');
});

test('devices that are passed through are nodes of the host that lead to the domain', () => {
  const { picture, missing } = draw([read()], world().now(), self);
  expect(missing).toBe(1);
  const nodes = [...picture.nodes.values()];
  expect(nodes.map(({ Type, Name }) => `${Type} ${Name}`)).toEqual([
    'libvirt guest',
    'device itf-3b:10.3',
    'device hdev-0001:06:02.0',
  ]);
  expect(nodes[1]).toMatchObject({
    ...{ BusInfo: '0000:3b:10.3', Driver: 'pci-passthrough', PeerIntfMAC: '52:54:00:6d:90:02' },
    Libvirt: { Domain: 'guest', BusType: 'pci', BusInfo: '0000:00:05.0', Alias: 'hostdev0' },
  });
  expect(nodes[2]).toMatchObject({ Libvirt: { Domain: 'guest', BusInfo: '0000:00:06.0', Alias: 'hostdev1' } });
  const relations = [...picture.edges.values()].map(({ metadata }) => metadata.RelationType).sort();
  expect(relations).toEqual(['ownership', 'ownership', 'ownership', 'vlayer2', 'vlayer2']);
});

test('a device that the host still has a driver for is the node that there is', () => {
  const graph = world({
    ...{ id: 'vf', on: self.id },
    metadata: { Type: 'device', Name: 'eth3v3', IfIndex: 9, BusInfo: '0000:3b:10.3' },
  });
  const { picture } = draw([read()], graph.now(), self);
  expect(picture.additions.get('vf')).toMatchObject({ PeerIntfMAC: '52:54:00:6d:90:02' });
  expect([...picture.nodes.values()].map(({ Name }) => Name)).toEqual(['guest', 'hdev-0001:06:02.0']);
});

test.each([
  [
    'the one of the host',
    [tap('mine', self.id, 'fe:54:00:00:00:01'), tap('other', 'blue', 'fe:54:00:11:22:33')],
    'mine',
  ],
  [
    'the one with the MAC of the guest',
    [tap('x', 'blue', '02:00:00:00:00:01'), tap('y', 'blue', 'fe:54:00:11:22:33')],
    'y',
  ],
  ['the only one', [tap('x', 'blue', '02:00:00:00:00:01')], 'x'],
  [
    'none, where it is not clear',
    [tap('x', 'blue', '02:00:00:00:00:01'), tap('y', 'blue', '02:00:00:00:00:02')],
    undefined,
  ],
])('of interfaces of one name %s leads to the domain', (_which, taps, expected) => {
  const { picture } = draw([read()], world(...taps).now(), self);
  expect([...picture.additions.keys()]).toEqual(expected === undefined ? [] : [expected]);
});

test('nothing leads to a domain that does not run', () => {
  for (const stopped of [{ state: 5, id: -1 }, { state: 4 }]) {
    const { picture } = draw([read(stopped)], world(tap('mine', self.id, 'fe:54:00:11:22:33')).now(), self);
    expect(picture.additions.size).toBe(0);
    expect(picture.nodes.size).toBe(1);
  }
});
