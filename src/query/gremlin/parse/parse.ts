/** Standard Gremlin's text to statements (Gremlin.g4 of TinkerPop 3.8). All that is wrong with it is told at once. */
import type { Fault } from '../../../std/mistake.ts';
import { type Argument, Bytecode, type Instruction } from '../bytecode.ts';
import type { GValue } from '../value/value.ts';
import { defaultTextLimits, type TextLimits } from './limits.ts';
import { type Fresh, Parser } from './parser.ts';

/** What to do with the traversal: `toList` gives all, `next` the first or some, `iterate` nothing, `hasNext` whether there are any. */
export type Terminal = 'next' | 'hasNext' | 'tryNext' | 'toList' | 'toSet' | 'toBulkSet' | 'iterate' | 'explain';

/**
 * One traversal of a text. `g.tx().commit()` has an instruction `tx` with the argument 'commit' in the bytecode's source,
 * as drivers send it; `g` alone has bytecode that is empty.
 */
export interface Statement {
  /** The name it begins with: `g`, or another a traversal source goes by. */
  readonly source: string;
  readonly bytecode: Bytecode;
  /** Undefined where none is written: all of its results then. */
  readonly terminal: Terminal | undefined;
  /** Of the terminal: how many for `next(2)`. */
  readonly args: readonly Argument[];
  /** `.toString()` follows: the answer is one text. */
  readonly isText: boolean;
  readonly from: number;
  readonly to: number;
}

const noBindings: ReadonlyMap<string, GValue> = new Map();

/**
 * `bindings`: variables by name; a value may be one wherever it stands. No text, or `''`, has no statements (drivers send
 * that to see whether anybody is there). Where there are faults, the statements are not to be run.
 */
export function parseGremlin(
  text: string,
  bindings: ReadonlyMap<string, GValue> = noBindings,
  limits: TextLimits = defaultTextLimits,
  fresh?: Fresh,
): { readonly statements: readonly Statement[]; readonly faults: readonly Fault[] } {
  if (text.length > limits.textLength) {
    const message = `the query has ${text.length} characters, more than ${limits.textLength} (limit textLength)`;
    return { statements: [], faults: [{ code: 'query.limit', message }] };
  }
  const parser = new Parser(text, { bindings, limits, fresh });
  const statements = readStatements(parser, limits);
  return { statements, faults: parser.faults };
}

function readStatements(parser: Parser, limits: TextLimits): Statement[] {
  const { lexer } = parser;
  const statements: Statement[] = [];
  while (lexer.kind !== 'end') {
    if (lexer.kind === 'semicolon' || (lexer.kind === 'string' && lexer.word === '')) {
      lexer.next();
      continue;
    }
    if (statements.length === limits.statements) {
      parser.stop(`the text has more than ${limits.statements} statements (limit statements)`);
      break;
    }
    const statement = lexer.kind === 'word' ? readStatement(parser) : undefined;
    if (statement !== undefined) statements.push(statement);
    else skipStatement(parser);
  }
  return statements;
}

function skipStatement(parser: Parser): void {
  const { lexer } = parser;
  parser.unexpected('a traversal begins with its source', 'g.V()');
  while (lexer.kind !== 'semicolon' && lexer.kind !== 'end') lexer.next();
}

/** Stands on the name of the source; undefined when it is none, of which nothing was told yet. */
function readStatement(parser: Parser): Statement | undefined {
  const { lexer } = parser;
  const { word: source, from } = lexer;
  if (source === '__') return undefined;
  const next = parser.charAfter();
  if (next === '=') return undefined;
  let { to } = lexer;
  lexer.next();
  const settings: Instruction[] = [];
  const steps: Instruction[] = [];
  let terminal: Instruction | undefined;
  let isText = false;
  if (next === '(') parser.unexpected(`a traversal begins with its source`, `g.${source}(…)`);
  for (;;) {
    if (lexer.kind === 'dot') lexer.next();
    // `g.V()out()`: only the dot is missing. A word that nothing is called with begins the next statement.
    else if (lexer.kind === 'word' && parser.charAfter() === '(')
      parser.unexpected('a dot belongs before a step', `.${lexer.word}(…)`);
    else if (lexer.kind === 'open') {
      parser.list('close', () => parser.argument());
      continue;
    } else break;
    const step = parser.step();
    if (step === undefined) {
      parser.recover();
      continue;
    }
    to = step.to ?? to;
    if (step.name === 'toString') isText = true;
    else if (terminal !== undefined || isText) afterEnd(parser, step, terminal?.name ?? 'toString');
    else if (isTerminal(step.name) && steps.length > 0) terminal = step;
    else if (steps.length > 0) steps.push(step);
    else if (step.name === 'tx') {
      const whole = transaction(parser, step);
      settings.push(whole);
      to = whole.to ?? to;
    } else if (step.name.startsWith('with')) settings.push(step);
    else steps.push(step);
  }
  if (!beginsNext(parser)) {
    parser.unexpected('a dot and a step belong here, or a semicolon and the next traversal');
    while (!parser.isAt('semicolon') && !parser.isAt('end')) lexer.next();
  }
  const bytecode = new Bytecode(settings, steps);
  return {
    source,
    bytecode,
    terminal: terminal?.name as Terminal | undefined,
    args: terminal?.args ?? [],
    isText,
    from,
    to,
  };
}

/** A statement is over where another can begin. */
function beginsNext({ lexer }: Parser): boolean {
  const { kind } = lexer;
  return kind === 'word' || kind === 'semicolon' || kind === 'end' || (kind === 'string' && lexer.word === '');
}

/** `tx()` was read; what follows it belongs to it. */
function transaction(parser: Parser, step: Instruction): Instruction {
  const { lexer } = parser;
  const { from = 0, to = 0, nameTo = 0 } = step;
  if (lexer.kind === 'dot') {
    lexer.next();
    const act = parser.step();
    if (act !== undefined && acts.has(act.name))
      return { name: 'tx', args: [act.name], from, to: act.to ?? to, nameTo };
  }
  lexer.fault('query.syntax', 'tx() takes begin(), commit() or rollback()', from, to, 'tx().commit()');
  return step;
}

function afterEnd(parser: Parser, { from = 0, nameTo = 0 }: Instruction, terminal: string): void {
  parser.lexer.fault('query.syntax', `${terminal}() ends a traversal, nothing can follow it`, from, nameTo);
}

function isTerminal(name: string): name is Terminal {
  return terminals.has(name);
}

const terminals: ReadonlySet<string> = new Set<Terminal>([
  'next',
  'hasNext',
  'tryNext',
  'toList',
  'toSet',
  'toBulkSet',
  'iterate',
  'explain',
]);

const acts: ReadonlySet<string> = new Set(['begin', 'commit', 'rollback']);
