/** IFLA_IPOIB_* (linux/if_link.h). */
import * as z from 'zod';
import { field } from '../../../model/vocabulary.ts';
import { present } from '../present.ts';
import type { LinkKind } from './kind.ts';

export const ipoib: LinkKind = {
  name: 'ipoib',
  doc: 'IP over InfiniBand (RFC 4391).',
  fields: { Pkey: field(z.int(), { doc: 'InfiniBand partition key.', example: 32769 }) },
  read(data) {
    let key: number | undefined;
    while (data.next()) if (data.type === 1) key = data.u16();
    return { metadata: present({ Pkey: key }) };
  },
};
