/** What is known of a network namespace. Names are Skydive's where it has one. */
import * as z from 'zod';
import { field, nodeType } from '../../model/vocabulary.ts';

export const Netns = nodeType('netns', 'A network namespace other than the one Skein runs in.', {
  Type: field(z.literal('netns'), { doc: 'Kind of node', example: 'netns', index: true }),
  Name: field(z.string(), {
    doc: 'File name of a named one; command and pid of the process it was first found by otherwise',
    example: 'blue',
    index: true,
  }),
  TID: field(z.string(), {
    doc: 'Name that stays over restarts, derived from the first Path',
    example: '581d229c-57b9-5556-6d1c-96fc04f73d72',
    index: true,
  }),
  Path: field(z.string(), { doc: 'What opens it now', example: '/var/run/netns/blue' }),
  Inode: field(z.int(), { doc: 'Inode number; used again as soon as it is free', example: 4_026_532_251 }),
  Device: field(z.int(), { doc: 'Device of the inode (nsfs)', example: 4 }),
  Cookie: field(z.string().optional(), {
    doc: 'Number the kernel gave it, unique while the machine runs; absent before Linux 5.14',
    example: '4533',
  }),
  Manager: field(z.string().optional(), { doc: 'Who made it, where the place tells', example: 'docker' }),
});
