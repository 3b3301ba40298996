/** IFLA_BOND_* (linux/if_link.h, Documentation/networking/bonding.rst). */
import * as z from 'zod';
import { field } from '../../../model/vocabulary.ts';
import type { Attributes } from '../../../native/attributes.ts';
import { ipText, macText } from '../../../std/addresstext.ts';
import { present } from '../present.ts';
import type { LinkKind } from './kind.ts';

export const bond: LinkKind = {
  name: 'bond',
  doc: 'Several devices used as one: for more bandwidth, or so that one may fail.',
  fields: {
    BondMode: field(z.string(), { doc: 'How frames are spread over the slaves.', example: '802.3ad' }),
    Bond: field(
      z.strictObject({
        ActiveSlave: z.int().optional(),
        Primary: z.int().optional(),
        Miimon: z.int().optional(),
        UpDelay: z.int().optional(),
        DownDelay: z.int().optional(),
        ArpInterval: z.int().optional(),
        ArpIPTargets: z.array(z.string()).optional(),
        XmitHashPolicy: z.string().optional(),
        MinLinks: z.int().optional(),
        LacpRate: z.string().optional(),
        AdSelect: z.string().optional(),
        AdInfo: z
          .strictObject({
            AggregatorId: z.int().optional(),
            NumPorts: z.int().optional(),
            ActorKey: z.int().optional(),
            PartnerKey: z.int().optional(),
            PartnerMAC: z.string().optional(),
          })
          .optional(),
      }),
      {
        doc: 'Settings and LACP state of a bond; times in ms, slaves by ifindex.',
        example: { ActiveSlave: 3, Miimon: 100, XmitHashPolicy: 'layer3+4' },
      },
    ),
  },
  read(data) {
    let mode: string | undefined;
    const bond: Record<string, ReturnType<typeof present>[string]> = {};
    while (data.next()) {
      switch (data.type) {
        case 1:
          mode = MODES[data.u8()] ?? data.u8().toString();
          break;
        case 2:
          bond.ActiveSlave = data.u32();
          break;
        case 3:
          bond.Miimon = data.u32();
          break;
        case 4:
          bond.UpDelay = data.u32();
          break;
        case 5:
          bond.DownDelay = data.u32();
          break;
        case 7:
          bond.ArpInterval = data.u32();
          break;
        case 8:
          bond.ArpIPTargets = addresses(data.nested());
          break;
        case 11:
          bond.Primary = data.u32();
          break;
        case 14:
          bond.XmitHashPolicy = HASH_POLICIES[data.u8()] ?? data.u8().toString();
          break;
        case 18:
          bond.MinLinks = data.u32();
          break;
        case 21:
          bond.LacpRate = data.u8() === 0 ? 'slow' : 'fast';
          break;
        case 22:
          bond.AdSelect = AD_SELECT[data.u8()] ?? data.u8().toString();
          break;
        case 23:
          bond.AdInfo = adInfo(data.nested());
          break;
      }
    }
    return { metadata: present({ BondMode: mode, Bond: bond }) };
  },
};

function addresses(list: Attributes): string[] {
  const targets: string[] = [];
  while (list.next()) targets.push(ipText(list.bytes()));
  return targets;
}

/** IFLA_BOND_AD_INFO_*. */
function adInfo(info: Attributes): ReturnType<typeof present> {
  const said: Record<string, string | number> = {};
  while (info.next()) {
    if (info.type === 1) said.AggregatorId = info.u16();
    if (info.type === 2) said.NumPorts = info.u16();
    if (info.type === 3) said.ActorKey = info.u16();
    if (info.type === 4) said.PartnerKey = info.u16();
    if (info.type === 5) said.PartnerMAC = macText(info.bytes());
  }
  return said;
}

const MODES = ['balance-rr', 'active-backup', 'balance-xor', 'broadcast', '802.3ad', 'balance-tlb', 'balance-alb'];
const HASH_POLICIES = ['layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4', 'vlan+srcmac'];
const AD_SELECT = ['stable', 'bandwidth', 'count'];
