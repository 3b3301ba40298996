/** The words of block devices, Skydive's where it has one. */
import * as z from 'zod';
import { field, keysOf, type NodeType, nodeType } from '../../model/vocabulary.ts';

const shared = {
  Name: field(z.string(), {
    doc: 'Where it is mounted, else the last part of its path.',
    example: 'sda',
    index: true,
  }),
  TID: field(z.string(), { doc: 'Follows from the host and the name.', example: '8f1c…', index: true }),
  Manager: field(z.literal('blockdev'), { doc: 'Who shows it.', example: 'blockdev' }),
};

const device = {
  ...shared,
  Path: field(z.string(), { doc: 'What opens it.', example: '/dev/sda' }),
  Index: field(z.string(), {
    doc: 'What tells it from others: its World Wide Name, else its serial number, else its name.',
    example: '0x5000c500977df96f',
  }),
  MajorMinor: field(z.string(), { doc: 'Numbers of the device.', example: '8:0' }),
  Blockdev: field(
    z.strictObject({
      Type: z.string().optional(),
      Size: z.string().optional(),
      Model: z.string().optional(),
      Serial: z.string().optional(),
      WWN: z.string().optional(),
      FSType: z.string().optional(),
      Mountpoints: z.array(z.string()).optional(),
      Transport: z.string().optional(),
    }),
    { doc: 'What is asked for most.', example: { Type: 'disk', Size: '1.8T' } },
  ),
  Attributes: field(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])), {
    doc: 'All that lsblk says of it (its column `phy-sec` is `PhySec`); what is empty is left out.',
    example: { Rota: true, PhySec: 4096 },
  }),
};

const own = (name: string, doc: string): NodeType =>
  nodeType(name, doc, { Type: field(z.literal(name), { doc: 'Kind of node', example: name, index: true }), ...device });

export const types: readonly NodeType[] = [
  own('blockdev', 'A block device that others are made of: a disk with partitions, a member of a RAID.'),
  own('blockdevlvm', 'A logical volume.'),
  own('blockdevleaf', 'A block device that nothing else is made of.'),
  nodeType('cluster', 'Several disks that hold one file system together.', {
    Type: field(z.literal('cluster'), { doc: 'Kind of node', example: 'cluster', index: true }),
    ...shared,
  }),
];

export const OWNED: ReadonlySet<string> = new Set(keysOf(types));
