/** IFLA_MACSEC_* (linux/if_link.h): encryption of a link, IEEE 802.1AE. */
import * as z from 'zod';
import { field } from '../../../model/vocabulary.ts';
import { macText } from '../../../std/addresstext.ts';
import { present } from '../present.ts';
import type { LinkKind } from './kind.ts';

export const macsec: LinkKind = {
  name: 'macsec',
  doc: 'An encrypted link on a device (IEEE 802.1AE).',
  fields: {
    Macsec: field(
      z.strictObject({
        SCI: z.string().optional(),
        IcvLen: z.int().optional(),
        Encrypt: z.boolean().optional(),
        Protect: z.boolean().optional(),
        ReplayProtect: z.boolean().optional(),
        Validation: z.string().optional(),
        EncodingSA: z.int().optional(),
      }),
      { doc: 'Secure channel and settings of a MACsec link.', example: { SCI: '02fc000000010001', Encrypt: true } },
    ),
  },
  read(data) {
    const macsec: Record<string, string | number | boolean> = {};
    while (data.next()) {
      switch (data.type) {
        // In network byte order: MAC and port.
        case 1:
          macsec.SCI = macText(data.bytes()).replaceAll(':', '');
          break;
        case 3:
          macsec.IcvLen = data.u8();
          break;
        case 6:
          macsec.EncodingSA = data.u8();
          break;
        case 7:
          macsec.Encrypt = data.u8() !== 0;
          break;
        case 8:
          macsec.Protect = data.u8() !== 0;
          break;
        case 12:
          macsec.ReplayProtect = data.u8() !== 0;
          break;
        case 13:
          macsec.Validation = VALIDATION[data.u8()] ?? data.u8().toString();
          break;
      }
    }
    return { metadata: present({ Macsec: macsec }) };
  },
};

const VALIDATION = ['disabled', 'check', 'strict'];
