/**
 * Standard Gremlin's text to values, predicates and traversals (Gremlin.g4 of TinkerPop 3.8): recursive descent with no
 * look-ahead beyond one token and the character after it. What is wrong is told and skipped, to find the other faults too.
 * Names of steps are nobody's business here.
 */
import { type Argument, Bytecode, type Instruction, Lambda, Strategy } from '../bytecode.ts';
import type { AnyNumber } from '../value/num.ts';
import type { DateTime, GValue, Uuid } from '../value/value.ts';
import { braced, bracketed } from './collection.ts';
import { readDotted } from './dotted.ts';
import type { TextLimits } from './limits.ts';
import { called, makers } from './made.ts';
import { numberOf } from './number.ts';
import { parenthesized } from './parenthesized.ts';
import { predicateShapes, readPredicate } from './predicate.ts';
import { numberRange, stringRange } from './range.ts';
import { Reader } from './reader.ts';
import { readClassName, readStrategy } from './strategy.ts';
import { bareToken } from './token-names.ts';

/** What `datetime()` and `UUID()` make without an argument: a text for which one of these was asked says something new each time. */
export interface Fresh {
  now(): DateTime;
  uuid(): Uuid;
}

export interface World {
  readonly bindings: ReadonlyMap<string, GValue>;
  readonly limits: TextLimits;
  readonly fresh: Fresh | undefined;
}

export class Parser extends Reader {
  readonly world: World;

  constructor(text: string, world: World) {
    super(text, world.limits);
    this.world = world;
  }

  /** A step or a setting of a source, whose name was read: stands on its opening parenthesis. */
  instruction(name: string, from: number, nameTo: number): Instruction {
    this.countStep();
    const args = this.list('close', this.readerOf(name));
    return { name, args, from, to: this.closedTo, nameTo };
  }

  /** `.out().count()` behind the steps there are; stands on the dot, if one follows. */
  stepsAfter(steps: Instruction[]): Bytecode {
    const { lexer } = this;
    while (lexer.kind === 'dot') {
      lexer.next();
      const step = this.step();
      if (step === undefined) break;
      steps.push(step);
    }
    return new Bytecode([], steps);
  }

  /** Stands on the name. */
  step(): Instruction | undefined {
    const { lexer } = this;
    const { kind, word, from, to } = lexer;
    if (kind !== 'word') {
      this.unexpected('the name of a step belongs here');
      return undefined;
    }
    lexer.next();
    if (this.isAt('open')) return this.instruction(word, from, to);
    if (this.isAt('openBrace')) {
      this.closure(from);
      return { name: word, args: [], from, to: this.recoveredTo, nameTo: to };
    }
    lexer.fault('query.no-arguments', `${word} needs parentheses`, from, to, `${word}()`);
    return { name: word, args: [], from, to, nameTo: to };
  }

  /** A value, a predicate, a traversal. Undefined when it is wrong, which was told then. */
  argument(): Argument | undefined {
    const { lexer } = this;
    switch (lexer.kind) {
      case 'word':
        return this.word();
      case 'string': {
        const { word: value } = lexer;
        const { from } = lexer;
        const isRange = this.isRangeNext();
        lexer.next();
        return isRange ? stringRange(this, value, from) : value;
      }
      case 'number': {
        const { from } = lexer;
        const isRange = this.isRangeNext();
        const value = this.number();
        return isRange && value !== undefined ? numberRange(this, value, from) : value;
      }
      case 'openBracket':
        return bracketed(this);
      case 'openBrace':
        return braced(this);
      case 'open':
        return parenthesized(this);
      default:
        this.unexpected('a value, a predicate or a traversal belongs here');
        return undefined;
    }
  }

  /** Stands on it. */
  number(): AnyNumber | undefined {
    const { lexer } = this;
    const { from, to } = lexer;
    const value = numberOf(lexer.text.slice(from, to));
    lexer.next();
    if (typeof value !== 'string') return value;
    lexer.fault('query.bad-number', `${this.quote(from, to)} ${value}`, from, to);
    return undefined;
  }

  /** An argument where no strategy may stand: everywhere but in withStrategies and in settings of a strategy. */
  value = (): GValue | undefined => {
    const { from, to } = this.lexer;
    const argument = this.argument();
    if (!(argument instanceof Strategy) && !(argument instanceof Lambda)) return argument;
    this.lexer.fault(
      'query.syntax',
      'a strategy cannot be a value',
      from,
      Math.max(to, this.closedTo),
      'withStrategies(…) takes it',
    );
    return undefined;
  };

  private word(): Argument | undefined {
    const { lexer } = this;
    const { word, from, to } = lexer;
    lexer.next();
    switch (lexer.kind) {
      case 'open':
        return this.call(word, from, to);
      case 'dot':
        return readDotted(this, word, from, to);
      case 'word':
        if (word === 'new') return this.made();
        return this.plain(word, from, to);
      default:
        return this.plain(word, from, to);
    }
  }

  /** `word(…)`: stands on the parenthesis. */
  private call(word: string, from: number, to: number): Argument | undefined {
    if (predicateShapes.has(word)) return readPredicate(this, word, from, to);
    const maker = makers.get(word);
    if (maker !== undefined) return called(this, maker, from);
    return this.stepsAfter([this.instruction(word, from, to)]);
  }

  /** `new Vertex(1, 'person')`, `new SeedStrategy(seed: 1)`: stands behind `new`, on the name. */
  private made(): Argument | undefined {
    const { lexer } = this;
    const { word, from } = lexer;
    const maker = makers.get(word);
    if (maker !== 'vertex' && maker !== 'datetime' && maker !== 'uuid') {
      const { to } = lexer;
      const made = readStrategy(this);
      if (made?.name.endsWith('Strategy')) return made;
      const hint = "datetime('2023-08-02'), UUID('…') or new Vertex(…) for what can be made";
      if (made !== undefined) lexer.fault('query.unknown-word', `new ${word} makes nothing here`, from, to, hint);
      return undefined;
    }
    lexer.next();
    if (lexer.kind === 'open') return called(this, maker, from);
    this.unexpected(`${word} needs parentheses`);
    return undefined;
  }

  /** A word that is followed by nothing of its own. */
  private plain(word: string, from: number, to: number): Argument | undefined {
    const bound = this.world.bindings.get(word);
    if (bound !== undefined) return bound;
    const constant = literals.get(word);
    if (constant !== undefined) return constant;
    const token = bareToken(word);
    if (token !== undefined) return token;
    if (word === '__') return new Bytecode([], []);
    if (/Strategy$/.test(word)) return new Strategy(word, new Map());
    const hint = `'${word}' in quotes, if it is a text; as a variable it needs a binding`;
    this.lexer.fault('query.unknown-word', `"${word}" means nothing here`, from, to, hint);
    return undefined;
  }

  /** Code: skipped and refused. Stands on its brace, or on what follows Lambda. */
  closure(from: number): undefined {
    const { lexer } = this;
    if (this.isAt('openBrace')) this.skipNested();
    else this.recover();
    const hint = "a traversal in its place, such as values('age') or is(gt(5))";
    lexer.fault('query.lambda', 'lambdas are not supported', from, Math.max(from + 1, this.recoveredTo), hint);
    return undefined;
  }

  private readerOf(name: string): () => Argument | undefined {
    if (name === 'withStrategies') return () => readStrategy(this);
    if (name === 'withoutStrategies') return () => readClassName(this);
    return this.value;
  }

  /** Behind the token we stand on come two dots. */
  private isRangeNext(): boolean {
    const { text, to } = this.lexer;
    return text.charCodeAt(to) === DOT && text.charCodeAt(to + 1) === DOT;
  }
}

const DOT = 46;

const literals: ReadonlyMap<string, boolean | number | null> = new Map<string, boolean | number | null>([
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
]);
