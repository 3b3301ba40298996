/** Values of fields, as data and as ovs-ofctl writes them. */
import { hex, ip4, ip6, isAll, mac, prefixOf, whole } from './bytes.ts';
import type { Field, Kind } from './fields.ts';
import { portText } from './port.ts';
import type { Json } from './said.ts';

export function jsonOf(field: Field | undefined, value: Buffer): Json {
  const kind = kindFor(field, value);
  if (kind === 'mac') return mac(value);
  if (kind === 'ip4') return ip4(value);
  if (kind === 'ip6') return ip6(value);
  if (kind === 'eth') return ethertypes[value.readUInt16BE()] ?? hex(value);
  if (kind === 'ct') return Object.fromEntries(flagged(ctFlags, value).map(([, name]) => [name ?? '', true]));
  if (!field) return hex(value);
  return value.length === 16 ? { Hi: whole(value.subarray(0, 8)), Lo: whole(value.subarray(8)) } : whole(value);
}

/** Without a mask. */
export function valueText(field: Field | undefined, value: Buffer): string {
  const kind = kindFor(field, value);
  if (kind === 'mac') return mac(value);
  if (kind === 'ip4') return ip4(value);
  if (kind === 'ip6') return ip6(value);
  if (kind === 'eth') return `0x${value.readUInt16BE().toString(16).padStart(4, '0')}`;
  if (kind === 'port') return portText(value.readUIntBE(0, value.length), value.length === 2 ? 16 : 32);
  if (kind === 'dscp') return String(value.readUInt8() << 2);
  if (kind === 'label') return `0x${value.readUInt32BE().toString(16).padStart(5, '0')}`;
  if (kind === 'ptype') return `(${value.readUInt16BE(0)},0x${value.readUInt16BE(2).toString(16)})`;
  if (kind === 'frag') return fragments[value.readUInt8()] ?? hex(value);
  const flags = flagsOf(kind);
  if (flags) return namesOf(flags, value);
  return kind === 'hex' ? hex(value) : String(whole(value));
}

export function maskedText(field: Field | undefined, value: Buffer, mask: Buffer | undefined): string {
  const kind = kindFor(field, value);
  const flags = flagsOf(kind);
  if (flags && mask && (kind === 'ct' || !isAll(mask, 0xff))) return signs(flags, value, mask);
  if (!mask || isAll(mask, 0xff))
    return kind === 'ct' ? signs(ctFlags, value, Buffer.alloc(value.length, 0xff)) : valueText(field, value);
  if (kind === 'ip4' || kind === 'ip6') {
    const prefix = prefixOf(mask);
    return `${valueText(field, value)}/${prefix ?? valueText(field, mask)}`;
  }
  if (kind === 'mac') return `${mac(value)}/${mac(mask)}`;
  if (kind === 'frag') return fragmentText(value, mask);
  return `${hex(value)}/${hex(mask)}`;
}

/** What is not as long as it has to be is written as bytes. */
function kindFor(field: Field | undefined, { length }: Buffer): Kind {
  if (!field || length === 0 || (field.bytes !== 0 && field.bytes !== length)) return 'hex';
  return field.kind;
}

const ethertypes: Readonly<Record<number, string>> = {
  2048: 'ip',
  2054: 'arp',
  32821: 'rarp',
  34525: 'ipv6',
  33024: 'vlan',
  34887: 'mpls',
  34888: 'mplsm',
  35020: 'lldp',
};

type Flags = readonly (readonly [bit: number, short: string, name?: string])[];

/** ovs-fields(7), "Connection Tracking Fields" and "TCP Flags". */
const ctFlags: Flags = [
  [0x01, 'new', 'New'],
  [0x02, 'est', 'Established'],
  [0x04, 'rel', 'Related'],
  [0x08, 'rpl', 'ReplyDir'],
  [0x10, 'inv', 'Invalid'],
  [0x20, 'trk', 'Tracked'],
  [0x40, 'snat', 'SrcNat'],
  [0x80, 'dnat', 'DstNat'],
];
const tcpFlags: Flags = [
  [0x001, 'fin'],
  [0x002, 'syn'],
  [0x004, 'rst'],
  [0x008, 'psh'],
  [0x010, 'ack'],
  [0x020, 'urg'],
  [0x040, 'ece'],
  [0x080, 'cwr'],
  [0x100, 'ns'],
];
const tunnelFlags: Flags = [[0x1, 'oam']];

function flagsOf(kind: Kind): Flags | undefined {
  return { ct: ctFlags, tcp: tcpFlags, tun: tunnelFlags }[kind as string];
}

/** syn|ack; with bits that have no name in hexadecimal. */
function namesOf(flags: Flags, value: Buffer): string {
  if (value.readUIntBE(0, value.length) & ~knownOf(flags)) return hex(value);
  const names = flagged(flags, value).map(([name]) => name);
  return names.join('|') || '0';
}

function knownOf(flags: Flags): number {
  return flags.reduce((sum, [bit]) => sum | bit, 0);
}

function flagged(flags: Flags, value: Buffer): (readonly [string, string | undefined])[] {
  const bits = value.readUIntBE(0, value.length);
  return flags.filter(([bit]) => bits & bit).map(([, short, name]) => [short, name] as const);
}

/** +new-rel; bits without a name in hexadecimal. */
function signs(flags: Flags, value: Buffer, mask: Buffer): string {
  const [bits, cared] = [value.readUIntBE(0, value.length), mask.readUIntBE(0, Math.min(mask.length, 6))];
  const known = knownOf(flags);
  if ((cared & ~known) >>> 0 && !isAll(mask, 0xff)) return `${hex(value)}/${hex(mask)}`;
  if (isAll(mask, 0xff) && (bits & ~known) >>> 0) return hex(value);
  return flags
    .filter(([bit]) => cared & bit)
    .map(([bit, short]) => `${bits & bit ? '+' : '-'}${short}`)
    .join('');
}

const fragments: Readonly<Record<number, string>> = { 0: 'no', 1: 'first', 3: 'later' };

function fragmentText(value: Buffer, mask: Buffer): string {
  const pair = `${value.readUInt8()}/${mask.readUInt8()}`;
  return { '1/1': 'yes', '0/2': 'not_later', '0/1': 'no' }[pair] ?? `${hex(value)}/${hex(mask)}`;
}
