/** `new SubgraphStrategy(vertices: hasLabel('person'))`, `ReadOnlyStrategy`, and the same as Java writes them. */
import { type Argument, Lambda, Strategy } from '../bytecode.ts';
import { ClassName, type GValue } from '../value/value.ts';
import type { Parser } from './parser.ts';

/** Stands on its name, or on the `new` before it. */
export function readStrategy(parser: Parser): Strategy | undefined {
  const { lexer } = parser;
  if (lexer.kind === 'word' && lexer.word === 'new') lexer.next();
  const name = dottedName(parser, 'the name of a strategy belongs here');
  if (name === undefined) return undefined;
  const configuration = new Map<string, Argument>();
  const javas = /^(.*)\.(build|instance)$/.exec(name);
  const type = javas?.[1] ?? name;
  const strategy = new Strategy(type.slice(type.lastIndexOf('.') + 1), configuration);
  if (lexer.kind !== 'open') return strategy;
  parser.list('close', () => setting(parser, configuration));
  if (javas !== null) javaSettings(parser, configuration);
  return strategy;
}

/** `.vertices(hasLabel('person')).create()` behind `SubgraphStrategy.build()`. */
function javaSettings(parser: Parser, configuration: Map<string, Argument>): void {
  const { lexer } = parser;
  while (lexer.kind === 'dot') {
    lexer.next();
    const call = parser.step();
    if (call === undefined || call.name === 'create') return;
    configuration.set(
      call.name,
      call.args.length > 1 ? call.args.filter((arg) => isValue(arg)) : (call.args[0] ?? true),
    );
  }
}

function isValue(argument: Argument): argument is GValue {
  return !(argument instanceof Strategy || argument instanceof Lambda);
}

/** What withoutStrategies takes. */
export function readClassName(parser: Parser): ClassName | undefined {
  const name = dottedName(parser, 'the name of a strategy belongs here');
  return name === undefined ? undefined : new ClassName(name.replace(/\.class$/, ''));
}

/** Of a class, perhaps with its package before it. */
function dottedName(parser: Parser, what: string): string | undefined {
  const { lexer } = parser;
  let name = '';
  for (;;) {
    if (lexer.kind !== 'word') {
      parser.unexpected(what);
      return undefined;
    }
    name += lexer.word;
    lexer.next();
    if (!parser.isAt('dot')) return name;
    name += '.';
    lexer.next();
  }
}

/** `key: value` */
function setting(parser: Parser, configuration: Map<string, Argument>): true | undefined {
  const { lexer } = parser;
  const { kind, word } = lexer;
  if ((kind !== 'word' && kind !== 'string') || parser.charAfter() !== ':') {
    parser.unexpected('a setting of a strategy is written key: value', 'new SeedStrategy(seed: 1)');
    return undefined;
  }
  lexer.next();
  lexer.next();
  const value = parser.argument();
  if (value === undefined) return undefined;
  configuration.set(word, value);
  return true;
}
