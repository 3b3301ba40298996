/** RTM_NEWNEXTHOP and RTM_DELNEXTHOP (linux/nexthop.h): next hops that routes share by id. */

import { Attributes } from '../../native/attributes.ts';
import { ipText } from '../../std/addresstext.ts';

export interface NexthopObject {
  readonly id: number;
  /** 0: none, as for a group. */
  readonly ifindex: number;
  readonly gateway: string;
  /** Ids and weights of its members, when it is a group. */
  readonly group: readonly { readonly id: number; readonly weight: number }[];
}

const NH_SIZE = 8;
/** struct nexthop_grp. */
const MEMBER_SIZE = 8;

export function readNexthop(body: Uint8Array): NexthopObject | undefined {
  if (body.length < NH_SIZE) return undefined;
  let id = 0;
  let ifindex = 0;
  let gateway = '';
  const group: { id: number; weight: number }[] = [];
  const attributes = new Attributes(body, NH_SIZE);
  while (attributes.next()) {
    switch (attributes.type) {
      case 1:
        id = attributes.u32();
        break;
      case 2:
        for (let at = 0; at + MEMBER_SIZE <= attributes.length; at += MEMBER_SIZE)
          group.push({ id: attributes.u32(at), weight: attributes.u8(at + 4) + attributes.u8(at + 5) * 256 + 1 });
        break;
      case 5:
        ifindex = attributes.u32();
        break;
      case 6:
        gateway = ipText(attributes.bytes());
        break;
    }
  }
  return id === 0 ? undefined : { id, ifindex, gateway, group };
}
