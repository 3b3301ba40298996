/** IFLA_HSR_* (linux/if_link.h): one network over two rings, IEC 62439-3. */
import * as z from 'zod';
import { field } from '../../../model/vocabulary.ts';
import { macText } from '../../../std/addresstext.ts';
import { present } from '../present.ts';
import type { LinkKind } from './kind.ts';

export const hsr: LinkKind = {
  name: 'hsr',
  doc: 'A device that sends every frame over two others (HSR or PRP, IEC 62439-3).',
  fields: {
    Hsr: field(
      z.strictObject({
        Slave1: z.int().optional(),
        Slave2: z.int().optional(),
        Protocol: z.string().optional(),
        Version: z.int().optional(),
        SupervisionMAC: z.string().optional(),
      }),
      { doc: 'The two devices, by ifindex, and the protocol.', example: { Slave1: 3, Slave2: 4, Protocol: 'hsr' } },
    ),
  },
  read(data) {
    const hsr: Record<string, string | number> = {};
    while (data.next()) {
      switch (data.type) {
        case 1:
          hsr.Slave1 = data.u32();
          break;
        case 2:
          hsr.Slave2 = data.u32();
          break;
        case 4:
          hsr.SupervisionMAC = macText(data.bytes());
          break;
        case 6:
          hsr.Version = data.u8();
          break;
        case 7:
          hsr.Protocol = data.u8() === 1 ? 'prp' : 'hsr';
          break;
      }
    }
    return { metadata: present({ Hsr: hsr }) };
  },
};
