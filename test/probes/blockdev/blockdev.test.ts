/** Block devices, as a scripted lsblk tells of them, and as the real one does. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { fakeDoor } from '../../../src/native/fake.ts';
import { readDiskStats } from '../../../src/probes/blockdev/diskstats.ts';
import { blockdev } from '../../../src/probes/blockdev/index.ts';
import { readDevices } from '../../../src/probes/blockdev/lsblk.ts';
import type { Probe } from '../../../src/probes/probe.ts';
import { Unavailable } from '../../../src/std/unavailable.ts';
import { eventually } from '../../eventually.ts';
import { expectVocabulary, type Running, runProbe, self } from '../context.ts';

let folder: string;
let running: Running | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-lsblk-'));
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const device = (name: string, type: string, more: Record<string, unknown> = {}) => ({
  name,
  kname: name,
  'maj:min': '8:0',
  type,
  ...more,
});
const root = device('/dev/dm-0', 'lvm', {
  name: '/dev/mapper/vg-root',
  mountpoint: '/',
  fstype: 'xfs',
  'fsuse%': '7%',
});
const mirrored = [
  device('/dev/sda', 'disk', { size: '1T', rota: true, children: [root] }),
  device('/dev/sdb', 'disk', { children: [root] }),
  device('/dev/sdc', 'disk', { children: [device('/dev/sdc1', 'part', { mountpoint: '/boot' })] }),
];

function say(devices: unknown): string {
  const path = join(folder, 'lsblk');
  writeFileSync(join(folder, 'said.json'), JSON.stringify({ blockdevices: devices }));
  writeFileSync(path, `#!/bin/sh\nexec cat ${join(folder, 'said.json')}\n`);
  chmodSync(path, 0o755);
  return path;
}

function start(lsblk: string, door = fakeDoor()) {
  running = runProbe(blockdev as Probe, { door, options: { lsblk } });
  return { ...running, door };
}

function named(graph: Running['graph']) {
  const names = new Map(
    [...graph.now().nodes()].map(({ id, metadata }) => [id, String(metadata.Path ?? metadata.Name)]),
  );
  return [...graph.now().edges()].map(
    ({ parent, child, metadata }) => `${names.get(parent)} ${metadata.RelationType} ${names.get(child)}`,
  );
}

test('what is made of what, and which disks hold a file system together', async () => {
  const { graph, ready } = start(say(mirrored));
  await ready;
  const types = Object.fromEntries(
    [...graph.now().nodes()].map(({ metadata: { Path, Name, Type } }) => [Path ?? Name, Type]),
  );
  expect(types).toEqual({
    [self.name]: 'host',
    '/dev/sda': 'blockdev',
    '/dev/sdb': 'blockdev',
    '/dev/sdc': 'blockdev',
    '/dev/sdc1': 'blockdevleaf',
    '/dev/mapper/vg-root': 'blockdevlvm',
    '/': 'cluster',
  });
  expect(named(graph).sort()).toEqual(
    [
      'h ownership /dev/sda',
      'h ownership /dev/sdb',
      'h ownership /dev/sdc',
      'h ownership /',
      '/ ownership /dev/sda',
      '/ ownership /dev/sdb',
      '/dev/mapper/vg-root connected /dev/sda',
      '/dev/mapper/vg-root connected /dev/sdb',
      '/dev/sdc1 connected /dev/sdc',
    ].sort(),
  );
  const [volume] = [...graph.now().nodes()].filter(({ metadata }) => metadata.Type === 'blockdevlvm');
  expect(volume?.metadata).toMatchObject({
    Name: '/',
    Index: '/dev/mapper/vg-root',
    Blockdev: { Type: 'lvm', FSType: 'xfs', Mountpoints: ['/'] },
  });
  // How full it is would be a version each time.
  expect(volume?.metadata.Attributes).not.toHaveProperty('FsusePercent');
  expectVocabulary(blockdev as Probe, graph);
});

test('names, and what lsblk says, are as in Skydive, whichever version of lsblk says it', async () => {
  const { graph, ready } = start(
    say([
      device('/dev/sda', 'disk', {
        wwn: '0x5000c500977df96f',
        serial: 'S1',
        ...{ ro: '1', rm: '0', rota: true, hotplug: 0, 'phy-sec': '512', 'log-sec': 256, ra: 'none', model: 'ST600  ' },
        ...{ uuid: 'u-1', 'disc-gran': '0B', label: null, zoned: 'none' },
        children: [device('/dev/sda1', 'part', { serial: 'S1' })],
      }),
    ]),
  );
  await ready;
  const [disk] = [...graph.now().nodes()].filter(({ metadata }) => metadata.Type === 'blockdev');
  expect(disk?.metadata).toMatchObject({
    Name: 'sda',
    Path: '/dev/sda',
    Index: '0x5000c500977df96f',
    MajorMinor: '8:0',
  });
  expect(disk?.metadata.Attributes).toEqual({
    ...{ Name: '/dev/sda', Kname: '/dev/sda', MajMin: '8:0', Type: 'disk', WWN: '0x5000c500977df96f', Serial: 'S1' },
    ...{ Ro: true, Rm: false, Rota: true, Hotplug: false, PhySec: 512, LogSec: 256, Model: 'ST600' },
    ...{ UUID: 'u-1', DiscGran: '0B', Zoned: 'none' },
  });
  const [part] = [...graph.now().nodes()].filter(({ metadata }) => metadata.Type === 'blockdevleaf');
  expect(part?.metadata).toMatchObject({ Name: 'sda1', Index: 'S1' });
  expectVocabulary(blockdev as Probe, graph);
});

test('a device that the kernel says has gone is taken back', async () => {
  const { graph, ready, door } = start(say(mirrored));
  await ready;
  say(mirrored.slice(2));
  door.sockets[0]?.push(Buffer.from('remove@/devices/virtual/block/sda\0ACTION=remove\0SUBSYSTEM=block\0'));
  await eventually(() => expect(named(graph)).toEqual(['h ownership /dev/sdc', '/dev/sdc1 connected /dev/sdc']));
});

test('several ways to one disk are told as such', async () => {
  const path = device('/dev/dm-1', 'mpath');
  const { graph, ready } = start(
    say([device('/dev/sda', 'disk', { children: [path] }), device('/dev/sdb', 'disk', { children: [path] })]),
  );
  await ready;
  expect(named(graph)).toContain('/dev/dm-1 multipath /dev/sda');
  expect(named(graph)).toContain('/dev/dm-1 multipath /dev/sdb');
});

test.each([
  ['that is not there', () => '/nowhere/lsblk', 'it is not there'],
  ['that says what is no JSON', () => garbage('not json'), 'cannot be read'],
  ['that fails', () => garbage('', 'exit 3'), 'does not tell'],
])('an lsblk %s is said to be what is missing', async (_, path, words) => {
  const { ready } = start(path());
  running = undefined;
  await expect(ready).rejects.toThrow(Unavailable);
  await expect(ready).rejects.toThrow(words);
});

function garbage(text: string, end = 'exit 0'): string {
  const path = join(folder, 'lsblk');
  writeFileSync(path, `#!/bin/sh\necho '${text}'\n${end}\n`);
  chmodSync(path, 0o755);
  return path;
}

test('the real one is understood', async () => {
  const { graph, ready } = start('/usr/bin/lsblk');
  await ready;
  expectVocabulary(blockdev as Probe, graph);
});

test('whatever it says, reading it ends and throws nothing', () => {
  const leaf = fc.record({ kname: fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.jsonValue()) });
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(leaf, fc.record({ kname: fc.constantFrom('a', 'b', 'c'), children: fc.array(tie('tree')) })),
  }));
  fc.assert(
    fc.property(fc.array(fc.oneof(tree, fc.jsonValue())), (devices) => {
      const read = readDevices(JSON.stringify({ blockdevices: devices }));
      expect(read?.every(({ key }) => typeof key === 'string')).toBe(true);
    }),
  );
});

test('counters are read by name, and lines that make no sense are passed over', () => {
  const text = '   8       0 sda 10 1 16 5 20 2 32 7 0 11 12 0 0 0 0\nnonsense\n 8 1 sda1 x\n';
  expect([...readDiskStats(text)]).toEqual([
    [
      'sda',
      {
        ...{ Reads: 10, ReadsMerged: 1, ReadBytes: 8192, ReadTime: 5 },
        ...{ Writes: 20, WritesMerged: 2, WriteBytes: 16384, WriteTime: 7, BusyTime: 11, QueueTime: 12 },
      },
    ],
  ]);
});
