/** IFLA_TUN_* (linux/if_link.h). One kind for the kernel, two Types for us: packets (tun) or frames (tap). */
import * as z from 'zod';
import { field } from '../../../model/vocabulary.ts';
import type { Attributes } from '../../../native/attributes.ts';
import { present } from '../present.ts';
import type { KindReading, LinkKind } from './kind.ts';

const fields = {
  Tun: field(
    z.strictObject({
      Owner: z.int().optional(),
      Group: z.int().optional(),
      Persist: z.boolean().optional(),
      MultiQueue: z.boolean().optional(),
      VnetHdr: z.boolean().optional(),
      PacketInfo: z.boolean().optional(),
    }),
    {
      doc: 'Settings of a tun or tap; Owner and Group are user and group ids.',
      example: { Owner: 107, Persist: true },
    },
  ),
};

export const tuns: readonly LinkKind[] = [
  { name: 'tun', doc: 'A device whose packets a program reads and writes.', fields, read },
  {
    name: 'tap',
    doc: 'A device whose Ethernet frames a program reads and writes, e.g. a virtual machine.',
    fields,
    read,
  },
];

const IFF_TAP = 2;

function read(data: Attributes): KindReading {
  let type = 'tun';
  const tun: Record<string, number | boolean> = {};
  while (data.next()) {
    switch (data.type) {
      case 1:
        tun.Owner = data.u32();
        break;
      case 2:
        tun.Group = data.u32();
        break;
      case 3:
        if (data.u8() === IFF_TAP) type = 'tap';
        break;
      case 4:
        tun.PacketInfo = data.u8() !== 0;
        break;
      case 5:
        tun.VnetHdr = data.u8() !== 0;
        break;
      case 6:
        tun.Persist = data.u8() !== 0;
        break;
      case 7:
        tun.MultiQueue = data.u8() !== 0;
        break;
    }
  }
  return { metadata: present({ Tun: tun }), type };
}
