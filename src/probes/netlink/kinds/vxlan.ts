/** IFLA_VXLAN_* (linux/if_link.h). */
import * as z from 'zod';
import { field } from '../../../model/vocabulary.ts';
import { ipText } from '../../../std/addresstext.ts';
import { present } from '../present.ts';
import type { LinkKind } from './kind.ts';

export const vxlan: LinkKind = {
  name: 'vxlan',
  doc: 'A VXLAN tunnel end (RFC 7348): Ethernet over UDP.',
  fields: {
    Vxlan: field(
      z.strictObject({
        VNI: z.int().optional(),
        Local: z.string().optional(),
        Remote: z.string().optional(),
        Group: z.string().optional(),
        Port: z.int().optional(),
        SrcPortLow: z.int().optional(),
        SrcPortHigh: z.int().optional(),
        TTL: z.int().optional(),
        TOS: z.int().optional(),
        Ageing: z.int().optional(),
        Learning: z.boolean().optional(),
        Proxy: z.boolean().optional(),
        External: z.boolean().optional(),
        VniFilter: z.boolean().optional(),
      }),
      {
        doc: 'Ends and settings of a VXLAN; Group is a multicast Remote, External means that ends come with each packet.',
        example: { VNI: 42, Local: '192.0.2.1', Remote: '192.0.2.2', Port: 4789 },
      },
    ),
  },
  read(data) {
    let parent: number | undefined;
    const vxlan: Record<string, string | number | boolean> = {};
    while (data.next()) {
      switch (data.type) {
        case 1:
          vxlan.VNI = data.u32();
          break;
        case 2:
        case 16:
          vxlan[isMulticast(data.bytes()) ? 'Group' : 'Remote'] = ipText(data.bytes());
          break;
        case 3:
          parent = data.u32();
          break;
        case 4:
        case 17:
          vxlan.Local = ipText(data.bytes());
          break;
        case 5:
          vxlan.TTL = data.u8();
          break;
        case 6:
          vxlan.TOS = data.u8();
          break;
        case 7:
          vxlan.Learning = data.u8() !== 0;
          break;
        case 8:
          vxlan.Ageing = data.u32();
          break;
        case 10:
          vxlan.SrcPortLow = data.be16();
          vxlan.SrcPortHigh = data.be16(2);
          break;
        case 11:
          vxlan.Proxy = data.u8() !== 0;
          break;
        case 15:
          vxlan.Port = data.be16();
          break;
        case 25:
          vxlan.External = data.u8() !== 0;
          break;
        case 30:
          vxlan.VniFilter = data.u8() !== 0;
          break;
      }
    }
    return { metadata: present({ Vxlan: vxlan }), parent };
  },
};

function isMulticast(address: Uint8Array): boolean {
  const first = address[0] ?? 0;
  return address.length === 4 ? first >= 224 && first < 240 : first === 0xff;
}
