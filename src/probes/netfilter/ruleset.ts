/** Tables, chains, rules and sets of one namespace as the kernel tells them. Nothing here throws on bytes from outside. */
import { Attributes } from '../../native/attributes.ts';
import { messages } from '../../native/nlmsg.ts';
import {
  DORMANT,
  NFGEN_SIZE,
  NFT,
  NFTA_CHAIN,
  NFTA_ELEMENT,
  NFTA_ELEMENTS,
  NFTA_GENERATION,
  NFTA_HOOK,
  NFTA_RULE,
  NFTA_SET,
  NFTA_TABLE,
  SET_FLAG,
} from './nftnetlink.ts';

export interface RawTable {
  /** NFPROTO_…: see FAMILIES. */
  readonly family: number;
  readonly name: string;
  readonly isDormant: boolean;
  /** Another one for each that was ever made. */
  readonly handle: number;
}

export interface RawChain {
  readonly family: number;
  readonly table: string;
  readonly name: string;
  /** Undefined of one that is only jumped to. */
  readonly hook: number | undefined;
  readonly priority: number;
  readonly devices: readonly string[];
  /** NF_DROP or NF_ACCEPT. */
  readonly policy: number;
  /** filter, nat, route. */
  readonly type: string;
}

export interface RawRule {
  readonly family: number;
  readonly table: string;
  readonly chain: string;
  /** Another one for each that was ever in the table, so that the same is always of the same rule. */
  readonly handle: number;
  readonly expressions: Uint8Array;
  readonly comment: string;
}

export interface RawSet {
  readonly family: number;
  readonly table: string;
  readonly name: string;
  readonly flags: number;
  readonly keyType: number;
  readonly keyLength: number;
  readonly dataType: number;
  readonly elements: RawElement[];
  /** There are more than are read. */
  isCut: boolean;
  /** When its elements were read last, monotonic ms. */
  readAtMs: number;
}

/** Each of their elements would be a change of the graph, made by whoever sends packets. */
export function isFilledByPackets({ flags }: RawSet): boolean {
  return (flags & SET_FLAG.dynamic) !== 0;
}

/** Someone puts them there for a time; that it is over nobody tells. */
export function endByThemselves({ flags }: RawSet): boolean {
  return (flags & (SET_FLAG.timeout | SET_FLAG.dynamic)) === SET_FLAG.timeout;
}

export interface RawElement {
  readonly key: Uint8Array;
  /** Of ranges of several keys: where it ends, inclusive. */
  readonly keyEnd: Uint8Array | undefined;
  readonly data: Uint8Array | undefined;
  readonly verdict: Verdict | undefined;
  readonly flags: number;
}

export interface Verdict {
  /** NF_DROP 0, NF_ACCEPT 1, NFT_CONTINUE -1 … NFT_RETURN -5. */
  readonly code: number;
  readonly chain: string;
}

export const ELEMENT_FLAG = { intervalEnd: 1, catchAll: 2 } as const;

export function readTables(batches: readonly Uint8Array[]): RawTable[] {
  return [...each(batches, NFT.table)].map(([family, attributes]) => {
    let [name, flags, handle] = ['', 0, 0];
    while (attributes.next()) {
      if (attributes.type === NFTA_TABLE.name) name = attributes.text();
      if (attributes.type === NFTA_TABLE.flags) flags = attributes.be32();
      if (attributes.type === NFTA_TABLE.handle) handle = be64(attributes);
    }
    return { family, name, handle, isDormant: (flags & DORMANT) !== 0 };
  });
}

export function readChains(batches: readonly Uint8Array[]): RawChain[] {
  return [...each(batches, NFT.chain)].map(([family, attributes]) => {
    let [table, name, type, policy, priority] = ['', '', '', 1, 0];
    let hook: number | undefined;
    let devices: string[] = [];
    while (attributes.next())
      switch (attributes.type) {
        case NFTA_CHAIN.table:
          table = attributes.text();
          break;
        case NFTA_CHAIN.name:
          name = attributes.text();
          break;
        case NFTA_CHAIN.type:
          type = attributes.text();
          break;
        case NFTA_CHAIN.policy:
          policy = attributes.be32();
          break;
        case NFTA_CHAIN.hook:
          ({ hook, priority, devices } = readHook(attributes.nested()));
      }
    return { family, table, name, hook, priority, devices, policy, type };
  });
}

function readHook(attributes: Attributes): { hook: number; priority: number; devices: string[] } {
  let [hook, priority] = [0, 0];
  const devices: string[] = [];
  while (attributes.next()) {
    if (attributes.type === NFTA_HOOK.number) hook = attributes.be32();
    if (attributes.type === NFTA_HOOK.priority) priority = attributes.be32() | 0;
    if (attributes.type === NFTA_HOOK.device && devices.length === 0) devices.push(attributes.text());
    if (attributes.type !== NFTA_HOOK.devices) continue;
    const inside = attributes.nested();
    devices.length = 0;
    while (inside.next()) devices.push(inside.text());
  }
  return { hook, priority, devices };
}

export function* readRules(batches: readonly Uint8Array[]): Generator<RawRule> {
  for (const [family, attributes] of each(batches, NFT.rule)) {
    let [table, chain, comment] = ['', '', ''];
    let handle = 0;
    let expressions = new Uint8Array();
    while (attributes.next())
      switch (attributes.type) {
        case NFTA_RULE.table:
          table = attributes.text();
          break;
        case NFTA_RULE.chain:
          chain = attributes.text();
          break;
        case NFTA_RULE.handle:
          handle = be64(attributes);
          break;
        case NFTA_RULE.expressions:
          expressions = attributes.bytes().slice();
          break;
        case NFTA_RULE.userdata:
          comment = commentOf(attributes.bytes());
      }
    yield { family, table, chain, handle, expressions, comment };
  }
}

/** Types, lengths and values of a byte each (libnftnl, udata.h): the comment is of type 0. */
function commentOf(bytes: Uint8Array): string {
  for (let at = 0; at + 2 <= bytes.length; at += 2 + (bytes[at + 1] as number)) {
    if (bytes[at] !== 0) continue;
    const text = new TextDecoder().decode(bytes.subarray(at + 2, at + 2 + (bytes[at + 1] as number)));
    return text.replace(/\0.*$/s, '');
  }
  return '';
}

export function readSets(batches: readonly Uint8Array[]): RawSet[] {
  return [...each(batches, NFT.set)].map(([family, attributes]) => {
    let [table, name] = ['', ''];
    let [flags, keyType, keyLength, dataType] = [0, 0, 0, 0];
    while (attributes.next())
      switch (attributes.type) {
        case NFTA_SET.table:
          table = attributes.text();
          break;
        case NFTA_SET.name:
          name = attributes.text();
          break;
        case NFTA_SET.flags:
          flags = attributes.be32();
          break;
        case NFTA_SET.keyType:
          keyType = attributes.be32();
          break;
        case NFTA_SET.keyLength:
          keyLength = attributes.be32();
          break;
        case NFTA_SET.dataType:
          dataType = attributes.be32();
      }
    return { family, table, name, flags, keyType, keyLength, dataType, elements: [], isCut: false, readAtMs: 0 };
  });
}

/** Of a batch of a dump; in the order they are told, which says nothing. */
export function* readElements(batch: Uint8Array): Generator<RawElement> {
  for (const [, attributes] of each([batch], NFT.elements))
    while (attributes.next()) {
      if (attributes.type !== NFTA_ELEMENTS.elements) continue;
      const list = attributes.nested();
      while (list.next()) yield readElement(list.nested());
    }
}

function readElement(attributes: Attributes): RawElement {
  let key = new Uint8Array();
  let keyEnd: Uint8Array | undefined;
  let flags = 0;
  let data: { value: Uint8Array | undefined; verdict: Verdict | undefined } | undefined;
  while (attributes.next())
    switch (attributes.type) {
      case NFTA_ELEMENT.key:
        key = readData(attributes.nested()).value?.slice() ?? key;
        break;
      case NFTA_ELEMENT.keyEnd:
        keyEnd = readData(attributes.nested()).value?.slice();
        break;
      case NFTA_ELEMENT.data:
        data = readData(attributes.nested());
        break;
      case NFTA_ELEMENT.flags:
        flags = attributes.be32();
    }
  return { key, keyEnd, flags, data: data?.value?.slice(), verdict: data?.verdict };
}

/** NFTA_DATA_VALUE or NFTA_DATA_VERDICT. */
export function readData(attributes: Attributes): { value: Uint8Array | undefined; verdict: Verdict | undefined } {
  let value: Uint8Array | undefined;
  let verdict: Verdict | undefined;
  while (attributes.next()) {
    if (attributes.type === 1) value = attributes.bytes();
    if (attributes.type !== 2) continue;
    const inside = attributes.nested();
    let [code, chain] = [0, ''];
    while (inside.next()) {
      if (inside.type === 1) code = inside.be32() | 0;
      if (inside.type === 2) chain = inside.text();
    }
    verdict = { code, chain };
  }
  return { value, verdict };
}

export function readGeneration(answers: readonly Uint8Array[]): number {
  for (const [, attributes] of each(answers, NFT.generation))
    while (attributes.next()) if (attributes.type === NFTA_GENERATION.id) return attributes.be32();
  return 0;
}

function* each(batches: readonly Uint8Array[], type: number): Generator<[family: number, Attributes]> {
  for (const batch of batches)
    for (const message of messages(batch)) {
      const { payload } = message;
      if (message.type === type && payload.length >= NFGEN_SIZE)
        yield [payload[0] as number, new Attributes(payload, NFGEN_SIZE)];
    }
}

export function be64(attributes: Attributes): number {
  return attributes.be32() * 2 ** 32 + attributes.be32(4);
}
