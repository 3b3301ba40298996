/** What `-l` and `--where` ask for: one reading of them for nodes, which the server filters, and for rows, which we do. */
import { usageFailure } from './failure.ts';

export interface Condition {
  readonly key: string;
  readonly operator: 'is' | 'is not' | 'less' | 'at most' | 'more' | 'at least' | 'like' | 'in' | 'there' | 'not there';
  /** As text; a number for what compares. Empty for `there` and `not there`. */
  readonly value: string;
}

/** `Name=eth0`, `State!=UP`, `LLDP` (is there), `!LLDP` (is not): as kubectl selects, separated by commas. */
export function readSelector(selector: string): Condition[] {
  return selector
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const [, key = '', operator = '', value = ''] = /^([^=!]+?)\s*(==?|!=)\s*(.*)$/.exec(part) ?? [];
      if (operator) return { key, operator: operator === '!=' ? 'is not' : 'is', value };
      return part.startsWith('!')
        ? { key: part.slice(1), operator: 'not there', value: '' }
        : { key: part, operator: 'there', value: '' };
    });
}

/** `MTU<1500`, `Name ~ 'veth.*'`, `IPV4 in 10.0.0.0/8`, joined by `and` or `&&`. */
export function readWhere(where: string): Condition[] {
  return where.split(/\s+and\s+|\s*&&\s*/i).map((part) => {
    const [, key, sign = '', raw = ''] = /^\s*([@\w.-]+)\s*(<=|>=|!=|==?|<|>|=?~|\sin\s)\s*(.+?)\s*$/i.exec(part) ?? [];
    const operator = operators[sign.trim().toLowerCase()];
    if (key === undefined || operator === undefined) {
      throw usageFailure(`cannot read the condition "${part.trim()}"`, "like MTU<1500, State=UP, Name~'veth.*'");
    }
    const value = unquoted(raw);
    if (comparing.has(operator) && !/^-?\d+(\.\d+)?$/.test(value))
      throw usageFailure(`"${part.trim()}" compares with "${value}", which is no number`);
    return { key, operator, value };
  });
}

const operators: Readonly<Record<string, Condition['operator']>> = {
  '=': 'is',
  '==': 'is',
  '!=': 'is not',
  '<': 'less',
  '<=': 'at most',
  '>': 'more',
  '>=': 'at least',
  '~': 'like',
  '=~': 'like',
  in: 'in',
};

const comparing: ReadonlySet<Condition['operator']> = new Set(['less', 'at most', 'more', 'at least']);

function unquoted(text: string): string {
  return /^(['"]).*\1$/s.test(text) ? text.slice(1, -1) : text;
}
