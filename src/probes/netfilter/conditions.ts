/** Conditions as nft writes them: comparisons with and without a mask, and sets. */

import { LITTLE } from '../../native/nlmsg.ts';
import type { Action, Condition, Said } from './clause.ts';
import { TRANSPORTS } from './keys.ts';
import { SET_FLAG } from './nftnetlink.ts';
import { BASE } from './payload.ts';
import type { Loaded } from './registers.ts';
import type { RawSet } from './ruleset.ts';
import { partsOf, rangeText, setValues } from './setvalues.ts';
import { hex, isFlags, numberOf, valueText } from './values.ts';

/** `to`: a range, both ends of which are part of it. */
export function compared(loaded: Loaded, op: Condition['Op'], value: Uint8Array, to?: Uint8Array): Said {
  const { key, type, mask } = loaded;
  if (mask === undefined) {
    const text = prefixed(loaded, value) ?? rangeText(type, value, to);
    return said({ Key: key, Op: op, Values: [text] });
  }
  if (key === 'ip version' || loaded.xor?.some((byte) => byte !== 0))
    return said({ Key: `${key} & ${hex(mask)} ^ ${hex(loaded.xor ?? mask)}`, Op: op, Values: [hex(value)] });
  const isZero = value.every((byte) => byte === 0);
  if (isFlags(type) && isZero && (op === '!=' || op === '=='))
    return said({ Key: key, Op: op === '!=' ? 'any' : 'none', Values: valueText(type, mask).split(',') });
  const bits = type === 'ipv4' || type === 'ipv6' ? bitsOf(mask) : undefined;
  if (bits !== undefined) return said({ Key: key, Op: op, Values: [`${valueText(type, value)}/${bits}`] });
  if (key === '@nh,8,8') return dscp(mask, op, value) ?? masked(loaded, op, value, mask);
  return masked(loaded, op, value, mask);
}

function masked({ key, type }: Loaded, op: Condition['Op'], value: Uint8Array, mask: Uint8Array): Said {
  const clause: Condition = { Key: key, Op: op, Values: [valueText(type, value)], Mask: valueText(type, mask) };
  const [given = ''] = clause.Values ?? [];
  if (type === 'tcp flags') return { clause, text: `${key} ${op === '==' ? '' : `${op} `}${given} / ${clause.Mask}` };
  return { clause, text: `${key} & ${clause.Mask} ${op} ${given}` };
}

/** The second byte of an IPv4 header: the upper six bits are the one, the lower two the other (RFC 3168). */
function dscp(mask: Uint8Array, op: Condition['Op'], value: Uint8Array): Said | undefined {
  const [bits, given] = [mask[0], value[0]];
  if (mask.length !== 1 || value.length !== 1 || given === undefined) return undefined;
  if (bits === 0xfc) return said({ Key: 'ip dscp', Op: op, Values: [valueText('dscp', new Uint8Array([given >> 2]))] });
  return bits === 3 ? said({ Key: 'ip ecn', Op: op, Values: [ECN[given & 3] as string] }) : undefined;
}

const ECN = ['not-ect', 'ect1', 'ect0', 'ce'];

/** Fewer bytes of an address than it has are a prefix. */
function prefixed({ type }: Loaded, value: Uint8Array): string | undefined {
  const size = type === 'ipv4' ? 4 : type === 'ipv6' ? 16 : 0;
  if (value.length >= size || value.length === 0) return undefined;
  const whole = new Uint8Array(size);
  whole.set(value);
  return `${valueText(type, whole)}/${value.length * 8}`;
}

/** Undefined where it is no prefix. */
function bitsOf(mask: Uint8Array): number | undefined {
  const text = [...mask].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const [, ones] = /^(1*)0*$/.exec(text) ?? [];
  return ones?.length;
}

function said(clause: Condition): Said {
  return { clause, text: textOf(clause) };
}

function textOf({ Key, Op, Values = [] }: Condition): string {
  const isName = /(^|\. )([io]ifname|meta [io]brname|meta [io]ifkind|[io]if|meta sdifname|ct helper)$/.test(Key);
  const written = Values.map((value) => (isName ? quoted(value) : value));
  const list = Op === 'any' || Op === 'none' ? written.join(',') : (written[0] ?? '');
  const sign = Op === '==' || Op === 'any' ? '' : Op === 'none' ? '! ' : `${Op} `;
  return `${Key} ${sign}${list}`;
}

/** The index of an interface is not, but that of the loopback is always the same (LOOPBACK_IFINDEX). */
function quoted(value: string): string {
  return value === '1' ? '"lo"' : /^\d+$/.test(value) ? value : `"${value}"`;
}

/** A header that is known to be there because of what was asked. */
export interface Dependency {
  readonly base: number;
  readonly header: string;
}

/** Without a value: one of several, so that it is not known which. */
export function dependencyOf({ key }: Loaded, value: Uint8Array | undefined): Dependency | undefined {
  const number = value === undefined ? undefined : numberOf(value, false);
  switch (key) {
    case 'iiftype':
      return { base: BASE.link, header: 'ether' };
    case 'meta nfproto':
      return { base: BASE.network, header: number === 2 ? 'ip' : number === 10 ? 'ip6' : '' };
    case 'meta protocol':
    case 'ether type':
      return {
        base: BASE.network,
        header: ({ 2048: 'ip', 34525: 'ip6', 2054: 'arp' } as Record<number, string>)[number ?? 0] ?? '',
      };
    case 'meta l4proto':
    case 'ip protocol':
    case 'ip6 nexthdr':
      return number === undefined ? undefined : { base: BASE.transport, header: TRANSPORTS[number] ?? 'th' };
    default:
      return undefined;
  }
}

export const inSet = {
  condition(key: string, loaded: readonly Loaded[], set: RawSet | undefined, name: string, isInverse: boolean): Said {
    const op = isInverse ? '!=' : '==';
    const sign = isInverse ? '!= ' : '';
    if (set === undefined || (set.flags & SET_FLAG.anonymous) === 0)
      return { clause: { Key: key, Op: op, Set: name }, text: `${key} ${sign}@${name}` };
    const values = valuesIn(set, loaded);
    const clause: Condition = { Key: key, Op: op, Values: values, ...(set.isCut && { IsCut: true }) };
    return { clause, text: `${key} ${sign}${listText(key, values, set.isCut)}` };
  },

  /** A verdict, or what goes into a register. */
  map(key: string, loaded: readonly Loaded[], set: RawSet | undefined, name: string): Said & { readonly map: Loaded } {
    const isNamed = set === undefined || (set.flags & SET_FLAG.anonymous) === 0;
    const values = set && !isNamed ? valuesIn(set, loaded) : [];
    const isCut = set?.isCut ?? false;
    const clause: Action = {
      ...{ Do: 'vmap', Key: key },
      ...(isNamed ? { MapName: name } : { Map: values }),
      ...(isCut && { IsCut: true }),
    };
    const [data] = set ? partsOf(set.dataType, 0) : [];
    const size = set ? partsOf(set.dataType, 0).reduce((sum, part) => sum + ((part.size + 3) & ~3), 0) : 4;
    const map: Loaded = {
      ...{ key, type: data?.type ?? 'integer', size },
      map: { key, values, isCut, ...(isNamed && { name }) },
    };
    return { clause, map, text: `${key} vmap ${isNamed ? `@${name}` : listText(key, values, isCut)}` };
  },
};

/** What a rule asks of a set has a type, which says how its elements are written, unless it is joined of several. */
function valuesIn(set: RawSet, loaded: readonly Loaded[]): string[] {
  const parts = partsOf(set.keyType, set.keyLength);
  const [only] = loaded;
  if (parts.length === 1 && loaded.length === 1 && only) return setValues(set, [{ type: only.type, size: only.size }]);
  return setValues(set, parts);
}

export function listText(key: string, values: readonly string[], isCut: boolean): string {
  const isName = /^([io]ifname|[io]if)$/.test(key);
  const written = values.map((value) => (isName ? value.replace(/^(.*?)( : .*)?$/, '"$1"$2') : value));
  return `{ ${[...written, ...(isCut ? ['…'] : [])].join(', ')} }`;
}

/** Of marks and the like, in the byte order of the machine. */
export function markText(bytes: Uint8Array): string {
  return `0x${numberOf(bytes, LITTLE).toString(16).padStart(8, '0')}`;
}
