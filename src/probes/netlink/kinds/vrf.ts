/** IFLA_VRF_* (linux/if_link.h). */
import * as z from 'zod';
import { field } from '../../../model/vocabulary.ts';
import { present } from '../present.ts';
import type { LinkKind } from './kind.ts';

export const vrf: LinkKind = {
  name: 'vrf',
  doc: 'A routing domain of its own for the devices that are its slaves.',
  fields: { VrfTable: field(z.int(), { doc: 'Routing table of the domain.', example: 100 }) },
  read(data) {
    let table: number | undefined;
    while (data.next()) if (data.type === 1) table = data.u32();
    return { metadata: present({ VrfTable: table }) };
  },
};
