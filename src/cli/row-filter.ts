/** `-l` and `--where` over rows, column by column: what nodes are asked in Gremlin, with the same answers. */
import { BlockList, isIP } from 'node:net';
import { didYouMean } from '../std/nearest.ts';
import type { Condition } from './condition.ts';
import { usageFailure } from './failure.ts';
import type { Row } from './things.ts';

/** Those that meet all conditions. Columns are named in any case. Throws a Failure for a column that no row has. */
export function rowsThat(conditions: readonly Condition[], rows: readonly Row[]): readonly Row[] {
  const tests = conditions.map((condition) => ({ title: condition.key.toUpperCase(), meets: testOf(condition) }));
  const titles = [...new Set(rows.flatMap(Object.keys))];
  for (const { key } of conditions) {
    const title = key.toUpperCase();
    if (rows.length > 0 && !titles.includes(title))
      throw usageFailure(`there is no column ${key}`, didYouMean(title, titles) ?? `there are ${titles.join(', ')}`);
  }
  return rows.filter((row) => tests.every(({ title, meets }) => meets(valuesOf(row[title]))));
}

/** A list passes when one of its items does. */
function valuesOf(cell: unknown): readonly unknown[] {
  if (cell === undefined || cell === null) return [];
  return Array.isArray(cell) ? cell : [cell];
}

type Test = (values: readonly unknown[]) => boolean;

function testOf({ operator, value }: Condition): Test {
  const any =
    (meets: (found: unknown) => boolean): Test =>
    (values) =>
      values.some(meets);
  const number = (meets: (found: number) => boolean) => any((found) => typeof found === 'number' && meets(found));
  const limit = Number(value);
  const isSame = any((found) => String(found) === value);
  switch (operator) {
    case 'there':
      return (values) => values.length > 0;
    case 'not there':
      return (values) => values.length === 0;
    case 'is':
      return isSame;
    case 'is not':
      return (values) => !isSame(values);
    case 'less':
      return number((found) => found < limit);
    case 'at most':
      return number((found) => found <= limit);
    case 'more':
      return number((found) => found > limit);
    case 'at least':
      return number((found) => found >= limit);
    case 'like': {
      const pattern = patternOf(value);
      return any((found) => pattern.test(String(found)));
    }
    case 'in': {
      const isIn = rangeOf(value);
      return any((found) => isIn(String(found)));
    }
  }
}

/** The whole of a text, as in Gremlin. */
function patternOf(text: string): RegExp {
  try {
    return new RegExp(`^(?:${text})$`);
  } catch {
    throw usageFailure(`"${text}" is not a regular expression`);
  }
}

/** Whether an address, or all of a prefix, lies in the range. */
function rangeOf(text: string): (found: string) => boolean {
  const range = prefixOf(text);
  if (!range) throw usageFailure(`"${text}" is not a range of addresses`, 'like 10.0.0.0/8 or 2001:db8::/32');
  const list = new BlockList();
  list.addSubnet(range.address, range.length, range.family);
  return (found) => {
    const prefix = prefixOf(found);
    if (prefix?.family !== range.family) return false;
    return prefix.length >= range.length && list.check(prefix.address, prefix.family);
  };
}

function prefixOf(text: string) {
  const [address = '', length, ...rest] = text.split('/');
  const version = isIP(address);
  const bits = version === 4 ? 32 : 128;
  const isLength = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits);
  if (version === 0 || !isLength || rest.length > 0) return undefined;
  return { address, length: Number(length ?? bits), family: version === 4 ? ('ipv4' as const) : ('ipv6' as const) };
}
