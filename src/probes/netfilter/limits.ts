/** What lets through only so much: rates, amounts, connections; also for each element of a set that packets fill. */
import { Attributes } from '../../native/attributes.ts';
import type { Action } from './clause.ts';
import type { Registers } from './registers.ts';
import { be64 } from './ruleset.ts';

type Values = (type: number) => Attributes | undefined;

interface Said {
  readonly clause: Action;
  readonly text: string;
}

/** `over`: what follows is for those who exceed it. */
export function limitSaid(name: string, values: Values): Said {
  if (name === 'limit') return limit(values);
  const isOver = ((values(2)?.be32() ?? 0) & 1) !== 0;
  const over = isOver ? 'over ' : '';
  const clause: Action = { Do: 'limit', ...(isOver && { Value: 'over' }) };
  if (name === 'connlimit') return { clause, text: `ct count ${over}${values(1)?.be32() ?? 0}` };
  const bytes = values(1);
  return { clause, text: `quota ${over}${bytesText(bytes ? be64(bytes) : 0)}` };
}

/** An element for whom a packet is from or to (enum nft_dynset_attributes), with a limit for each where there is one. */
export function putIntoSet({
  values,
  number,
  registers,
  keyLength,
}: {
  readonly values: Values;
  readonly number: (type: number) => number;
  readonly registers: Registers;
  readonly keyLength: (set: string) => number | undefined;
}): Said {
  const set = values(1)?.text() ?? '';
  const key = registers
    .run(number(4), keyLength(set) ?? 4)
    .flatMap((one) => one.fields ?? [one])
    .map((one) => one.key)
    .join(' . ');
  const inner = [values(7), values(10)].flatMap((attributes) => (attributes ? limitsIn(attributes) : []));
  const how = ['add', 'update', 'delete'][number(3)] ?? 'add';
  const text = `${how} @${set} { ${[key, ...inner.map((one) => one.text)].join(' ')} }`;
  const first = inner[0];
  return first ? { clause: { ...first.clause, Key: key }, text } : { clause: { Do: 'dynset', Key: key }, text };
}

/** One expression (NFTA_DYNSET_EXPR) or a list of them; others than limits count, or keep a moment. */
function limitsIn(attributes: Attributes): Said[] {
  const found: Said[] = [];
  const visit = (one: Attributes) => {
    const bytes = one.bytes();
    const inside = new Attributes(bytes);
    let name = '';
    let data: Uint8Array = new Uint8Array();
    while (inside.next()) {
      if (inside.type === 1) name = inside.text();
      if (inside.type === 2) data = inside.bytes();
    }
    if (!LIMITS.has(name)) return;
    found.push(
      limitSaid(name, (type) => {
        const its = new Attributes(data);
        while (its.next()) if (its.type === type) return its;
        return undefined;
      }),
    );
  };
  visit(attributes);
  if (found.length > 0) return found;
  const list = attributes.nested();
  while (list.next()) visit(list);
  return found;
}

const LIMITS = new Set(['limit', 'quota', 'connlimit']);

/** enum nft_limit_attributes. */
function limit(values: Values): Said {
  const number = (type: number) => values(type)?.be32() ?? 0;
  const big = (type: number) => {
    const at = values(type);
    return at ? be64(at) : 0;
  };
  const [rate, unit, burst] = [big(1), big(2), number(3)];
  const isBytes = number(4) === 1;
  const over = (number(5) & 1) !== 0 ? 'over ' : '';
  const units: Readonly<Record<number, string>> = {
    1: 'second',
    60: 'minute',
    3600: 'hour',
    86400: 'day',
    604800: 'week',
  };
  const amount = isBytes ? bytesText(rate) : `${rate}`;
  // Five packets are what nft takes when nobody says, and so does not write.
  const bursts = isBytes
    ? burst === 0
      ? ''
      : ` burst ${bytesText(burst)}`
    : burst === 5 || burst === 0
      ? ''
      : ` burst ${burst} packets`;
  return {
    clause: { Do: 'limit', ...(over !== '' && { Value: 'over' }) },
    text: `limit rate ${over}${amount}/${units[unit] ?? unit}${bursts}`,
  };
}

function bytesText(count: number): string {
  const [amount, name] =
    count % 2 ** 20 === 0
      ? [count / 2 ** 20, 'mbytes']
      : count % 1024 === 0
        ? [count / 1024, 'kbytes']
        : [count, 'bytes'];
  return `${amount} ${name}`;
}
