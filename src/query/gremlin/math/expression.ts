/**
 * What `math` calculates: numbers, variables, `+ - * / % ^`, and functions, as exp4j (the library behind TinkerPop's step)
 * reads them. A function without parentheses takes all that follows: `sin _ + 1` is `sin(_ + 1)`.
 */
import { mistake } from '../../../std/mistake.ts';
import { functions, functionsOfTwo } from './functions.ts';
import { type Lexeme, Lexemes } from './lexemes.ts';

export interface Expression {
  /** In the order of their first mention; what names a constant is not among them. */
  readonly variables: readonly string[];
  /** Values of the variables in this order. */
  evaluate(values: readonly number[]): number;
}

/** Parentheses and signs within one another. */
const DEPTH_MAX = 100;
/** Throws a Mistake that says where it cannot be read. */
export function parseExpression(text: string): Expression {
  const reader = new Reader(text);
  const root = reader.sum(0);
  reader.end();
  return { variables: reader.variables, evaluate: (values) => root(values) };
}

type Node = (values: readonly number[]) => number;

class Reader {
  readonly variables: string[] = [];
  readonly #lexemes: Lexemes;
  #next: Lexeme;

  constructor(text: string) {
    this.#lexemes = new Lexemes(text);
    this.#next = this.#lexemes.next();
  }

  end(): void {
    if (this.#next.kind !== 'end') throw this.#wrong('an operator is missing before');
  }

  sum(depth: number): Node {
    let left = this.#product(depth);
    for (;;) {
      if (this.#takes('+')) left = plus(left, this.#product(depth));
      else if (this.#takes('-')) left = minus(left, this.#product(depth));
      else return left;
    }
  }

  #product(depth: number): Node {
    let left = this.#signed(depth);
    for (;;) {
      if (this.#takes('*')) left = times(left, this.#signed(depth));
      else if (this.#takes('/')) left = over(left, this.#signed(depth), (a, b) => a / b);
      else if (this.#takes('%')) left = over(left, this.#signed(depth), (a, b) => a % b);
      else return left;
    }
  }

  /** A sign binds less than a power: -2^2 is -4. */
  #signed(depth: number): Node {
    if (depth > DEPTH_MAX) throw this.#wrong(`nested deeper than ${DEPTH_MAX}:`);
    if (this.#takes('+')) return this.#signed(depth + 1);
    if (!this.#takes('-')) return this.#power(depth);
    const of = this.#signed(depth + 1);
    return (values) => -of(values);
  }

  /** From right to left: 2^3^2 is 2^9. */
  #power(depth: number): Node {
    const base = this.#operand(depth);
    if (!this.#takes('^')) return base;
    const exponent = this.#signed(depth + 1);
    return (values) => base(values) ** exponent(values);
  }

  #operand(depth: number): Node {
    const { kind, text } = this.#next;
    if (kind === 'number') {
      this.#take();
      const number = Number(text);
      return () => number;
    }
    if (kind === 'name') {
      this.#take();
      return this.#named(text, depth);
    }
    const close = closing.get(text);
    if (kind !== 'sign' || close === undefined) throw this.#wrong('a number or a name is missing before');
    this.#take();
    const inner = this.sum(depth + 1);
    this.#close(close);
    return inner;
  }

  #named(name: string, depth: number): Node {
    const two = functionsOfTwo.get(name);
    if (two !== undefined) {
      const close = closing.get(this.#next.text);
      if (close === undefined) throw this.#wrong(`${name} takes two numbers in parentheses, before`);
      this.#take();
      const first = this.sum(depth + 1);
      if (!this.#takes(',')) throw this.#wrong('a comma is missing before');
      const second = this.sum(depth + 1);
      this.#close(close);
      return (values) => two(first(values), second(values));
    }
    const one = functions.get(name);
    if (one !== undefined) {
      const close = closing.get(this.#next.text);
      if (close === undefined) {
        const rest = this.sum(depth + 1);
        return (values) => one(rest(values));
      }
      this.#take();
      const inner = this.sum(depth + 1);
      this.#close(close);
      return (values) => one(inner(values));
    }
    let at = this.variables.indexOf(name);
    if (at < 0) at = this.variables.push(name) - 1;
    return (values) => values[at] as number;
  }

  #close(close: string): void {
    if (!this.#takes(close)) throw this.#wrong('Mismatched parentheses detected. Please check the expression before');
  }

  #takes(sign: string): boolean {
    if (this.#next.kind !== 'sign' || this.#next.text !== sign) return false;
    this.#take();
    return true;
  }

  #take(): void {
    this.#next = this.#lexemes.next();
  }

  #wrong(what: string) {
    const { text, at } = this.#next;
    return mistake(
      'gremlin.math',
      `${what} ${text === '' ? 'the end' : `'${text}' at ${at}`} of "${this.#lexemes.text}"`,
    );
  }
}

const closing: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);

const plus =
  (a: Node, b: Node): Node =>
  (values) =>
    a(values) + b(values);
const minus =
  (a: Node, b: Node): Node =>
  (values) =>
    a(values) - b(values);
const times =
  (a: Node, b: Node): Node =>
  (values) =>
    a(values) * b(values);

function over(a: Node, b: Node, of: (a: number, b: number) => number): Node {
  return (values) => {
    const divisor = b(values);
    if (divisor === 0) throw mistake('gremlin.arithmetic', 'Division by zero!');
    return of(a(values), divisor);
  };
}
