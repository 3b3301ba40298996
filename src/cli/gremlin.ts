/** Pieces of Gremlin that commands put together. Text of users goes in as quoted strings only. */
import { type Condition, readSelector, readWhere } from './condition.ts';

/** A string literal; quotes and backslashes escaped. */
export function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}'`;
}

/** `-l`: see `readSelector`. */
export function selectorSteps(selector: string): string {
  return readSelector(selector).map(step).join('');
}

/** `--where`: see `readWhere`. */
export function whereSteps(where: string): string {
  return readWhere(where).map(step).join('');
}

/** A name as given, or with `*` and `?` as in a shell. */
export function nameStep(name: string): string {
  if (!/[*?]/.test(name)) return `.Has('Name', ${quoted(name)})`;
  return `.Has('Name', Regex(${quoted(patternOf(name))}))`;
}

/** `*` and `?` of a shell as a regular expression. */
export function patternOf(name: string): string {
  return name
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
}

function step({ key, operator, value }: Condition): string {
  const has = (predicate: string) => `.Has(${quoted(key)}, ${predicate})`;
  switch (operator) {
    case 'there':
      return `.HasKey(${quoted(key)})`;
    case 'not there':
      return `.HasNot(${quoted(key)})`;
    case 'is':
      return has(equal(value));
    case 'is not':
      return has(not(value));
    case 'less':
      return has(`LT(${value})`);
    case 'at most':
      return has(`LTE(${value})`);
    case 'more':
      return has(`GT(${value})`);
    case 'at least':
      return has(`GTE(${value})`);
    case 'like':
      return has(`Regex(${quoted(value)})`);
    case 'in':
      return has(`IPV4RANGE(${quoted(value)})`);
  }
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
