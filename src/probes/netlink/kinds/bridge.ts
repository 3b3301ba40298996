/** IFLA_BR_* (linux/if_link.h). Timers and counts that tick by themselves are left out: they would be versions. */
import * as z from 'zod';
import { field } from '../../../model/vocabulary.ts';
import { macText } from '../../../std/addresstext.ts';
import { present } from '../present.ts';
import type { LinkKind } from './kind.ts';
import { vlanProtocol } from './vlan.ts';

export const bridge: LinkKind = {
  name: 'bridge',
  doc: 'A Linux bridge: its ports are its slaves.',
  fields: {
    Bridge: field(
      z.strictObject({
        ID: z.string().optional(),
        RootID: z.string().optional(),
        RootPort: z.int().optional(),
        RootPathCost: z.int().optional(),
        STP: z.boolean().optional(),
        Priority: z.int().optional(),
        ForwardDelay: z.number().optional(),
        HelloTime: z.number().optional(),
        MaxAge: z.number().optional(),
        AgeingTime: z.number().optional(),
        VlanFiltering: z.boolean().optional(),
        VlanProtocol: z.string().optional(),
        DefaultVlan: z.int().optional(),
        McastSnooping: z.boolean().optional(),
        McastQuerier: z.boolean().optional(),
        GroupFwdMask: z.int().optional(),
      }),
      {
        doc: 'Settings and spanning tree state of a bridge; times in seconds.',
        example: { ID: '8000.1ad8adc840b7', STP: false, AgeingTime: 300 },
      },
    ),
  },
  read(data) {
    const bridge: Record<string, string | number | boolean> = {};
    while (data.next()) {
      switch (data.type) {
        case 1:
          bridge.ForwardDelay = seconds(data.u32());
          break;
        case 2:
          bridge.HelloTime = seconds(data.u32());
          break;
        case 3:
          bridge.MaxAge = seconds(data.u32());
          break;
        case 4:
          bridge.AgeingTime = seconds(data.u32());
          break;
        case 5:
          bridge.STP = data.u32() !== 0;
          break;
        case 6:
          bridge.Priority = data.u16();
          break;
        case 7:
          bridge.VlanFiltering = data.u8() !== 0;
          break;
        case 8:
          bridge.VlanProtocol = vlanProtocol(data.be16());
          break;
        case 9:
          bridge.GroupFwdMask = data.u16();
          break;
        case 10:
          bridge.RootID = bridgeId(data.bytes());
          break;
        case 11:
          bridge.ID = bridgeId(data.bytes());
          break;
        case 12:
          bridge.RootPort = data.u16();
          break;
        case 13:
          bridge.RootPathCost = data.u32();
          break;
        case 23:
          bridge.McastSnooping = data.u8() !== 0;
          break;
        case 25:
          bridge.McastQuerier = data.u8() !== 0;
          break;
        case 39:
          bridge.DefaultVlan = data.u16();
          break;
      }
    }
    return { metadata: present({ Bridge: bridge }) };
  },
};

/** struct ifla_bridge_id as `ip` writes it: priority in hex, then the MAC. */
export function bridgeId(bytes: Uint8Array): string {
  const hex = macText(bytes).replaceAll(':', '');
  return `${hex.slice(0, 4)}.${hex.slice(4)}`;
}

/** From hundredths, USER_HZ. */
function seconds(clock: number): number {
  return clock / 100;
}
