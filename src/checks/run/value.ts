/** Values against what is expected of them: of queries, metrics and workflows. */

import type { ResultCode } from '../result.ts';
import type { Json, Range, ValueExpectation } from '../suite/suite.ts';
import { isDeepEqual } from './equal.ts';

export interface Judged {
  readonly isAsExpected: boolean;
  readonly code: ResultCode;
  readonly expected: string;
  readonly got: string;
}

/** A list is what was found, one value each; everything else is one value. */
export function judgeValue(value: Json, expect: ValueExpectation): Judged {
  const found: readonly Json[] = Array.isArray(value) ? value : [value];
  const faults: { code: ResultCode; got: string }[] = [];
  const wanted: string[] = [];
  const ask = (words: string, isSo: boolean, code: ResultCode, got: () => string = () => said(value)) => {
    wanted.push(words);
    if (!isSo) faults.push({ code, got: got() });
  };
  const number =
    typeof value === 'number' ? value : found.length === 1 && typeof found[0] === 'number' ? found[0] : undefined;
  const { equals, min, max, count, empty, contains, matches, values } = expect;
  if (equals !== undefined) ask(said(equals), isDeepEqual(value, equals) || isOne(found, equals), 'NOT_EQUAL');
  const askNumber = (words: string, isSo: (its: number) => boolean, code: ResultCode) =>
    ask(words, number !== undefined && isSo(number), number === undefined ? 'UNEXPECTED' : code, () =>
      number === undefined ? `no number, but ${said(value)}` : said(value),
    );
  if (min !== undefined) askNumber(`at least ${min}`, (its) => its >= min, 'TOO_LOW');
  if (max !== undefined) askNumber(`at most ${max}`, (its) => its <= max, 'TOO_HIGH');
  if (count !== undefined) {
    const code = codeOfRange(found.length, count);
    ask(`${rangeText(count)} found`, code === undefined, code ?? 'NOT_EQUAL', () => `${found.length}: ${said(value)}`);
  }
  if (empty !== undefined)
    ask(
      empty ? 'nothing found' : 'something found',
      (found.length === 0) === empty,
      empty ? 'UNEXPECTED' : 'NOT_FOUND',
    );
  if (contains !== undefined) {
    const lacking = contains.filter((one) => !found.some((its) => isDeepEqual(its, one)));
    ask(
      `${said(contains)} among what is found`,
      lacking.length === 0,
      'NOT_FOUND',
      () => `no ${lacking.map(said).join(', ')} in ${said(value)}`,
    );
  }
  if (matches !== undefined) {
    const pattern = new RegExp(matches, 'u');
    const wrong = found.filter((one) => !pattern.test(typeof one === 'string' ? one : said(one)));
    ask(
      `all to match /${matches}/`,
      wrong.length === 0 && found.length > 0,
      found.length === 0 ? 'NOT_FOUND' : 'UNEXPECTED',
      () => (wrong.length > 0 ? wrong.map(said).join(', ').slice(0, TEXT_MAX) : 'nothing'),
    );
  }
  if (values !== undefined) {
    const extra = found.filter((one) => !values.some((its) => isDeepEqual(its, one)));
    const lacking = values.filter((one) => !found.some((its) => isDeepEqual(its, one)));
    const isSo = extra.length === 0 && lacking.length === 0 && found.length === values.length;
    ask(`just ${said(values)}`, isSo, lacking.length > 0 ? 'NOT_FOUND' : 'UNEXPECTED');
  }
  const [first] = faults;
  return {
    isAsExpected: first === undefined,
    code: first?.code ?? 'DELIVERED',
    expected: wanted.join(', '),
    got: first?.got ?? said(value),
  };
}

/** Undefined when it lies in it. */
export function codeOfRange(
  value: number,
  { equals, min, max }: Range,
): 'NOT_EQUAL' | 'TOO_LOW' | 'TOO_HIGH' | undefined {
  if (equals !== undefined && value !== equals) return 'NOT_EQUAL';
  if (min !== undefined && !(value >= min)) return 'TOO_LOW';
  if (max !== undefined && !(value <= max)) return 'TOO_HIGH';
  return undefined;
}

export function rangeText({ equals, min, max }: Range): string {
  if (equals !== undefined) return String(equals);
  if (min !== undefined && max !== undefined) return `${min} to ${max}`;
  return min !== undefined ? `at least ${min}` : `at most ${max}`;
}

/** Longer texts are cut. */
const TEXT_MAX = 500;

export function said(value: Json | undefined): string {
  if (Array.isArray(value) && value.length === 0) return 'nothing';
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
}

/** A query that gives a list of one is asked for that one as well. */
function isOne(found: readonly Json[], value: Json): boolean {
  return found.length === 1 && isDeepEqual(found[0] as Json, value);
}
