/** RTM_NEWROUTE of the families RTNL_FAMILY_IPMR and IP6MR (linux/mroute.h): what a multicast router forwards. */
import { existsSync } from 'node:fs';
import * as z from 'zod';
import type { Metadata } from '../../graph/element.ts';
import { field } from '../../model/vocabulary.ts';
import { Attributes } from '../../native/attributes.ts';
import { ipText } from '../../std/addresstext.ts';
import { present } from './present.ts';
import { readHops } from './route.ts';

export const multicastFields = {
  MulticastRoutes: field(
    z.array(
      z.strictObject({
        Table: z.int(),
        Group: z.string(),
        Src: z.string().optional(),
        OutIndexes: z.array(z.int()).optional(),
      }),
    ),
    {
      doc: 'Multicast that comes in here and is forwarded, and the interfaces it goes out of, by IfIndex.',
      example: [{ Table: 253, Group: '239.1.1.1', Src: '10.99.0.1', OutIndexes: [3, 4] }],
    },
  ),
};

export interface MulticastRoute {
  readonly ifindex: number;
  /** Identifies it in its namespace; sorts. */
  readonly key: string;
  readonly keys: Metadata;
}

const RTM_SIZE = 12;
export const MULTICAST_FAMILIES: readonly number[] = [128, 129];

/** A kernel without it would answer with all unicast routes. */
export function hasMulticastRouting(family: number): boolean {
  return existsSync(family === 128 ? '/proc/net/ip_mr_vif' : '/proc/net/ip6_mr_vif');
}

/** Undefined of other families, and where nobody knows yet where it goes. */
export function readMulticastRoute(body: Uint8Array): MulticastRoute | undefined {
  if (body.length < RTM_SIZE) return undefined;
  const head = Attributes.struct(body);
  if (!MULTICAST_FAMILIES.includes(head.u8())) return undefined;
  let table = head.u8(4);
  let group = '';
  let source = '';
  let ifindex = 0;
  let out: number[] = [];
  const attributes = new Attributes(body, RTM_SIZE);
  while (attributes.next()) {
    switch (attributes.type) {
      case 1:
        group = ipText(attributes.bytes());
        break;
      case 2:
        source = ipText(attributes.bytes());
        break;
      case 3:
        ifindex = attributes.u32();
        break;
      case 9:
        out = readHops(attributes).map((hop) => hop.ifindex);
        break;
      case 15:
        table = attributes.u32();
        break;
    }
  }
  if (ifindex === 0 || group === '') return undefined;
  return {
    ifindex,
    key: `${table} ${group} ${source}`,
    keys: present({
      Table: table,
      Group: group,
      Src: source || undefined,
      OutIndexes: out.length > 0 ? out.sort((a, b) => a - b) : undefined,
    }),
  };
}
