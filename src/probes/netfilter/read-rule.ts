/**
 * The expressions of a rule, read back into what somebody wrote (net/netfilter/nft_*.c): what is loaded into a register
 * and then compared is a condition. Nothing here throws on bytes from outside; what is not known is said by its name.
 */
import { Attributes } from '../../native/attributes.ts';
import type { Action, Condition, Said } from './clause.ts';
import { compared, type Dependency, dependencyOf, inSet } from './conditions.ts';
import { CT, FIB, META } from './keys.ts';
import { BASE, optionKey, payloadLoaded } from './payload.ts';
import { type Loaded, Registers } from './registers.ts';
import { type RawSet, readData } from './ruleset.ts';
import { verdictText } from './setvalues.ts';
import { statementOf } from './statements.ts';
import { xtMatch, xtTarget } from './xt.ts';

/** Of one rule; the kernel takes 128 (NFT_RULE_MAXEXPRS). */
const EXPRESSIONS_MAX = 256;

export interface RuleContext {
  /** `ip`, `ip6`, `inet`… */
  readonly family: string;
  /** Of the rule's table, by name. */
  readonly set: (name: string) => RawSet | undefined;
}

export interface RuleRead {
  readonly said: readonly Said[];
}

export function readRule(expressions: Uint8Array, context: RuleContext): RuleRead {
  const reader = new RuleReader(context);
  const list = new Attributes(expressions);
  for (let left = EXPRESSIONS_MAX; left > 0 && list.next(); left--) {
    const inside = list.nested();
    let name = '';
    while (inside.next()) {
      if (inside.type === 1) name = inside.text();
      if (inside.type === 2) reader.expression(name, inside.bytes());
    }
    // Some have no data at all, as notrack.
    if (BARE.has(name)) reader.expression(name, new Uint8Array());
  }
  return { said: reader.said };
}

const BARE = new Set(['notrack']);

export type Values = (type: number) => Attributes | undefined;

class RuleReader {
  readonly said: Said[] = [];
  readonly #context: RuleContext;
  readonly #registers = new Registers();
  /** The headers that are known to be there. */
  #network: string;
  #transport = '';
  #compared: Loaded | undefined;
  /** What was said of them last, and may go without saying: the place in `said`. */
  readonly #implied = new Map<number, Said>();

  constructor(context: RuleContext) {
    this.#context = context;
    this.#network =
      context.family === 'ip' || context.family === 'ip6' || context.family === 'arp' ? context.family : '';
  }

  expression(name: string, bytes: Uint8Array): void {
    const values: Values = (type) => {
      const attributes = new Attributes(bytes);
      while (attributes.next()) if (attributes.type === type) return attributes;
      return undefined;
    };
    const number = (type: number) => values(type)?.be32() ?? 0;
    const registers = this.#registers;
    switch (name) {
      case 'meta':
      case 'ct':
      case 'fib':
      case 'payload':
      case 'exthdr':
      case 'rt':
      case 'socket':
      case 'numgen':
      case 'hash':
      case 'osf':
      case 'xfrm':
        if (name === 'exthdr' ? values(1) === undefined : values(STORES[name] ?? 0) !== undefined) break;
        registers.set(number(REGISTERS[name] ?? 1), this.#load(name, values, number));
        return;
      case 'immediate':
        this.#immediate(number(1), values(2));
        return;
      case 'bitwise':
        this.#bitwise(number, values);
        return;
      case 'byteorder':
        registers.set(number(2), inNetworkOrder(registers.get(number(1))));
        return;
      case 'cmp':
        this.#compare(registers.get(number(1)), OPERATORS[number(2)] ?? '==', dataOf(values(3)));
        return;
      case 'range': {
        const loaded = registers.get(number(1));
        this.#say(compared(loaded, number(2) === 0 ? '==' : '!=', dataOf(values(3)), dataOf(values(4))), loaded);
        return;
      }
      case 'lookup':
        this.#lookup(values, number);
        return;
      case 'match':
        this.#plain(
          xtMatch(values(1)?.text() ?? '', number(2), values(3)?.bytes() ?? new Uint8Array(), this.#context.family),
        );
        return;
      case 'target':
        this.#plain([
          xtTarget(values(1)?.text() ?? '', number(2), values(3)?.bytes() ?? new Uint8Array(), this.#context.family),
        ]);
        return;
      case 'counter':
        this.said.push({ clause: { Do: 'counter' }, text: 'counter' });
        return;
    }
    const header = (base: number) => this.#header(base);
    const keyLength = (set: string) => this.#context.set(set)?.keyLength;
    const { family } = this.#context;
    const said = statementOf(name, { values, number, registers, family, header, keyLength, network: this.#network });
    if (name === 'payload') this.#kill(number(2), header(number(2)));
    if (name === 'dynset')
      for (const { from } of registers.run(number(4), keyLength(values(1)?.text() ?? '') ?? 4))
        if (from) this.#kill(from.base, from.header);
    if (name === 'reject' && said.clause.Value !== 'tcp reset') this.#kill(BASE.network);
    if (said.clause.Family !== undefined) this.#kill(BASE.network);
    this.said.push(said);
  }

  #load(name: string, values: Values, number: (type: number) => number): Loaded {
    switch (name) {
      case 'meta': {
        const { name: key, type } = META[number(2)] ?? { name: `meta ${number(2)}`, type: 'integer' as const };
        return { key, type, size: type === 'ifname' ? 16 : (SIZES[key] ?? 4) };
      }
      case 'ct': {
        const { name: key, type } = CT[number(2)] ?? { name: `${number(2)}`, type: 'integer' as const };
        const direction = values(3) === undefined ? '' : values(3)?.u8() === 1 ? 'reply ' : 'original ';
        return { key: `ct ${direction}${key}`, type, size: type === 'ipv6' ? 16 : type === 'port' ? 2 : 4 };
      }
      case 'fib': {
        const { name: result, type } = FIB[number(2)] ?? { name: `${number(2)}`, type: 'integer' as const };
        const flags = number(3);
        const parts = FIB_FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, part]) => part);
        const isThere = (flags & FIB_PRESENT) !== 0;
        return {
          key: `fib ${parts.join(' . ')} ${result}`,
          type: isThere ? 'boolean' : type,
          size: isThere ? 1 : type === 'ifname' ? 16 : 4,
        };
      }
      case 'payload': {
        const [base, at, size] = [number(2), number(3), number(4)];
        return payloadLoaded(base, at, size, this.#header(base));
      }
      case 'exthdr': {
        const isPresent = (number(5) & 1) !== 0;
        const key = optionKey({ op: number(6), type: values(2)?.u8() ?? 0, at: number(3), isPresent });
        return { key, type: isPresent ? 'boolean' : 'integer', size: isPresent ? 1 : number(4) };
      }
      case 'numgen':
        return {
          ...{ key: `numgen ${number(3) === 1 ? 'random' : 'inc'} mod ${number(2)}`, type: 'host integer', size: 4 },
        };
      case 'rt':
        return { key: `rt ${RT[number(2)] ?? number(2)}`, type: 'integer', size: 4 };
      case 'socket':
        return number(1) === 1
          ? { key: 'socket mark', type: 'mark', size: 4 }
          : { key: `socket ${SOCKET[number(1)] ?? number(1)}`, type: 'integer', size: number(1) === 3 ? 8 : 1 };
      default:
        return { key: name, type: 'integer', size: 4 };
    }
  }

  #header(base: number): string {
    return base === BASE.link ? 'ether' : base === BASE.network ? this.#network : this.#transport || 'th';
  }

  #immediate(register: number, attributes: Attributes | undefined): void {
    const { value, verdict } = attributes ? readData(attributes.nested()) : { value: undefined, verdict: undefined };
    if (verdict) {
      const [name = ''] = verdictText(verdict).split(' ', 1);
      const clause: Action = { Do: name, ...(verdict.chain !== '' && { Chain: verdict.chain }) };
      this.said.push({ clause, text: verdictText(verdict) });
    } else if (value)
      this.#registers.set(register, { key: '', type: 'integer', size: value.length, value: value.slice() });
  }

  #bitwise(number: (type: number) => number, values: Values): void {
    const source = this.#registers.get(number(1));
    if (number(6) !== 0) {
      this.#registers.set(number(2), { ...source, key: 'unknown', type: 'integer' });
      return;
    }
    this.#registers.set(number(2), { ...source, mask: dataOf(values(4)), xor: dataOf(values(5)) });
  }

  #compare(loaded: Loaded, op: Condition['Op'], value: Uint8Array): void {
    if (loaded.fields === undefined) {
      this.#say(compared(loaded, op, value), loaded, value);
      return;
    }
    let at = 0;
    for (const field of loaded.fields) {
      const part = value.subarray(at, at + field.size);
      const mask = loaded.mask?.subarray(at, at + field.size);
      this.#say(compared(mask ? { ...field, mask } : field, op, part), field, part);
      at += field.size;
    }
  }

  #lookup(values: Values, number: (type: number) => number): void {
    const name = values(1)?.text() ?? '';
    const set = this.#context.set(name);
    const loaded = this.#registers.run(number(2), set?.keyLength ?? 4);
    const flat = loaded.flatMap((one) => one.fields ?? [one]);
    const key = flat.map((one) => one.key).join(' . ');
    for (const { from } of flat) if (from) this.#kill(from.base, from.header);
    const target = values(3) === undefined ? undefined : number(3);
    if (target !== undefined) {
      const { clause, text, map } = inSet.map(key, flat, set, name);
      if (target === 0) this.said.push({ clause, text });
      else this.#registers.set(target, map);
      return;
    }
    const isInverse = (number(5) & 1) !== 0;
    const said = inSet.condition(key, flat, set, name, isInverse);
    this.said.push(said);
    if (isInverse) return;
    const [only] = flat;
    const dependency = flat.length === 1 && only ? dependencyOf(only, undefined) : undefined;
    if (dependency) this.#depends(dependency, said);
  }

  /** A condition; `value` is what it has to be, where it has to be just that. */
  #say(said: Said, loaded: Loaded, value?: Uint8Array): void {
    if (loaded.from) this.#kill(loaded.from.base, loaded.from.header);
    if (this.#isEndOfRange(said, loaded)) return;
    this.said.push(said);
    this.#compared = loaded;
    const isPlain = value !== undefined && loaded.mask === undefined && 'Op' in said.clause && said.clause.Op === '==';
    const dependency = isPlain ? dependencyOf(loaded, value) : undefined;
    if (dependency) this.#depends(dependency, said);
  }

  /** At least one value and at most another, of what was loaded once: a range. */
  #isEndOfRange({ clause }: Said, loaded: Loaded): boolean {
    const before = this.said.at(-1)?.clause;
    if (loaded !== this.#compared || before?.Op !== '>=' || clause.Op !== '<=') return false;
    const [[from = ''] = [], [to = ''] = []] = [(before as Condition).Values, (clause as Condition).Values];
    const values = [`${from}-${to}`];
    this.said[this.said.length - 1] = {
      clause: { Key: loaded.key, Op: '==', Values: values },
      text: `${loaded.key} ${values[0]}`,
    };
    return true;
  }

  #depends({ base, header }: Dependency, said: Said): void {
    if (base === BASE.network) this.#network = header;
    else if (base === BASE.transport) this.#transport = header;
    this.#implied.set(base, said);
  }

  /** What is asked of a header says which header it is. */
  #kill(base: number, header = ''): void {
    this.#silence(base);
    // Of which family it is goes without saying where the protocol has only one.
    if (header === 'icmp' || header === 'icmpv6') this.#silence(BASE.network);
  }

  #silence(base: number): void {
    const said = this.#implied.get(base);
    this.#implied.delete(base);
    const at = said === undefined ? -1 : this.said.indexOf(said);
    if (said !== undefined && at >= 0) this.said[at] = { clause: said.clause, text: '' };
  }

  #plain(said: readonly Said[]): void {
    this.said.push(...said);
  }
}

/** Which attribute says that it is written, not read. */
const STORES: Readonly<Record<string, number>> = { meta: 3, ct: 4, payload: 5 };
/** Where the register is not the first attribute. */
const REGISTERS: Readonly<Record<string, number>> = { hash: 2, socket: 2 };
const OPERATORS: readonly Condition['Op'][] = ['==', '!=', '<', '<=', '>', '>='];
const SIZES: Readonly<Record<string, number>> = { 'meta nfproto': 1, 'meta l4proto': 1, 'meta protocol': 2 };
const FIB_FLAGS: readonly (readonly [number, string])[] = [
  [1, 'saddr'],
  [2, 'daddr'],
  [4, 'mark'],
  [8, 'iif'],
  [16, 'oif'],
];
const FIB_PRESENT = 32;
/** enum nft_rt_keys, and nft_socket_keys. */
const RT: Readonly<Record<number, string>> = { 0: 'classid', 1: 'ip nexthop', 2: 'ip6 nexthop', 3: 'mtu', 4: 'ipsec' };
const SOCKET: Readonly<Record<number, string>> = { 0: 'transparent', 1: 'mark', 2: 'wildcard', 3: 'cgroupv2' };

/** What is more or less than another is compared in network byte order. */
function inNetworkOrder(loaded: Loaded): Loaded {
  if (loaded.type === 'mark') return { ...loaded, type: 'ordered mark' };
  return loaded.type === 'host integer' ? { ...loaded, type: 'integer' } : loaded;
}

function dataOf(attributes: Attributes | undefined): Uint8Array {
  return (attributes ? readData(attributes.nested()).value : undefined) ?? new Uint8Array();
}
