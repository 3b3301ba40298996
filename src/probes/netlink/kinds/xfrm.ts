/** IFLA_XFRM_* (linux/if_link.h). */
import * as z from 'zod';
import { field } from '../../../model/vocabulary.ts';
import { present } from '../present.ts';
import type { LinkKind } from './kind.ts';

export const xfrm: LinkKind = {
  name: 'xfrm',
  doc: 'A device for IPsec policies with its id.',
  fields: { XfrmIfID: field(z.int(), { doc: 'Id that IPsec states and policies name.', example: 42 }) },
  read(data) {
    let id: number | undefined;
    let parent: number | undefined;
    while (data.next()) {
      if (data.type === 1) parent = data.u32();
      if (data.type === 2) id = data.u32();
    }
    return { metadata: present({ XfrmIfID: id }), parent };
  },
};
