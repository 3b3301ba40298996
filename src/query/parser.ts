/** Tokens to calls: recursive descent, no look-ahead beyond one token. Goes on after a fault, to find the others too. */
import type { Fault } from '../std/mistake.ts';
import { dialectOf } from './dialect.ts';
import { Lexer } from './lexer.ts';
import type { Limits } from './limits.ts';
import type { Argument, Call, Query, Word } from './syntax.ts';

export function parse(text: string, limits: Limits): { query: Query; faults: Fault[] } {
  if (text.length > limits.textLength) {
    const message = `the query has ${text.length} characters, more than ${limits.textLength} (limit textLength)`;
    return { query: { text, calls: [] }, faults: [{ code: 'query.limit', message }] };
  }
  const parser = new Parser(text, limits);
  return { query: { text, calls: parser.chain() }, faults: parser.lexer.faults };
}

/** A value or a predicate alone: `GT(1000)`. */
export function parseArgument(text: string, limits: Limits): { argument: Argument | undefined; faults: Fault[] } {
  const parser = new Parser(text, limits);
  const argument = parser.argument(0);
  parser.end();
  return { argument, faults: parser.lexer.faults };
}

class Parser {
  readonly lexer: Lexer;
  private readonly limits: Limits;

  constructor(text: string, limits: Limits) {
    this.lexer = new Lexer(text);
    this.limits = limits;
  }

  /** `G.Step(…).Step(…)` */
  chain(): Call[] {
    const { lexer } = this;
    const calls: Call[] = [];
    let isStepNext = false;
    if (lexer.kind === 'word' && (lexer.word === 'G' || isSkydivesG(lexer))) lexer.next();
    else {
      this.unexpected('a query starts with G', 'G.V()');
      // `V().Count()`: only the G is missing.
      isStepNext = lexer.kind === 'word' && /^\s*\(/.test(lexer.text.slice(lexer.to, lexer.to + 8));
      if (!isStepNext) this.skipTo('dot');
    }
    while (lexer.kind !== 'end') {
      if (lexer.kind === 'dot') lexer.next();
      else if (!isStepNext) {
        this.unexpected('a dot and a step belong here');
        this.skipTo('dot');
        continue;
      }
      isStepNext = false;
      const call = this.step();
      if (call !== undefined) calls.push(call);
      if (calls.length <= this.limits.steps) continue;
      const message = `the query has more than ${this.limits.steps} steps (limit steps)`;
      lexer.fault('query.limit', message, lexer.from, lexer.to);
      break;
    }
    return calls;
  }

  private step(): Call | undefined {
    const { lexer } = this;
    if (lexer.kind !== 'word') {
      this.unexpected('the name of a step belongs here');
      this.skipTo('dot');
      return undefined;
    }
    const { word: name, from, to } = lexer;
    lexer.next();
    if (this.at('open')) return this.call(name, from, to, 0);
    // Bare G in the middle: back to the start, after As.
    if (name !== 'G') lexer.fault('query.no-arguments', `${name} needs parentheses`, from, to, `${name}()`);
    return { kind: 'call', name, from, nameTo: to, to, args: [] };
  }

  /** Stands on the opening parenthesis. */
  private call(name: string, from: number, nameTo: number, depth: number): Call {
    const { lexer } = this;
    const args: Argument[] = [];
    const openAt = lexer.from;
    lexer.next();
    for (;;) {
      if (lexer.kind === 'close') {
        const to = lexer.to;
        lexer.next();
        return { kind: 'call', name, from, nameTo, to, args };
      }
      if (lexer.kind === 'end') {
        lexer.fault('query.open-parenthesis', `this parenthesis is not closed`, openAt, openAt + 1, 'a closing )');
        return { kind: 'call', name, from, nameTo, to: lexer.to, args };
      }
      if (lexer.kind === 'comma') {
        lexer.next();
        continue;
      }
      const argument = this.argument(depth);
      if (argument !== undefined) args.push(argument);
    }
  }

  argument(depth: number): Argument | undefined {
    const { lexer } = this;
    const { from, to } = lexer;
    switch (lexer.kind) {
      case 'string': {
        const value = lexer.word;
        lexer.next();
        return { kind: 'string', value, from, to };
      }
      case 'number': {
        const value = lexer.number;
        lexer.next();
        return { kind: 'number', value, from, to };
      }
      case 'word':
        return this.wordArgument(depth);
      default:
        this.unexpected('a string, a number or a predicate belongs here');
        // One word about a heap of them is enough.
        do lexer.next();
        while (lexer.kind === 'dot' || lexer.kind === 'open' || lexer.kind === 'other');
        return undefined;
    }
  }

  private wordArgument(depth: number): Argument | undefined {
    const { lexer } = this;
    const { word: name, from, to } = lexer;
    lexer.next();
    if (this.at('open')) {
      if (depth + 1 < this.limits.depth) return this.call(name, from, to, depth + 1);
      lexer.fault('query.limit', `arguments are nested deeper than ${this.limits.depth} (limit depth)`, from, to);
      this.skipTo('end');
      return undefined;
    }
    const upper = name.toUpperCase();
    if (upper === 'TRUE' || upper === 'FALSE') return { kind: 'boolean', value: upper === 'TRUE', from, to };
    if (words.has(upper)) return { kind: 'word', value: upper as Word, from, to };
    lexer.fault('query.unknown-word', `"${name}" means nothing here`, from, to, `'${name}' in quotes, if it is a text`);
    return undefined;
  }

  /** Nothing may follow. */
  end(): void {
    if (this.lexer.kind !== 'end') this.unexpected('nothing more belongs here');
  }

  private at(kind: 'open' | 'close'): boolean {
    return this.lexer.kind === kind;
  }

  private unexpected(message: string, hint?: string): void {
    const { lexer } = this;
    const found = lexer.kind === 'end' ? 'the end' : `"${lexer.text.slice(lexer.from, lexer.to)}"`;
    lexer.fault('query.syntax', `found ${found}: ${message}`, lexer.from, Math.max(lexer.to, lexer.from + 1), hint);
  }

  private skipTo(kind: 'dot' | 'end'): void {
    const { lexer } = this;
    while (lexer.kind !== kind && lexer.kind !== 'end') lexer.next();
  }
}

const words: ReadonlySet<string> = new Set<Word>(['NOW', 'FOREVER', 'ASC', 'DESC']);

/** `g.v()`, in a text that can be nothing else. */
function isSkydivesG({ word, text }: Lexer): boolean {
  return word === 'g' && dialectOf(text) === 'skydive';
}
