/** The probe on a scripted kernel: what kernels do that cannot be had here. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joined } from '../../../src/native/fake.ts';
import { netlink } from '../../../src/probes/netlink/index.ts';
import { virtualFunction } from '../../../src/probes/netlink/virtualfunction.ts';
import type { Probe } from '../../../src/probes/probe.ts';
import { eventually } from '../../eventually.ts';
import { bondSlave, linkFixtures, physicalFunction } from '../../fixtures/netlink/links.ts';
import {
  addressMessage,
  be,
  type Fill,
  ip,
  linkMessage,
  mac,
  neighbourMessage,
} from '../../fixtures/netlink/message.ts';
import { expectVocabulary, type Running, runProbe } from '../context.ts';
import { fakeKernel, names, relations, turns, watch } from './fakekernel.ts';

const DELLINK = 17;
const ETHTOOL_GDRVINFO = 3;

function device(ifindex: number, name: string, fill: Fill = () => undefined): readonly [number, Uint8Array] {
  const bytes = linkMessage({ ifindex }, (m) => {
    m.string(3, name);
    fill(m);
  });
  return [ifindex, bytes];
}

function ofKind(kind: string, data?: Fill): Fill {
  return (m) => {
    m.nested(18, (info) => {
      info.string(1, kind);
      if (data) info.nested(2, data);
    });
  };
}

const gone = (ifindex: number, family = 0) =>
  linkMessage({ type: DELLINK, ifindex, family }, (m) => void m.string(3, 'gone'));

test('a bond is the parent of its slaves, a VLAN the child of its device, a tunnel of what it runs on', async () => {
  const kernel = fakeKernel([
    device(2, 'eth0', (m) => void m.u32(10, 7)),
    [3, bondSlave],
    [7, linkFixtures.find(({ kind }) => kind === 'bond')?.bytes as Uint8Array],
    device(8, 'bond0.100', (m) => {
      m.u32(5, 7);
      ofKind('vlan', (data) => void data.bytes(5, be(0x8100, 2)).u16(1, 100))(m);
    }),
    device(
      9,
      'gre1',
      ofKind('gre', (data) => void data.u32(1, 8).bytes(6, ip('192.0.2.1')).bytes(7, ip('192.0.2.2'))),
    ),
    device(10, 'iv', (m) => {
      m.u32(5, 8);
      ofKind('ipvlan', (data) => void data.u16(1, 0))(m);
    }),
    device(
      11,
      'red',
      ofKind('vrf', (data) => void data.u32(1, 100)),
    ),
    device(12, 'eth5', (m) => void m.u32(10, 11)),
  ]);
  const running = await watch(kernel);
  expect(relations(running)).toEqual([
    'bond0 -layer2-> eth0',
    'bond0 -layer2-> eth1',
    'bond0 -layer2/vlan-> bond0.100',
    'bond0.100 -layer2/gre-> gre1',
    'bond0.100 -layer2/ipvlan-> iv',
    'red -layer2/vrf-> eth5',
  ]);
  expectVocabulary(netlink as Probe, running.graph);
  await running.stop();
});

test('ports of the Open vSwitch kernel datapath are not linked to it: they are on different bridges', async () => {
  const kernel = fakeKernel([
    device(2, 'ovs-system', ofKind('openvswitch')),
    device(3, 'tap0', (m) => void m.u32(10, 2)),
  ]);
  const running = await watch(kernel);
  expect(relations(running)).toEqual([]);
  await running.stop();
});

test('order does not matter: a slave before its master, a child before its parent', async () => {
  const kernel = fakeKernel();
  const running = await watch(kernel);
  const child = device(8, 'v', (m) => {
    m.u32(5, 7).u32(10, 9);
    ofKind('vlan')(m);
  })[1];
  kernel.tell(child);
  kernel.tell(device(7, 'parent')[1]);
  kernel.tell(device(9, 'master', ofKind('bridge'))[1]);
  await turns();
  expect(relations(running)).toEqual(['master -layer2-> v', 'parent -layer2/vlan-> v']);
  kernel.tell(gone(7));
  await turns();
  expect(relations(running)).toEqual(['master -layer2-> v']);
  kernel.tell(device(7, 'again')[1]);
  await turns();
  expect(relations(running)).toEqual(['again -layer2/vlan-> v', 'master -layer2-> v']);
  await running.stop();
});

test('a port that leaves its bridge is not gone', async () => {
  const kernel = fakeKernel([device(2, 'eth0', (m) => void m.u32(10, 3)), device(3, 'br', ofKind('bridge'))]);
  const running = await watch(kernel);
  kernel.tell(gone(2, 7));
  await turns();
  expect(names(running)).toContain('eth0');
  await running.stop();
});

test('told twice changes nothing', async () => {
  const kernel = fakeKernel(
    linkFixtures.map(({ kind, bytes }, at) => (at === 0 ? [7, bytes] : device(20 + at, `${kind}x`, ofKind(kind)))),
  );
  kernel.others.set(22, [addressMessage({}, (m) => void m.bytes(2, ip('10.0.0.1')).bytes(1, ip('10.0.0.1')))]);
  const running = await watch(kernel);
  const { revision } = running.graph;
  kernel.tell(...kernel.links.values(), ...(kernel.others.get(22) ?? []));
  await turns();
  expect(running.graph.revision).toBe(revision);
  kernel.overrun();
  await turns(200);
  expect(running.counters.overruns).toBe(1);
  expect(running.graph.revision).toBe(revision);
  await running.stop();
});

/** A kernel whose ethtool knows one driver. */
const driven = (links: Parameters<typeof fakeKernel>[0]) =>
  fakeKernel(links, {
    ethtool(_, command) {
      if (command[0] !== ETHTOOL_GDRVINFO) return undefined;
      command.set(new TextEncoder().encode('made'), 4);
      return command;
    },
  });

test('an interface appears once, with what its device says', async () => {
  const kernel = driven([device(2, 'eth0')]);
  const running = await watch(kernel);
  const seen: unknown[] = [];
  running.graph.subscribe(({ events }) => {
    for (const { kind, element } of events) seen.push([kind, element.metadata.Name, element.metadata.Driver]);
  });
  kernel.tell(device(3, 'eth1')[1]);
  await turns();
  expect(seen.filter((one) => (one as string[])[1] !== undefined)).toEqual([['added', 'eth1', 'made']]);
});

test('an interface that goes before its device has answered never was, and its successor has its own', async () => {
  const kernel = driven([device(2, 'eth0')]);
  const running = await watch(kernel);
  kernel.tell(device(3, 'eth1')[1]);
  kernel.tell(gone(3));
  await turns();
  expect(names(running)).not.toContain('eth1');
  kernel.tell(device(3, 'eth1')[1]);
  kernel.tell(gone(3));
  kernel.tell(device(3, 'eth2')[1]);
  await turns();
  expect([...running.graph.now().nodes()].find(({ metadata }) => metadata.Name === 'eth2')?.metadata.Driver).toBe(
    'made',
  );
  expect(names(running)).not.toContain('eth1');
});

test('an overrun is made good: what went is gone, what came is there, what stayed never went', async () => {
  const kernel = fakeKernel([device(2, 'stays'), device(3, 'goes'), device(4, 'changes', ofKind('dummy'))]);
  const running = await watch(kernel);
  const removed: string[] = [];
  running.graph.subscribe(({ events }) => {
    for (const { kind, element } of events)
      if (kind === 'removed' && element.kind === 'node') removed.push(String(element.metadata.Name));
  });
  kernel.links.delete(3);
  kernel.links.set(...device(5, 'came'));
  kernel.links.set(...device(4, 'changes', ofKind('ifb')));
  kernel.overrun();
  await turns(200);
  expect(names(running)).toEqual(['came', 'changes', 'h', 'stays']);
  expect(removed.sort()).toEqual(['changes', 'goes']);
  await running.stop();
});

test('after an overrun the kernel still hands out what it had kept: that is older than what is read, and not believed', async () => {
  const kernel = fakeKernel([device(1, 'lo'), device(2, 'eth0')]);
  const running = await watch(kernel);
  // The ghost is gone again, but of that the news was dropped.
  kernel.overrun();
  kernel.tell(device(9, 'ghost')[1], device(2, 'old')[1]);
  await turns(200);
  expect(names(running)).toEqual(['eth0', 'h', 'lo']);
  kernel.tell(device(3, 'next')[1]);
  await turns();
  expect(names(running)).toEqual(['eth0', 'h', 'lo', 'next']);
  await running.stop();
});

test('a link that an interrupted dump leaves out is gone only when the kernel says so', async () => {
  const kernel = fakeKernel([device(2, 'stays'), device(3, 'goes')]);
  let dumps = 0;
  const { netlink: answer } = kernel.door.script;
  kernel.door.script.netlink = (request, options) => {
    const isLinkDump = request.type === 18 && request.payload[0] === 0 && request.payload[4] === 0;
    if (options.protocol !== 0 || !isLinkDump || dumps++ === 0) return answer?.(request, options);
    // NLM_F_DUMP_INTR, and the first is passed over.
    const rest = [...kernel.links.values()].slice(1).map((bytes) => bytes.slice());
    for (const bytes of rest) bytes[6] = 0x10;
    return rest;
  };
  const running = await watch(kernel);
  kernel.links.delete(3);
  kernel.links.set(...device(4, 'other'));
  kernel.overrun();
  await turns(200);
  expect(names(running)).toEqual(['h', 'other', 'stays']);
  await running.stop();
});

test('a dump that is always interrupted is asked for again, not for ever', async () => {
  const kernel = fakeKernel([device(2, 'eth0')]);
  let dumps = 0;
  kernel.door.script.netlink = ({ type, payload }) => {
    if (type !== 18 || payload[4] !== 0) return [];
    dumps++;
    const bytes = device(2, 'eth0')[1];
    bytes[6] = 0x10;
    return [bytes];
  };
  const running = await watch(kernel);
  expect(dumps).toBe(4);
  expect(names(running)).toEqual(['eth0', 'h']);
  await running.stop();
});

test('news that come while everything is read are not lost', async () => {
  const kernel = fakeKernel([device(2, 'eth0')]);
  const { netlink: answer } = kernel.door.script;
  let isTold = false;
  kernel.door.script.netlink = (request, options) => {
    const answered = answer?.(request, options);
    // After the links were read, before the addresses are.
    if (request.type === 22 && !isTold) {
      isTold = true;
      kernel.tell(joined([gone(2), device(3, 'eth1')[1]]));
    }
    return answered;
  };
  const running = await watch(kernel);
  await turns();
  expect(names(running)).toEqual(['eth1', 'h']);
  await running.stop();
});

test('a namespace that may not be entered is named, the rest runs on', async () => {
  const kernel = fakeKernel([device(2, 'eth0')]);
  const { openNetlink } = kernel.door;
  kernel.door.openNetlink = async (options) => {
    if (options.netns === '/run/netns/closed') throw Object.assign(new Error('setns'), { code: 'EPERM' });
    return openNetlink(options);
  };
  const running = await watch(kernel);
  running.graph.apply([{ kind: 'node', id: 'closed', metadata: { Name: 'closed', Type: 'netns' } }], {
    host: 'h',
    origin: 'test',
    time: 1000,
  });
  running.namespaces.add({ nodeId: 'closed', tid: 't', path: '/run/netns/closed', cookie: 2n, name: 'closed' });
  const notice = 'cannot see into closed: needs CAP_SYS_ADMIN and CAP_NET_ADMIN';
  await eventually(() => expect(running.notices).toEqual([notice]));
  kernel.tell(device(3, 'eth1')[1]);
  await turns();
  expect(names(running)).toEqual(['closed', 'eth0', 'eth1', 'h']);
  running.namespaces.remove('closed');
  await eventually(() => expect(running.notices).toEqual([notice, undefined]));
  await running.stop();
});

test('of neighbours no more are kept than asked for', async () => {
  const kernel = fakeKernel([device(7, 'eth0')]);
  const running = await watch(kernel, { neighboursMax: 2 });
  for (let host = 1; host <= 5; host++) kernel.tell(neighbour(host));
  await turns();
  expect(find(running, 'eth0')?.Neighbors).toHaveLength(2);
  await running.stop();
});

test('a neighbour that only ages makes no version of its own; one that moves does', async () => {
  const kernel = fakeKernel([device(7, 'eth0')]);
  const running = await watch(kernel);
  kernel.tell(neighbour(1));
  await turns();
  const { revision } = running.graph;
  for (const state of [STALE, 0x08, 0x10, REACHABLE, STALE]) kernel.tell(neighbour(1, { state }));
  await turns();
  expect(running.graph.revision).toBe(revision);
  kernel.tell(neighbour(1, { state: STALE, address: '02:00:00:00:00:99' }));
  await turns();
  expect(find(running, 'eth0')?.Neighbors).toEqual([
    { MAC: '02:00:00:00:00:99', IP: '10.0.0.1', State: ['NUD_STALE'], IfIndex: 7 },
  ]);
  await running.stop();
});

test('what moved to another port of a bridge is behind that one alone, also in another VLAN and beside its own', async () => {
  const port: Fill = (m) => void m.u32(10, 9);
  const kernel = fakeKernel([
    device(7, 'p1', port),
    device(8, 'p2', port),
    device(6, 'other', (m) => void m.u32(10, 5)),
    device(9, 'br0', ofKind('bridge')),
  ]);
  const running = await watch(kernel);
  const entry = (ifindex: number, vlan: number, flags = 0) =>
    neighbourMessage({ ifindex, family: 7, flags }, (m) => void m.bytes(2, mac('02:00:00:00:00:01')).u16(5, vlan));
  const own = 2;
  kernel.tell(entry(7, 1), entry(7, 2), entry(7, 1, own), entry(6, 1), entry(8, 1));
  await turns();
  const vlans = (name: string) =>
    ((find(running, name)?.FDB ?? []) as { Vlan: number; Flags?: string[] }[]).map(
      ({ Vlan, Flags }) => `${Vlan}${Flags ? ' own' : ''}`,
    );
  expect([vlans('p1').sort(), vlans('p2'), vlans('other')]).toEqual([['1 own', '2'], ['1'], ['1']]);
  await running.stop();
});

test('its age is told with everything else of the interface, and some time later at most', async () => {
  const kernel = fakeKernel([device(7, 'eth0')]);
  const running = await watch(kernel, { settleMs: 0 });
  kernel.tell(neighbour(1));
  kernel.tell(neighbour(1, { state: STALE }));
  await eventually(() => expect(find(running, 'eth0')?.Neighbors).toMatchObject([{ State: ['NUD_STALE'] }]));
  await running.stop();
});

test('neighbours that only repeat a rule are left out', async () => {
  const kernel = fakeKernel([device(7, 'eth0')]);
  const running = await watch(kernel);
  kernel.tell(neighbour(1, { state: 0x40 }), neighbour(2, { state: 0 }));
  await turns();
  expect(find(running, 'eth0')).not.toHaveProperty('Neighbors');
  await running.stop();
});

const REACHABLE = 0x02;
const STALE = 0x04;

function neighbour(host: number, { state = REACHABLE, address = `02:00:00:00:00:0${host}` } = {}): Uint8Array {
  return neighbourMessage({ state }, (m) => void m.bytes(1, ip(`10.0.0.${host}`)).bytes(2, mac(address)));
}

function find({ graph }: Running, name: string) {
  return [...graph.now().nodes()].find(({ metadata }) => metadata.Name === name)?.metadata;
}

test('virtual functions are found in sysfs, whatever namespace their interface is in', () => {
  const devices = mkdtempSync(join(tmpdir(), 'skein-pci-'));
  try {
    for (const address of ['0000:03:00.0', '0000:03:02.1']) mkdirSync(join(devices, address));
    symlinkSync('../0000:03:00.0', join(devices, '0000:03:02.1', 'physfn'));
    symlinkSync('../0000:03:02.1', join(devices, '0000:03:00.0', 'virtfn5'));
    expect(virtualFunction('0000:03:02.1', devices)).toEqual({ of: '0000:03:00.0', id: 5 });
    expect(virtualFunction('0000:03:00.0', devices)).toBeUndefined();
    expect(virtualFunction('../../etc', devices)).toBeUndefined();
  } finally {
    rmSync(devices, { recursive: true });
  }
});

test('virtual functions stay known when news of their device do not mention them', async () => {
  const kernel = fakeKernel([[4, physicalFunction]]);
  const running = await watch(kernel);
  kernel.tell(device(4, 'eth2', (m) => void m.u32(4, 9000))[1]);
  await turns();
  const eth2 = [...running.graph.now().nodes()].find(({ metadata }) => metadata.Name === 'eth2');
  expect(eth2?.metadata.Vfs).toHaveLength(2);
  await running.stop();
});

test('who is stopped before the kernel has answered at all ends at once', async () => {
  const { door } = fakeKernel();
  const silent = { ...door, openNetlink: () => new Promise<never>(() => undefined) };
  await runProbe(netlink as Probe, { door: silent }).stop();
});
