/**
 * Matches and targets of iptables in rules of nftables, which iptables-nft puts there (net/netfilter/nft_compat.c): the
 * structs of the common ones (linux/netfilter/xt_*.h). Numbers are in the byte order of the machine unless said.
 */
import { Attributes } from '../../native/attributes.ts';
import { ipText } from '../../std/addresstext.ts';
import type { Action, Said } from './clause.ts';
import { REJECT_CODES } from './names.ts';
import { valueText } from './values.ts';

export function xtMatch(name: string, revision: number, info: Uint8Array, family: string): Said[] {
  const at = Attributes.struct(info);
  switch (name) {
    case 'comment':
      return [{ clause: { Do: 'comment', Value: at.text() }, text: '' }];
    case 'tcp':
      return [...ports('tcp', at, at.u8(11)), ...flags(at)];
    case 'udp':
      return ports('udp', at, at.u8(8));
    case 'multiport':
      return multiport(at);
    case 'conntrack':
      return revision === 0 ? unknownMatch(name) : conntrack(at, revision);
    case 'state':
      return state(at.u32(), false);
    case 'addrtype':
      return revision === 1 ? addrtype(at) : unknownMatch(name);
    case 'mark':
      return revision === 1 ? [mark('meta mark', at)] : unknownMatch(name);
    case 'icmp':
    case 'icmp6':
      return icmp(at, family === 'ip6' ? 'icmpv6' : 'icmp');
    case 'limit':
      return [{ clause: { Do: 'limit' }, text: 'xt match limit' }];
    default:
      return unknownMatch(name);
  }
}

export function xtTarget(
  name: string,
  revision: number,
  info: Uint8Array,
  family: string,
): { clause: Action; text: string } {
  const at = Attributes.struct(info);
  const range = natRange(at, revision, name, family);
  switch (name) {
    case 'MASQUERADE':
      return translated('masquerade', { Port: range.port });
    case 'REDIRECT':
      return translated('redirect', { Port: range.port });
    case 'DNAT':
    case 'SNAT':
      return translated(name.toLowerCase(), { Address: range.address, Port: range.port });
    case 'REJECT':
      return rejected(at.u32(), family);
    case 'LOG': {
      const prefix = Attributes.struct(info.subarray(2)).text();
      return { clause: { Do: 'log' }, text: prefix === '' ? 'log' : `log prefix "${prefix}"` };
    }
    case 'MARK':
      return revision === 2
        ? setMark(at.u32(), at.u32(4))
        : { clause: { Do: `xt ${name}` }, text: `xt target "${name}"` };
    default:
      return { clause: { Do: `xt ${name}` }, text: `xt target "${name}"` };
  }
}

function unknownMatch(name: string): Said[] {
  return [{ clause: { Key: `xt ${name}`, Op: '==' }, text: `xt match "${name}"` }];
}

const ALL_PORTS = 65_535;

/** struct xt_tcp and xt_udp begin alike: two ranges of ports. */
function ports(protocol: string, at: Attributes, inverse: number): Said[] {
  const one = (name: string, offset: number, bit: number): Said[] => {
    const [from, to] = [at.u16(offset), at.u16(offset + 2)];
    if (from === 0 && to === ALL_PORTS) return [];
    const value = from === to ? `${from}` : `${from}-${to}`;
    const isInverse = (inverse & bit) !== 0;
    const key = `${protocol} ${name}`;
    return [
      {
        clause: { Key: key, Op: isInverse ? '!=' : '==', Values: [value] },
        text: `${key} ${isInverse ? '!= ' : ''}${value}`,
      },
    ];
  };
  return [...one('sport', 0, 1), ...one('dport', 4, 2)];
}

/** option, flg_mask, flg_cmp, invflags of struct xt_tcp. */
function flags(at: Attributes): Said[] {
  const [option, mask, value, inverse] = [at.u8(8), at.u8(9), at.u8(10), at.u8(11)];
  const said: Said[] = option === 0 ? [] : unknownMatch('tcp option');
  if (mask === 0) return said;
  const text = (bits: number) => valueText('tcp flags', new Uint8Array([bits]));
  const op = (inverse & 4) !== 0 ? '!=' : '==';
  const clause = { Key: 'tcp flags', Op: op, Values: [text(value)], Mask: text(mask) } as const;
  return [...said, { clause, text: `tcp flags ${op === '==' ? '' : '!= '}${text(value)} / ${text(mask)}` }];
}

/** struct xt_multiport_v1. */
function multiport(at: Attributes): Said[] {
  const values: string[] = [];
  const count = Math.min(at.u8(1), 15);
  for (let index = 0; index < count; index++) {
    const from = at.u16(2 + index * 2);
    if (at.u8(32 + index) === 0) values.push(`${from}`);
    else values.push(`${from}-${at.u16(2 + ++index * 2)}`);
  }
  const key = ['th sport', 'th dport'][at.u8(0)] ?? 'xt multiport';
  const isInverse = at.u8(47) !== 0;
  const clause = { Key: key, Op: isInverse ? '!=' : '==', Values: values } as const;
  return [{ clause, text: `${key} ${isInverse ? '!= ' : ''}{ ${values.join(', ')} }` }];
}

/** struct xt_conntrack_mtinfo1 to 3: its state alone, unless it asks for more. */
function conntrack(at: Attributes, revision: number): Said[] {
  const wide = revision === 1 ? 1 : 2;
  const [matched, inverse] = [at.u16(146), at.u16(148)];
  const states = wide === 2 ? at.u16(150) : at.u8(150);
  const said = (matched & XT_CONNTRACK_STATE) === 0 ? [] : state(states, (inverse & XT_CONNTRACK_STATE) !== 0);
  return (matched & ~XT_CONNTRACK_STATE) === 0 ? said : [...said, ...unknownMatch('conntrack')];
}

const XT_CONNTRACK_STATE = 1;

/** XT_CONNTRACK_STATE_BIT(): invalid 1, established 2, related 4, new 8, snat 64, dnat 128, untracked 256. */
function state(bits: number, isInverse: boolean): Said[] {
  const names = STATES.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name);
  const clause = { Key: 'ct state', Op: isInverse ? 'none' : 'any', Values: names } as const;
  const said: Said = { clause, text: `ct state ${isInverse ? '! ' : ''}${names.join(',')}` };
  return (bits & 0xc0) === 0 ? [said] : unknownMatch('conntrack');
}

const STATES: readonly (readonly [number, string])[] = [
  [1, 'invalid'],
  [4, 'related'],
  [2, 'established'],
  [8, 'new'],
  [256, 'untracked'],
];

/** struct xt_addrtype_info_v1. */
function addrtype(at: Attributes): Said[] {
  const bits = at.u32(4);
  const one = (key: string, mask: number, isInverse: boolean): Said[] => {
    if (mask === 0) return [];
    const values = TYPES.filter((_, type) => (mask & (1 << type)) !== 0);
    const clause = { Key: key, Op: isInverse ? '!=' : '==', Values: values } as const;
    const written = values.length === 1 ? values[0] : `{ ${values.join(', ')} }`;
    return [{ clause, text: `${key} ${isInverse ? '!= ' : ''}${written}` }];
  };
  const by = (bits & 4) !== 0 ? ' . iif' : (bits & 8) !== 0 ? ' . oif' : '';
  return [
    ...one(`fib saddr${by} type`, at.u16(0), (bits & 1) !== 0),
    ...one(`fib daddr${by} type`, at.u16(2), (bits & 2) !== 0),
  ];
}

const TYPES = [
  ...['unspec', 'unicast', 'local', 'broadcast', 'anycast', 'multicast', 'blackhole', 'unreachable', 'prohibit'],
];

/** struct xt_mark_mtinfo1. */
function mark(key: string, at: Attributes): Said {
  const [value, mask, op] = [word(at.u32()), word(at.u32(4)), at.u8(8) === 0 ? '==' : '!='] as const;
  if (mask === '0xffffffff')
    return { clause: { Key: key, Op: op, Values: [value] }, text: `${key} ${op === '==' ? '' : '!= '}${value}` };
  return { clause: { Key: key, Op: op, Values: [value], Mask: mask }, text: `${key} & ${mask} ${op} ${value}` };
}

function word(number: number): string {
  return `0x${number.toString(16).padStart(8, '0')}`;
}

/** struct ipt_icmp, ip6t_icmp: type, range of codes, invflags. */
function icmp(at: Attributes, protocol: 'icmp' | 'icmpv6'): Said[] {
  const type = at.u8();
  // iptables has it for any type.
  if (type === 0xff && protocol === 'icmp') return [];
  const op = at.u8(3) === 0 ? '==' : '!=';
  const value = valueText(`${protocol} type`, new Uint8Array([type]));
  const key = `${protocol} type`;
  const said: Said = {
    clause: { Key: key, Op: op, Values: [value] },
    text: `${key} ${op === '==' ? '' : '!= '}${value}`,
  };
  const [from, to] = [at.u8(1), at.u8(2)];
  if (from === 0 && to === 0xff) return [said];
  const code = from === to ? `${from}` : `${from}-${to}`;
  return [said, { clause: { Key: `${protocol} code`, Op: '==', Values: [code] }, text: `${protocol} code ${code}` }];
}

/**
 * struct nf_nat_ipv4_multi_range_compat (a count, then flags, two addresses, two ports) of the first revisions for
 * IPv4, else struct nf_nat_range (flags, two addresses of 16 bytes, two ports). Addresses and ports in network order.
 */
function natRange(at: Attributes, revision: number, name: string, family: string): { address?: string; port?: string } {
  const isOld = family === 'ip' && revision === 0 && name !== 'LOG';
  const base = isOld ? 4 : 0;
  const width = isOld ? 4 : 16;
  const size = family === 'ip6' ? 16 : 4;
  const bits = at.u32(base);
  const address = (offset: number) => ipText(at.bytes(offset, size));
  const [from, to] = [base + 4, base + 4 + width];
  const ports = base + 4 + 2 * width;
  const range = (a: string, b: string) => (a === b ? a : `${a}-${b}`);
  return {
    ...((bits & 1) !== 0 && { address: range(address(from), address(to)) }),
    ...((bits & 2) !== 0 && { port: range(`${at.be16(ports)}`, `${at.be16(ports + 2)}`) }),
  };
}

function translated(
  name: string,
  { Address, Port }: { Address?: string | undefined; Port?: string | undefined },
): { clause: Action; text: string } {
  const to = `${Address?.includes(':') && Port !== undefined ? `[${Address}]` : (Address ?? '')}${Port === undefined ? '' : `:${Port}`}`;
  return {
    clause: { Do: name, ...(Address !== undefined && { Address }), ...(Port !== undefined && { Port }) },
    text: to === '' ? name : `${name} to ${to}`,
  };
}

/** enum ipt_reject_with, ip6t_reject_with: in the order of which most have a code of ICMP. */
function rejected(kind: number, family: string): { clause: Action; text: string } {
  const isSix = family === 'ip6';
  if (kind === (isSix ? 6 : 7)) return { clause: { Do: 'reject', Value: 'tcp reset' }, text: 'reject with tcp reset' };
  const codes: readonly number[] = isSix ? [0, 1, 2, 3, 4] : [0, 1, 2, 3, 0, 9, 10, 0, 13];
  const protocol = isSix ? 'icmpv6' : 'icmp';
  const name = REJECT_CODES[protocol][codes[kind] ?? 0] ?? `${kind}`;
  const value = `${protocol} ${name}`;
  return {
    clause: { Do: 'reject', Value: value },
    text: name === 'port-unreachable' ? 'reject' : `reject with ${value}`,
  };
}

/** struct xt_mark_tginfo2: what is not in the mask stays. */
function setMark(value: number, mask: number): { clause: Action; text: string } {
  if (mask === 0xffff_ffff)
    return { clause: { Do: 'set', Key: 'meta mark', Value: word(value) }, text: `meta mark set ${word(value)}` };
  const kept = word(~mask >>> 0);
  return {
    clause: { Do: 'set', Key: 'meta mark', Value: word(value), Mask: kept },
    text: `meta mark set meta mark & ${kept} ^ ${word(value)}`,
  };
}
