/** IFLA_VLAN_* (linux/if_link.h). */
import * as z from 'zod';
import { field } from '../../../model/vocabulary.ts';
import { present } from '../present.ts';
import type { LinkKind } from './kind.ts';

export const vlan: LinkKind = {
  name: 'vlan',
  doc: 'A VLAN on a device: frames with its tag leave and enter the device it runs on.',
  fields: {
    Vlan: field(z.int(), { doc: 'VLAN ID.', example: 100, index: true }),
    VlanProtocol: field(z.string(), { doc: 'Tag protocol: 802.1Q or 802.1ad.', example: '802.1Q' }),
  },
  read(data) {
    let id: number | undefined;
    let protocol: string | undefined;
    while (data.next()) {
      if (data.type === 1) id = data.u16();
      if (data.type === 5) protocol = vlanProtocol(data.be16());
    }
    return { metadata: present({ Vlan: id, VlanProtocol: protocol }) };
  },
};

/** By ethertype. */
export function vlanProtocol(ethertype: number): string {
  if (ethertype === 0x8100) return '802.1Q';
  return ethertype === 0x88a8 ? '802.1ad' : `0x${ethertype.toString(16).padStart(4, '0')}`;
}
