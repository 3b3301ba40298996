/** Block devices as nodes: what is made of what, and which disks hold a file system together. */
import type { Metadata } from '../../graph/element.ts';
import { uuidV5 } from '../../std/uuid.ts';
import { ownedTid } from '../identity.ts';
import { type Picture, Sketch } from '../picture.ts';
import type { ProbeHost } from '../probe.ts';
import { attributesOf, textOf } from './attributes.ts';
import type { BlockDevice, Columns } from './lsblk.ts';

export function blockId(host: string, kind: string, key: string): string {
  return uuidV5(['blockdev', host, kind, key]);
}

export function draw(devices: readonly BlockDevice[], host: ProbeHost): Picture {
  const sketch = new Sketch();
  const byKey = new Map(devices.map((device) => [device.key, device]));
  const idOf = (key: string) => blockId(host.name, 'device', key);
  for (const device of devices) {
    sketch.nodes.set(idOf(device.key), describe(device, host));
    if (device.madeOf.length === 0) sketch.link(host.id, idOf(device.key), 'ownership');
    const relation = device.columns.type === 'mpath' ? 'multipath' : 'connected';
    for (const part of device.madeOf)
      if (byKey.has(part)) sketch.link(idOf(device.key), idOf(part), relation, { Type: 'blockdevlink' });
  }
  for (const device of devices) {
    const disks = disksOf(device, byKey);
    if (disks.length < 2) continue;
    for (const mountpoint of mountpointsOf(device.columns)) {
      const id = blockId(host.name, 'cluster', mountpoint);
      const TID = ownedTid(host.tid, mountpoint, 'cluster');
      sketch.nodes.set(id, { Type: 'cluster', Name: mountpoint, TID, Manager: 'blockdev' });
      sketch.link(host.id, id, 'ownership');
      for (const disk of disks) sketch.link(id, idOf(disk), 'ownership');
    }
  }
  return sketch;
}

function describe({ columns, makes, key }: BlockDevice, host: ProbeHost): Metadata {
  const type = columns.type === 'lvm' ? 'blockdevlvm' : makes.length > 0 ? 'blockdev' : 'blockdevleaf';
  const name = textOf(columns.name) ?? key;
  const path = textOf(columns.path) ?? name;
  return {
    Type: type,
    Name: mountpointsOf(columns)[0] ?? path.replace(/^.*\//, ''),
    TID: ownedTid(host.tid, name, type),
    Manager: 'blockdev',
    Path: path,
    Index: textOf(columns.wwn) ?? textOf(columns.serial) ?? name,
    MajorMinor: textOf(columns['maj:min']) ?? '',
    Blockdev: facts(columns),
    Attributes: attributesOf(columns),
  };
}

function facts(columns: Columns): Metadata {
  const named = {
    Type: textOf(columns.type),
    Size: textOf(columns.size),
    Model: textOf(columns.model),
    Serial: textOf(columns.serial),
    WWN: textOf(columns.wwn),
    FSType: textOf(columns.fstype),
    Transport: textOf(columns.tran),
  };
  const mountpoints = mountpointsOf(columns);
  return {
    ...Object.fromEntries(Object.entries(named).filter((pair): pair is [string, string] => pair[1] !== undefined)),
    ...(mountpoints.length > 0 && { Mountpoints: mountpoints }),
  };
}

/** util-linux 2.37 and later know several; it lists what swaps as '[SWAP]'. */
function mountpointsOf({ mountpoint, mountpoints }: Columns): string[] {
  const all = [mountpoint, ...(Array.isArray(mountpoints) ? mountpoints : [])].map(textOf);
  return [...new Set(all.filter((path) => path !== undefined))];
}

/** What a device is made of in the end. */
function disksOf(device: BlockDevice, byKey: ReadonlyMap<string, BlockDevice>): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const ahead = [device];
  for (let one = ahead.pop(); one; one = ahead.pop()) {
    if (seen.has(one.key)) continue;
    seen.add(one.key);
    if (one.madeOf.length === 0 && one !== device) found.add(one.key);
    for (const key of one.madeOf) {
      const part = byKey.get(key);
      if (part) ahead.push(part);
    }
  }
  return [...found].sort();
}
