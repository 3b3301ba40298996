/** What is asked of nftables (linux/netfilter/nf_tables.h, net/netfilter/nf_tables_api.c). */
import { MessageBuilder, NLM_F } from '../../native/nlmsg.ts';

export const NETLINK_NETFILTER = 12;

/** NFNLGRP_NFTABLES (linux/netfilter/nfnetlink.h). */
export const GROUPS: readonly number[] = [7];

const SUBSYSTEM = 10 << 8;
export const NFT = {
  table: SUBSYSTEM,
  getTable: SUBSYSTEM | 1,
  tableGone: SUBSYSTEM | 2,
  chain: SUBSYSTEM | 3,
  getChain: SUBSYSTEM | 4,
  chainGone: SUBSYSTEM | 5,
  rule: SUBSYSTEM | 6,
  getRule: SUBSYSTEM | 7,
  ruleGone: SUBSYSTEM | 8,
  set: SUBSYSTEM | 9,
  getSet: SUBSYSTEM | 10,
  setGone: SUBSYSTEM | 11,
  elements: SUBSYSTEM | 12,
  getElements: SUBSYSTEM | 13,
  elementsGone: SUBSYSTEM | 14,
  generation: SUBSYSTEM | 15,
  getGeneration: SUBSYSTEM | 16,
} as const;

export const NFTA_TABLE = { name: 1, flags: 2, handle: 4 } as const;
export const NFTA_CHAIN = { table: 1, handle: 2, name: 3, hook: 4, policy: 5, type: 7, flags: 10 } as const;
export const NFTA_HOOK = { number: 1, priority: 2, device: 3, devices: 4 } as const;
export const NFTA_RULE = { table: 1, chain: 2, handle: 3, expressions: 4, userdata: 7 } as const;
export const NFTA_SET = {
  ...{ table: 1, name: 2, flags: 3, keyType: 4, keyLength: 5, dataType: 6, dataLength: 7 },
} as const;
export const NFTA_ELEMENTS = { table: 1, set: 2, elements: 3 } as const;
export const NFTA_ELEMENT = { key: 1, data: 2, flags: 3, timeout: 4, keyEnd: 10 } as const;
export const NFTA_GENERATION = { id: 1 } as const;

/** enum nft_set_flags. */
export const SET_FLAG = {
  ...{ anonymous: 0x1, constant: 0x2, interval: 0x4, map: 0x8, timeout: 0x10, dynamic: 0x20, object: 0x40 },
} as const;

/** NFT_TABLE_F_DORMANT: its chains are not asked. */
export const DORMANT = 0x1;

/** Of a chain or a set. */
export interface Place {
  readonly family: number;
  readonly table: string;
  readonly name: string;
}

/** No name has a NUL in it. */
export function placeKey({ family, table, name }: Place): string {
  return `${family}\0${table}\0${name}`;
}

/** Size of struct nfgenmsg. */
export const NFGEN_SIZE = 4;

/** All of one kind, of every family. */
export function dumpOf(type: number): Uint8Array {
  return new MessageBuilder(type, NLM_F.request | NLM_F.dump).fixed(new Uint8Array(NFGEN_SIZE)).build();
}

export function rulesDump(chain: Place): Uint8Array {
  return new MessageBuilder(NFT.getRule, NLM_F.request | NLM_F.dump)
    .fixed(new Uint8Array([chain.family, 0, 0, 0]))
    .string(NFTA_RULE.table, chain.table)
    .string(NFTA_RULE.chain, chain.name)
    .build();
}

export function elementsDump(set: Place): Uint8Array {
  return new MessageBuilder(NFT.getElements, NLM_F.request | NLM_F.dump)
    .fixed(new Uint8Array([set.family, 0, 0, 0]))
    .string(NFTA_ELEMENTS.table, set.table)
    .string(NFTA_ELEMENTS.set, set.name)
    .build();
}

export function generationRequest(): Uint8Array {
  return new MessageBuilder(NFT.getGeneration, NLM_F.request).fixed(new Uint8Array(NFGEN_SIZE)).build();
}
