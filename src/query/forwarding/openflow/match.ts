/** Whether a packet meets what a rule asks, in the words of ovs-ofctl(8): `ip,in_port=1,nw_dst=10.0.0.0/24`. */
import { allOnes, ctBits, type FieldKind, fieldKind, fieldMask, fieldValue } from './fields.ts';
import { type Fields, readField, TAGGED } from './state.ts';

export type Meets = 'yes' | 'no' | { readonly depends: string };

interface Condition {
  readonly text: string;
  /** Undefined: it is not understood here. */
  readonly test: ((fields: Fields) => boolean | undefined) | undefined;
}

export type Match = readonly Condition[];

export function parseMatch(text: string): Match {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && !part.startsWith('priority='))
    .flatMap(conditionsOf);
}

/** What certainly fails fails, whatever is not known besides. */
export function meets(match: Match, fields: Fields): Meets {
  let depends: string | undefined;
  for (const { text, test } of match) {
    const isMet = test?.(fields);
    if (isMet === false) return 'no';
    if (isMet === undefined) depends ??= text;
  }
  return depends === undefined ? 'yes' : { depends };
}

function conditionsOf(text: string): Condition[] {
  const known = shorthands.get(text);
  if (known) return known.map(([name, value]) => ({ text, test: equal({ name, bits: 16 }, value, allOnes(16)) }));
  const [key = '', value = ''] = text.split(/=(.*)/s);
  return [{ text, test: testOf(key, value) }];
}

function testOf(key: string, value: string): Condition['test'] {
  if (key === 'dl_vlan') return vlanTest(Number(value));
  if (key === 'vlan_vid') return oxmVlanTest(value);
  if (key === 'dl_vlan_pcp') return () => undefined;
  if (key === 'ct_state' && /^([+-]\w+)+$/.test(value)) return connectionTest(value);
  // Fragments are nothing that a path is asked for: whole packets.
  if (key === 'nw_frag' || key === 'ip_frag') return () => value === 'no' || value === 'not_later';
  if (key === 'packet_type') return undefined;
  const kind = fieldKind(key);
  if (kind === undefined) return undefined;
  if (kind.name === 'tcp_flags' && /^([+-]\w+)+$/.test(value)) return undefined;
  const [of = '', masked] = value.split('/');
  const wanted = fieldValue(kind, of);
  const mask = masked === undefined ? allOnes(kind.bits) : fieldMask(kind, masked);
  return wanted === undefined || mask === undefined ? undefined : equal(kind, wanted, mask);
}

function equal(kind: FieldKind, wanted: bigint, mask: bigint): Condition['test'] {
  return (fields) => {
    const value = readField(fields, kind);
    return value === undefined ? undefined : (value & mask) === (wanted & mask);
  };
}

/** 0xffff: without a tag (OpenFlow 1.0). */
function vlanTest(vlan: number): Condition['test'] {
  return (fields) => {
    const tci = readField(fields, tciKind);
    if (tci === undefined) return undefined;
    return vlan === 0xffff ? tci === 0n : (tci & TAGGED) !== 0n && Number(tci & 0xfffn) === vlan;
  };
}

/** 0x1000/0x1000 any tag, 0 none (OpenFlow 1.2). */
function oxmVlanTest(text: string): Condition['test'] {
  const [of = '', masked] = text.split('/');
  const wanted = fieldValue(tciKind, of);
  const mask = masked === undefined ? 0x1fffn : fieldValue(tciKind, masked);
  return wanted === undefined || mask === undefined ? undefined : equal(tciKind, wanted, mask & 0x1fffn);
}

function connectionTest(text: string): Condition['test'] {
  let wanted = 0n;
  let mask = 0n;
  for (const [, sign, flag = ''] of text.matchAll(/([+-])(\w+)/g)) {
    const bit = ctBits.get(flag);
    if (bit === undefined) return undefined;
    mask |= bit;
    if (sign === '+') wanted |= bit;
  }
  return equal({ name: 'ct_state', bits: 32 }, wanted, mask);
}

const tciKind: FieldKind = { name: 'vlan_tci', bits: 16 };

const [IP, IPV6, ARP] = [0x800n, 0x86ddn, 0x806n];
const shorthands = new Map<string, readonly (readonly [string, bigint])[]>([
  ['ip', [['dl_type', IP]]],
  ['ipv6', [['dl_type', IPV6]]],
  ['arp', [['dl_type', ARP]]],
  ['rarp', [['dl_type', 0x8035n]]],
  ['mpls', [['dl_type', 0x8847n]]],
  ['mplsm', [['dl_type', 0x8848n]]],
  ...(
    [
      ['icmp', IP, 1n],
      ['tcp', IP, 6n],
      ['udp', IP, 17n],
      ['sctp', IP, 132n],
      ['icmp6', IPV6, 58n],
      ['tcp6', IPV6, 6n],
      ['udp6', IPV6, 17n],
      ['sctp6', IPV6, 132n],
    ] as const
  ).map(
    ([name, type, protocol]) =>
      [
        name,
        [
          ['dl_type', type],
          ['nw_proto', protocol],
        ],
      ] as const,
  ),
]);
