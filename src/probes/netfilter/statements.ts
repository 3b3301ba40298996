/** What is done with a packet besides a verdict: NAT, refusals, limits, logging, marks. */
import type { Attributes } from '../../native/attributes.ts';
import type { Action } from './clause.ts';
import { listText, markText } from './conditions.ts';
import { CT, META } from './keys.ts';
import { limitSaid, putIntoSet } from './limits.ts';
import { REJECT_CODES } from './names.ts';
import { optionKey, payloadLoaded } from './payload.ts';
import type { Loaded, Registers } from './registers.ts';
import { type DataType, valueText } from './values.ts';

export interface StatementParts {
  readonly values: (type: number) => Attributes | undefined;
  readonly number: (type: number) => number;
  readonly registers: Registers;
  readonly family: string;
  /** The header of layer 3, where it is known: `ip`, `ip6`. */
  readonly network: string;
  /** Of what lies in a packet: `ip`, `tcp`. */
  readonly header: (base: number) => string;
  readonly keyLength: (set: string) => number | undefined;
}

export function statementOf(name: string, parts: StatementParts): { clause: Action; text: string } {
  switch (name) {
    case 'nat':
      return natStatement(parts);
    case 'masq':
      return translation('masquerade', parts, { flags: 1, portMin: 2, portMax: 3 });
    case 'redir':
      return translation('redirect', parts, { flags: 3, portMin: 1, portMax: 2 });
    case 'reject':
      return reject(parts);
    case 'limit':
    case 'quota':
    case 'connlimit':
      return limitSaid(name, parts.values);
    case 'dynset':
      return putIntoSet(parts);
    case 'objref':
      return named(parts);
    case 'payload':
      return written(parts);
    case 'exthdr':
      return optionSet(parts);
    case 'tproxy':
      return proxied(parts);
    case 'synproxy':
      return plain('synproxy', `synproxy mss ${parts.values(1)?.be16() ?? 0} wscale ${parts.values(2)?.u8() ?? 0}`);
    case 'log':
      return log(parts);
    case 'meta':
      return set(`${META[parts.number(2)]?.name ?? `meta ${parts.number(2)}`}`, parts, 3);
    case 'ct':
      return set(`ct ${CT[parts.number(2)]?.name ?? parts.number(2)}`, parts, 4);
    case 'notrack':
      return plain('notrack');
    case 'queue':
      return plain('queue', parts.number(1) === 0 ? 'queue' : undefined);
    default:
      return plain(name);
  }
}

function plain(name: string, text = name): { clause: Action; text: string } {
  return { clause: { Do: name }, text };
}

/** An object of the table that has a name (enum nft_objref_attributes): whether it lets pass is not known. */
function named({ values, number }: StatementParts): { clause: Action; text: string } {
  const [what, name] = [OBJECTS[number(1)] ?? `object ${number(1)}`, values(2)?.text() ?? ''];
  if (name === '') return plain('objref', 'objref');
  if (/^(counter|synproxy)$/.test(what)) return plain(what, `${what} name "${name}"`);
  if (what === 'limit' || what === 'quota')
    return { clause: { Do: `${what} name`, Value: name, IsOpen: true }, text: `${what} name "${name}"` };
  return { clause: { Do: what, Value: name }, text: `${what} set "${name}"` };
}

/** NFT_OBJECT_… */
const OBJECTS: Readonly<Record<number, string>> = {
  ...{ 1: 'counter', 2: 'quota', 3: 'ct helper', 4: 'limit', 5: 'ct count', 6: 'tunnel', 7: 'ct timeout' },
  ...{ 8: 'secmark', 9: 'ct expectation', 10: 'synproxy' },
};

/** Into the packet itself (enum nft_payload_attributes). */
function written({ number, registers, header }: StatementParts): { clause: Action; text: string } {
  const [base, at, size] = [number(2), number(3), number(4)];
  const { key, type } = payloadLoaded(base, at, size, header(base));
  return setTo(key, type, registers.get(number(5)), size);
}

/** Of TCP options (enum nft_exthdr_attributes): one is written, or taken out. */
function optionSet({ values, number, registers }: StatementParts): { clause: Action; text: string } {
  const [option, at, size] = [values(2)?.u8() ?? 0, number(3), number(4)];
  if (values(7) === undefined) {
    const key = optionKey({ op: number(6), type: option, at: 0, isPresent: true });
    return { clause: { Do: 'reset', Key: key }, text: `reset ${key}` };
  }
  return setTo(
    optionKey({ op: number(6), type: option, at, isPresent: false }),
    'integer',
    registers.get(number(7)),
    size,
  );
}

function setTo(
  key: string,
  type: DataType,
  { key: from, value }: Loaded,
  size: number,
): { clause: Action; text: string } {
  if (value === undefined) return { clause: { Do: 'set', Key: key }, text: `${key} set ${from}` };
  const Value = valueText(type, value.subarray(0, size));
  return { clause: { Do: 'set', Key: key, Value }, text: `${key} set ${Value}` };
}

/** enum nft_tproxy_attributes. */
function proxied({ values, number, registers, family }: StatementParts): { clause: Action; text: string } {
  const own = number(1) === 10 ? 'ip6' : number(1) === 2 ? 'ip' : '';
  const at = (attribute: number) => (values(attribute) ? registers.get(number(attribute)) : undefined);
  const [address, port] = [at(2), at(3)];
  const [host, portText] = [
    address && rangeOf(own === 'ip6' ? 'ipv6' : 'ipv4', address, undefined),
    port && rangeOf('port', port, undefined),
  ];
  const to = `${own === 'ip6' && host && portText ? `[${host}]` : (host ?? '')}${portText ? `:${portText}` : ''}`;
  return plain('tproxy', `tproxy${family === 'inet' && own ? ` ${own}` : ''} to ${to}`);
}

/** enum nft_nat_attributes. */
function natStatement({ values, number, registers, family }: StatementParts): { clause: Action; text: string } {
  const kind = number(1) === 0 ? 'snat' : 'dnat';
  const own = number(2) === 10 ? 'ip6' : 'ip';
  const type = own === 'ip6' ? 'ipv6' : 'ipv4';
  const at = (attribute: number): Loaded | undefined =>
    values(attribute) === undefined ? undefined : registers.get(number(attribute));
  const [address, addressTo, port, portTo] = [at(3), at(4), at(5), at(6)];
  const flags = flagsText(number(7));
  const map = address?.map ?? port?.map;
  const said = family === 'inet' ? ` ${own}` : '';
  const clause: Action = {
    Do: kind,
    ...(family === 'inet' && { Family: own }),
    ...(map === undefined
      ? {
          ...(address && { Address: rangeOf(type, address, addressTo) }),
          ...(port && { Port: rangeOf('port', port, portTo) }),
        }
      : mapped(map)),
  };
  const written = map
    ? `${map.key} map ${map.name === undefined ? listText(map.key, map.values, map.isCut) : `@${map.name}`}`
    : `${own === 'ip6' && clause.Port !== undefined ? `[${clause.Address ?? ''}]` : (clause.Address ?? '')}${clause.Port === undefined ? '' : `:${clause.Port}`}`;
  const to = map && address && port ? `${said}` : said;
  return { clause, text: `${kind}${to} to ${written}${flags}` };
}

function mapped({ key, values, name, isCut }: NonNullable<Loaded['map']>): Partial<Action> {
  return { Key: key, ...(name === undefined ? { Map: values } : { MapName: name }), ...(isCut && { IsCut: true }) };
}

function rangeOf(type: 'ipv4' | 'ipv6' | 'port', from: Loaded, to: Loaded | undefined): string {
  const text = (one: Loaded) => (one.value ? valueText(type, one.value.subarray(0, BYTES[type])) : 'unknown');
  const [first, last] = [text(from), to === undefined ? undefined : text(to)];
  return last === undefined || last === first ? first : `${first}-${last}`;
}

const BYTES = { ipv4: 4, ipv6: 16, port: 2 } as const;

function translation(
  name: string,
  { values, number, registers }: StatementParts,
  at: { readonly flags: number; readonly portMin: number; readonly portMax: number },
): { clause: Action; text: string } {
  const [from, to] = [at.portMin, at.portMax].map((one) => (values(one) ? registers.get(number(one)) : undefined));
  const port = from && rangeOf('port', from, to);
  return {
    clause: { Do: name, ...(port !== undefined && { Port: port }) },
    text: `${name}${port === undefined ? '' : ` to :${port}`}${flagsText(number(at.flags))}`,
  };
}

/** NF_NAT_RANGE_… (linux/netfilter/nf_nat.h). */
function flagsText(flags: number): string {
  const names = NAT_FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  return names.length === 0 ? '' : ` ${names.join(',')}`;
}

const NAT_FLAGS: readonly (readonly [number, string])[] = [
  [4, 'random'],
  [16, 'fully-random'],
  [8, 'persistent'],
];

/** Of one family the usual refusal is not written out. */
function reject({ number, values, family, network }: StatementParts): { clause: Action; text: string } {
  const type = number(1);
  if (type === 1) return { clause: { Do: 'reject', Value: 'tcp reset' }, text: 'reject with tcp reset' };
  const kind = type === 2 ? 'icmpx' : network === 'ip6' ? 'icmpv6' : 'icmp';
  const code = values(2)?.u8() ?? 0;
  const isUsual = kind === 'icmpx' ? code === 1 : family === 'ip' ? code === 3 : family === 'ip6' && code === 4;
  const value = `${kind} ${REJECT_CODES[kind][code] ?? code}`;
  return { clause: { Do: 'reject', Value: value }, text: isUsual ? 'reject' : `reject with ${value}` };
}

function log({ values, number }: StatementParts): { clause: Action; text: string } {
  const parts = ['log'];
  const prefix = values(2)?.text().trimStart();
  if (prefix !== undefined && prefix !== '') parts.push(`prefix "${prefix}"`);
  const group = values(1);
  if (group) parts.push(`group ${group.be16()}`);
  else if (values(5) && number(5) !== 4) parts.push(`level ${LEVELS[number(5)] ?? number(5)}`);
  return { clause: { Do: 'log' }, text: parts.join(' ') };
}

const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'];

/** A mark of the packet or the connection, or another of what is known of it. */
function set(key: string, { number, registers }: StatementParts, register: number): { clause: Action; text: string } {
  const loaded = registers.get(number(register));
  if (loaded.value !== undefined) {
    const value = /mark$/.test(key)
      ? markText(loaded.value.subarray(0, 4))
      : valueText('host integer', loaded.value.subarray(0, key === 'ct zone' ? 2 : 4));
    return { clause: { Do: 'set', Key: key, Value: value }, text: `${key} set ${value}` };
  }
  const source = loaded.mask
    ? `${loaded.key} & ${markText(loaded.mask)} ^ ${markText(loaded.xor ?? loaded.mask)}`
    : loaded.key;
  const isOwn = loaded.key === key && loaded.mask !== undefined && loaded.xor !== undefined;
  return {
    clause: {
      ...{ Do: 'set', Key: key },
      ...(isOwn && loaded.mask && loaded.xor ? { Mask: markText(loaded.mask), Value: markText(loaded.xor) } : {}),
    },
    text: `${key} set ${source}`,
  };
}
