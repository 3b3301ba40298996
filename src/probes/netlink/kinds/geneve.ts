/** IFLA_GENEVE_* (linux/if_link.h). */
import * as z from 'zod';
import { field } from '../../../model/vocabulary.ts';
import { ipText } from '../../../std/addresstext.ts';
import { present } from '../present.ts';
import type { LinkKind } from './kind.ts';

export const geneve: LinkKind = {
  name: 'geneve',
  doc: 'A Geneve tunnel end (RFC 8926).',
  fields: {
    Geneve: field(
      z.strictObject({
        VNI: z.int().optional(),
        Remote: z.string().optional(),
        Port: z.int().optional(),
        TTL: z.int().optional(),
        TOS: z.int().optional(),
        External: z.boolean().optional(),
      }),
      {
        doc: 'End and settings of a Geneve tunnel; External means that ends come with each packet.',
        example: { VNI: 7, Remote: '192.0.2.2', Port: 6081 },
      },
    ),
  },
  read(data) {
    const geneve: Record<string, string | number | boolean> = {};
    while (data.next()) {
      switch (data.type) {
        case 1:
          geneve.VNI = data.u32();
          break;
        case 2:
        case 7:
          geneve.Remote = ipText(data.bytes());
          break;
        case 3:
          geneve.TTL = data.u8();
          break;
        case 4:
          geneve.TOS = data.u8();
          break;
        case 5:
          geneve.Port = data.be16();
          break;
        // A flag: it is there, or it is not.
        case 6:
          geneve.External = true;
          break;
      }
    }
    return { metadata: present({ Geneve: geneve }) };
  },
};
