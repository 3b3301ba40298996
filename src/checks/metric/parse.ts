/** The text of a metric check to its expression. Recursive descent; a depth that is bounded, one fault with its place. */
import { nearest } from '../../std/nearest.ts';
import { type Aggregate, aggregates, type Expression, type Label, type Operator } from './expression.ts';

export interface ExpressionFault {
  readonly at: number;
  readonly message: string;
  readonly hint?: string;
}

const DEPTH_MAX = 64;

export function parseExpression(text: string): Expression | ExpressionFault {
  const parser = new Parser(text);
  try {
    return parser.whole();
  } catch (error) {
    if (error instanceof Wrong) return error.fault;
    throw error;
  }
}

class Wrong extends Error {
  readonly fault: ExpressionFault;

  constructor(fault: ExpressionFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** From the loosest to the tightest; all of them go left to right. */
const levels: readonly (readonly Operator[])[] = [
  ['==', '!=', '<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
];

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Expression {
    const expression = this.#level(0);
    this.#skip();
    if (this.#at < this.#text.length)
      this.#wrong(`"${this.#text.slice(this.#at, this.#at + 12)}" does not belong here`);
    return expression;
  }

  #level(level: number): Expression {
    const operators = levels[level];
    if (operators === undefined) return this.#one();
    let left = this.#level(level + 1);
    // Each one makes the tree deeper, whoever walks it later.
    for (let terms = 0; ; terms++) {
      const operator = this.#operator(operators);
      if (operator === undefined) return left;
      if (terms >= DEPTH_MAX) this.#wrong(`it has more than ${DEPTH_MAX} terms in a row`, 'use sum() or parentheses');
      left = { kind: 'binary', operator, left, right: this.#level(level + 1) };
    }
  }

  #operator(operators: readonly Operator[]): Operator | undefined {
    this.#skip();
    const found = operators.find((operator) => this.#text.startsWith(operator, this.#at));
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #one(): Expression {
    if (++this.#depth > DEPTH_MAX) this.#wrong(`it is nested deeper than ${DEPTH_MAX}`);
    const expression = this.#inner();
    this.#depth--;
    return expression;
  }

  #inner(): Expression {
    this.#skip();
    if (this.#take('(')) {
      const expression = this.#level(0);
      this.#need(')');
      return expression;
    }
    if (this.#take('-')) return { kind: 'negative', of: this.#one() };
    const number = this.#match(/(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y);
    if (number !== undefined) return { kind: 'number', value: Number(number) };
    const from = this.#at;
    const name = this.#match(/[A-Za-z_:][\w:]*/y);
    if (name === undefined) return this.#wrong('the name of a metric, a number or ( belongs here');
    this.#skip();
    if (this.#take('(')) return this.#aggregate(name, from);
    return { kind: 'series', name, labels: this.#take('{') ? this.#labels() : [] };
  }

  #aggregate(name: string, from: number): Expression {
    if (!aggregates.includes(name as Aggregate)) {
      const meant = nearest(name, aggregates);
      this.#at = from;
      this.#wrong(
        `no function is named "${name}"`,
        meant ? `did you mean ${meant}?` : `there are ${aggregates.join(', ')}`,
      );
    }
    const of = this.#level(0);
    this.#need(')');
    return { kind: 'aggregate', how: name as Aggregate, of };
  }

  #labels(): Label[] {
    const labels: Label[] = [];
    for (;;) {
      this.#skip();
      if (this.#take('}')) return labels;
      const name = this.#match(/[A-Za-z_]\w*/y) ?? this.#wrong('the name of a label belongs here', '{probe="sockets"}');
      this.#skip();
      const operator = this.#match(/!=|=(?![=~])/y) ?? this.#wrong('= or != belongs here');
      this.#skip();
      const quoted = this.#match(/"(?:[^"\\]|\\.)*"/y) ?? this.#wrong('the value of a label is in double quotes');
      const value = quoted.slice(1, -1).replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
      labels.push({ name, operator: operator as Label['operator'], value });
      this.#skip();
      if (!this.#take(',') && this.#text[this.#at] !== '}') this.#wrong('a , or } belongs here');
    }
  }

  #skip(): void {
    this.#match(/\s+/y);
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #need(char: string): void {
    this.#skip();
    if (!this.#take(char)) this.#wrong(`a ${char} belongs here`);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #wrong(message: string, hint?: string): never {
    throw new Wrong({ at: this.#at, message, ...(hint !== undefined && { hint }) });
  }
}
