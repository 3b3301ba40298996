/** Values as nft writes them, by the type that the key has (libnftables-json(5), nft(8) "DATA TYPES"). */

import { LITTLE } from '../../native/nlmsg.ts';
import { ipText, macText } from '../../std/addresstext.ts';
import { ICMP_TYPES, ICMPV6_TYPES, PROTOCOLS } from './names.ts';

export type DataType =
  | 'ipv4'
  | 'ipv6'
  | 'ether'
  | 'port'
  | 'protocol'
  | 'nfproto'
  | 'ethertype'
  | 'ifname'
  | 'ifindex'
  | 'mark'
  | 'ct state'
  | 'ct status'
  | 'ct direction'
  | 'tcp flags'
  | 'icmp type'
  | 'icmpv6 type'
  | 'dscp'
  | 'fib type'
  | 'packet type'
  | 'boolean'
  | 'verdict'
  /** In network byte order, and in that of the machine. */
  | 'integer'
  | 'host integer'
  /** In network byte order, as what is less or more is compared. */
  | 'ordered mark';

/** Flags: a value may have several. */
export function isFlags(type: DataType): boolean {
  return FLAGS[type] !== undefined;
}

/** Their numbers run in network byte order, so that of two values the bytes say which is less. */
export function valueText(type: DataType, bytes: Uint8Array): string {
  switch (type) {
    case 'ipv4':
    case 'ipv6':
      return bytes.length === 4 || bytes.length === 16 ? ipText(bytes) : hex(bytes);
    case 'ether':
      return macText(bytes);
    case 'ifname':
      return nameText(bytes);
    case 'mark':
      return `0x${numberOf(bytes, LITTLE).toString(16).padStart(8, '0')}`;
    case 'ordered mark':
      return `0x${numberOf(bytes, false).toString(16).padStart(8, '0')}`;
    case 'ct state':
    case 'ct status':
    case 'tcp flags':
      return flagsText(type, numberOf(bytes, type !== 'tcp flags' && LITTLE));
    case 'ifindex':
    case 'host integer':
      return bytes.length > 6 ? hex(bytes) : `${numberOf(bytes, LITTLE)}`;
    case 'boolean':
      return numberOf(bytes, LITTLE) === 0 ? 'missing' : 'exists';
    case 'port':
    case 'integer':
    case 'verdict':
      return bytes.length > 6 ? hex(bytes) : `${numberOf(bytes, false)}`;
    case 'ethertype':
      return named(type, numberOf(bytes, false)) ?? `0x${numberOf(bytes, false).toString(16).padStart(4, '0')}`;
    case 'fib type':
      return named(type, numberOf(bytes, LITTLE)) ?? `${numberOf(bytes, LITTLE)}`;
    default:
      return named(type, numberOf(bytes, false)) ?? `${numberOf(bytes, false)}`;
  }
}

/** At most six bytes. */
export function numberOf(bytes: Uint8Array, isLittle: boolean): number {
  let number = 0;
  const { length } = bytes;
  for (let at = 0; at < length; at++) number = number * 256 + (bytes[isLittle ? length - 1 - at : at] ?? 0);
  return number;
}

export function hex(bytes: Uint8Array): string {
  return `0x${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Without a NUL at its end it stands for all that begin so. */
function nameText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const name = new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  return end < 0 && bytes.length < IFNAMSIZ ? `${name}*` : name;
}

const IFNAMSIZ = 16;

function flagsText(type: DataType, number: number): string {
  const names: string[] = [];
  let rest = number;
  for (const [bit, name] of FLAGS[type] ?? [])
    if ((rest & bit) !== 0) {
      names.push(name);
      rest &= ~bit;
    }
  if (rest !== 0 || names.length === 0) names.push(`0x${rest.toString(16)}`);
  return names.join(',');
}

function named(type: DataType, number: number): string | undefined {
  return NAMES[type]?.[number];
}

const FLAGS: Partial<Readonly<Record<DataType, readonly (readonly [number, string])[]>>> = {
  // In the order nft writes them.
  'ct state': [
    [1, 'invalid'],
    [2, 'established'],
    [4, 'related'],
    [8, 'new'],
    [64, 'untracked'],
  ],
  'ct status': [
    [1, 'expected'],
    [2, 'seen-reply'],
    [4, 'assured'],
    [8, 'confirmed'],
    [16, 'snat'],
    [32, 'dnat'],
    [512, 'dying'],
  ],
  'tcp flags': [
    [1, 'fin'],
    [2, 'syn'],
    [4, 'rst'],
    [8, 'psh'],
    [16, 'ack'],
    [32, 'urg'],
    [64, 'ecn'],
    [128, 'cwr'],
  ],
};

const DSCP: Record<number, string> = { 46: 'ef', 44: 'va' };
for (let level = 0; level < 8; level++) DSCP[level * 8] = `cs${level}`;
for (let level = 1; level < 5; level++)
  for (let drop = 1; drop < 4; drop++) DSCP[level * 8 + drop * 2] = `af${level}${drop}`;

const NAMES: Partial<Readonly<Record<DataType, Readonly<Record<number, string>>>>> = {
  protocol: PROTOCOLS,
  nfproto: { 2: 'ipv4', 10: 'ipv6' },
  ethertype: { 2048: 'ip', 2054: 'arp', 34525: 'ip6', 33024: '8021q', 34984: '8021ad' },
  'ct direction': { 0: 'original', 1: 'reply' },
  'icmp type': ICMP_TYPES,
  'icmpv6 type': ICMPV6_TYPES,
  dscp: DSCP,
  // Types of routes (linux/rtnetlink.h).
  'fib type': {
    ...{ 0: 'unspec', 1: 'unicast', 2: 'local', 3: 'broadcast', 4: 'anycast', 5: 'multicast', 6: 'blackhole' },
    ...{ 7: 'unreachable', 8: 'prohibit' },
  },
  'packet type': { 0: 'host', 1: 'broadcast', 2: 'multicast', 3: 'other' },
};
