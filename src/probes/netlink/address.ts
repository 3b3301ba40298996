/** RTM_NEWADDR and RTM_DELADDR (linux/if_addr.h). */

import { Attributes } from '../../native/attributes.ts';
import { ipText } from '../../std/addresstext.ts';

export interface Address {
  readonly ifindex: number;
  readonly family: number;
  /** CIDR form. */
  readonly text: string;
  readonly isSecondary: boolean;
  /** For sorting: the address in hex. */
  readonly order: string;
}

export const AF_INET = 2;
export const AF_INET6 = 10;
const IFADDR_SIZE = 8;
const IFA_F_SECONDARY = 1;

export function readAddress(body: Uint8Array): Address | undefined {
  if (body.length < IFADDR_SIZE) return undefined;
  const head = Attributes.struct(body);
  const family = head.u8();
  const ifindex = head.u32(4);
  let flags = head.u8(2);
  let address: Uint8Array | undefined;
  let local: Uint8Array | undefined;
  const attributes = new Attributes(body, IFADDR_SIZE);
  while (attributes.next()) {
    if (attributes.type === 1) address = attributes.bytes();
    // On a point-to-point link IFA_ADDRESS is the other end.
    if (attributes.type === 2) local = attributes.bytes();
    if (attributes.type === 8) flags = attributes.u32();
  }
  const own = local ?? address;
  if (!own || ifindex === 0 || own.length !== (family === AF_INET ? 4 : 16)) return undefined;
  if (family !== AF_INET && family !== AF_INET6) return undefined;
  return {
    ifindex,
    family,
    text: `${ipText(own)}/${head.u8(1)}`,
    isSecondary: family === AF_INET && (flags & IFA_F_SECONDARY) !== 0,
    order: hex(own),
  };
}

/** Primary addresses first, then by number: the same whatever order the kernel told them in. */
export function byAddress(a: Address, b: Address): number {
  if (a.isSecondary !== b.isSecondary) return a.isSecondary ? 1 : -1;
  if (a.order !== b.order) return a.order < b.order ? -1 : 1;
  return a.text < b.text ? -1 : Number(a.text > b.text);
}

function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
