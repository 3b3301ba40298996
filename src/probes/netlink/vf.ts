/** IFLA_VFINFO_LIST: what the driver of an SR-IOV device says of its virtual functions (linux/if_link.h). */
import * as z from 'zod';
import type { Metadata } from '../../graph/element.ts';
import { field } from '../../model/vocabulary.ts';
import type { Attributes } from '../../native/attributes.ts';
import { macText } from '../../std/addresstext.ts';
import { vlanProtocol } from './kinds/vlan.ts';

export const vfFields = {
  Vfs: field(
    z.array(
      z.strictObject({
        ID: z.int(),
        LinkState: z.int().optional(),
        MAC: z.string().optional(),
        Qos: z.int().optional(),
        Spoofchk: z.boolean().optional(),
        Trust: z.boolean().optional(),
        TxRate: z.int().optional(),
        MinTxRate: z.int().optional(),
        MaxTxRate: z.int().optional(),
        Vlan: z.int().optional(),
        VlanProtocol: z.string().optional(),
      }),
    ),
    {
      doc: 'Virtual functions of an SR-IOV device; LinkState 0 follows the device, 1 is up, 2 is down; rates in Mbit/s.',
      example: [{ ID: 0, LinkState: 0, MAC: '02:fc:00:00:00:10', Qos: 0, Spoofchk: true, TxRate: 0, Vlan: 100 }],
    },
  ),
  VfID: field(z.int(), { doc: 'Which virtual function of its device this is.', example: 0 }),
};

/** A kernel says at most 256 per device; more is not believed. */
const VFS_MAX = 4096;

/** `mac`: how many of the 32 bytes kept for a MAC the device uses. */
export function vfList(list: Attributes, mac: number): Metadata[] {
  const vfs: Metadata[] = [];
  while (list.next() && vfs.length < VFS_MAX) if (list.type === 1) vfs.push(vf(list.nested(), mac));
  return vfs;
}

/** IFLA_VF_*: structs that begin with the number of the function. */
function vf(info: Attributes, mac: number): Metadata {
  const vf: Record<string, string | number | boolean> = { ID: 0 };
  while (info.next()) {
    switch (info.type) {
      case 1:
        vf.ID = info.u32();
        vf.MAC = macText(info.bytes(4, mac));
        break;
      case 2:
        vf.ID = info.u32();
        vf.Vlan = info.u32(4);
        vf.Qos = info.u32(8);
        break;
      case 3:
        vf.TxRate = info.u32(4);
        break;
      // -1 of a driver that has no such setting.
      case 4:
        if (info.i32(4) >= 0) vf.Spoofchk = info.u32(4) !== 0;
        break;
      case 5:
        vf.LinkState = info.u32(4);
        break;
      case 6:
        vf.MinTxRate = info.u32(4);
        vf.MaxTxRate = info.u32(8);
        break;
      case 9:
        if (info.i32(4) >= 0) vf.Trust = info.u32(4) !== 0;
        break;
      case 12: {
        const vlans = info.nested();
        while (vlans.next()) if (vlans.type === 1 && vlans.u32(4) !== 0) vf.VlanProtocol = vlanProtocol(vlans.be16(12));
        break;
      }
    }
  }
  return vf;
}
