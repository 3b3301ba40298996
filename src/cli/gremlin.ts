/** Pieces of Gremlin that commands put together. Text of users goes in as quoted strings only. */
import { usageFailure } from './failure.ts';

/** A string literal; quotes and backslashes escaped. */
export function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}'`;
}

/** `Name=eth0`, `State!=UP`, `LLDP` (is there), `!LLDP` (is not): as kubectl selects, separated by commas. */
export function selectorSteps(selector: string): string {
  return selector
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const [, key = '', operator = '', value = ''] = /^([^=!]+?)\s*(==?|!=)\s*(.*)$/.exec(part) ?? [];
      if (operator) return `.Has(${quoted(key)}, ${operator === '!=' ? not(value) : equal(value)})`;
      return part.startsWith('!') ? `.HasNot(${quoted(part.slice(1))})` : `.HasKey(${quoted(part)})`;
    })
    .join('');
}

/** `MTU<1500`, `Name ~ 'veth.*'`, `IPV4 in 10.0.0.0/8`, joined by `and` or `&&`. */
export function whereSteps(where: string): string {
  return where
    .split(/\s+and\s+|\s*&&\s*/i)
    .map((part) => {
      const [, key, operator = '', raw = ''] =
        /^\s*([@\w.-]+)\s*(<=|>=|!=|==?|<|>|=?~|\sin\s)\s*(.+?)\s*$/i.exec(part) ?? [];
      if (key === undefined) {
        throw usageFailure(`cannot read the condition "${part.trim()}"`, "like MTU<1500, State=UP, Name~'veth.*'");
      }
      return `.Has(${quoted(key)}, ${predicate(operator.trim().toLowerCase(), unquoted(raw), part)})`;
    })
    .join('');
}

/** A name as given, or with `*` and `?` as in a shell. */
export function nameStep(name: string): string {
  if (!/[*?]/.test(name)) return `.Has('Name', ${quoted(name)})`;
  const pattern = name
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return `.Has('Name', Regex(${quoted(pattern)}))`;
}

const comparisons: Readonly<Record<string, string>> = { '<': 'LT', '<=': 'LTE', '>': 'GT', '>=': 'GTE' };

function predicate(operator: string, value: string, part: string): string {
  if (operator === '=' || operator === '==') return equal(value);
  if (operator === '!=') return not(value);
  if (operator === 'in') return `IPV4RANGE(${quoted(value)})`;
  if (operator.endsWith('~')) return `Regex(${quoted(value)})`;
  if (!/^-?\d+(\.\d+)?$/.test(value))
    throw usageFailure(`"${part.trim()}" compares with "${value}", which is no number`);
  return `${comparisons[operator]}(${value})`;
}

/** A number or `true` on a command line may be meant as what it is or as text. */
function equal(value: string): string {
  return isAlsoText(value) ? `Within(${quoted(value)}, ${value})` : quoted(value);
}

function not(value: string): string {
  return isAlsoText(value) ? `Without(${quoted(value)}, ${value})` : `NEE(${quoted(value)})`;
}

function isAlsoText(value: string): boolean {
  return /^(-?\d{1,15}|true|false)$/.test(value);
}

function unquoted(text: string): string {
  return /^(['"]).*\1$/s.test(text) ? text.slice(1, -1) : text;
}
