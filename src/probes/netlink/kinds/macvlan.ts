/** IFLA_MACVLAN_* and IFLA_IPVLAN_* (linux/if_link.h): several devices that share one. */
import * as z from 'zod';
import { field } from '../../../model/vocabulary.ts';
import type { Attributes } from '../../../native/attributes.ts';
import { present } from '../present.ts';
import type { KindReading, LinkKind } from './kind.ts';

const fields = {
  Mode: field(z.string(), { doc: 'How devices that share one parent reach each other.', example: 'bridge' }),
};

export const sharing: readonly LinkKind[] = [
  { name: 'macvlan', doc: 'A device with a MAC of its own on another device.', fields, read: macvlan },
  { name: 'macvtap', doc: 'A macvlan whose frames a program reads and writes.', fields, read: macvlan },
  { name: 'ipvlan', doc: 'A device with addresses of its own and the MAC of another device.', fields, read: ipvlan },
  { name: 'ipvtap', doc: 'An ipvlan whose frames a program reads and writes.', fields, read: ipvlan },
];

function macvlan(data: Attributes): KindReading {
  let mode: string | undefined;
  while (data.next()) if (data.type === 1) mode = MACVLAN_MODES.get(data.u32()) ?? data.u32().toString();
  return { metadata: present({ Mode: mode }) };
}

function ipvlan(data: Attributes): KindReading {
  let mode: string | undefined;
  while (data.next()) if (data.type === 1) mode = IPVLAN_MODES[data.u16()] ?? data.u16().toString();
  return { metadata: present({ Mode: mode }) };
}

const MACVLAN_MODES = new Map([
  [1, 'private'],
  [2, 'vepa'],
  [4, 'bridge'],
  [8, 'passthru'],
  [16, 'source'],
]);
const IPVLAN_MODES = ['l2', 'l3', 'l3s'];
