/** Networks that have room for two ends alone: /31 and /127 (RFC 3021, RFC 6164), /30 and /126. */
import { BlockList } from 'node:net';
import { parseAddress } from '../../std/address.ts';
import { groupsOf } from '../../std/addresstext.ts';

/** What is the same on every host leads nowhere. */
const everywhere = new BlockList();
everywhere.addSubnet('127.0.0.0', 8, 'ipv4');
everywhere.addSubnet('169.254.0.0', 16, 'ipv4');
everywhere.addSubnet('::1', 128, 'ipv6');
everywhere.addSubnet('fe80::', 10, 'ipv6');

/** `10.0.0.1/30` → `10.0.0.0/30`; undefined for any other network, and for what is no address of one end. */
export function networkOf(text: string): string | undefined {
  const [, address = '', digits] = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(text) ?? [];
  const bytes = parseAddress(address)?.bytes;
  if (!bytes) return undefined;
  const host = bytes.length * 8 - Number(digits);
  if (host !== 1 && host !== 2) return undefined;
  if (everywhere.check(address, bytes.length === 16 ? 'ipv6' : 'ipv4')) return undefined;
  const last = bytes.at(-1) as number;
  const end = last & ((1 << host) - 1);
  // Of four addresses the first is the network; the last is the broadcast of IPv4.
  if (host === 2 && (end === 0 || (end === 3 && bytes.length === 4))) return undefined;
  const network = bytes.with(-1, last - end);
  return `${bytes.length === 4 ? network.join('.') : hex(network)}/${digits}`;
}

function hex(bytes: Uint8Array): string {
  return groupsOf(bytes)
    .map((group) => group.toString(16))
    .join(':');
}
