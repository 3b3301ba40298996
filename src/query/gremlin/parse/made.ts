/** Values that are made by a call: `datetime('2023-08-02')`, `UUID()`, `set('x')`, `Vertex(1, 'person')`. */
import { type Argument, CardinalityValue } from '../bytecode.ts';
import { dateTimeOf } from '../value/datetime.ts';
import { Reference } from '../value/reference.ts';
import { type GValue, Uuid } from '../value/value.ts';
import type { Parser } from './parser.ts';

export type Maker = 'datetime' | 'uuid' | 'single' | 'list' | 'set' | 'vertex';

export const makers: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ['datetime', 'datetime'],
  ['DateTime', 'datetime'],
  ['UUID', 'uuid'],
  ['single', 'single'],
  ['list', 'list'],
  ['set', 'set'],
  ['Vertex', 'vertex'],
  ['ReferenceVertex', 'vertex'],
]);

/** Stands on the parenthesis; `from`: where the call begins. */
export function called(parser: Parser, maker: Maker, from: number): Argument | undefined {
  const faultsBefore = parser.faults.length;
  const args = parser.list('close', parser.value);
  const made = make(parser, maker, args);
  // Not another word about arguments that are wrong themselves.
  if (typeof made === 'object' || parser.faults.length > faultsBefore)
    return typeof made === 'object' ? made : undefined;
  parser.lexer.fault('query.argument', made, from, parser.closedTo);
  return undefined;
}

/** Or what it takes. */
function make(
  parser: Parser,
  maker: Maker,
  args: readonly GValue[],
): Exclude<Argument, string | number | boolean | null> | string {
  const [first, second] = args;
  const { fresh } = parser.world;
  switch (maker) {
    case 'datetime':
      if (args.length === 0 && fresh !== undefined) return fresh.now();
      if (args.length !== 1 || typeof first !== 'string')
        return "datetime takes a text, such as '2023-08-02T00:00:00Z'";
      return dateTimeOf(first) ?? `'${first.slice(0, 40)}' is no date, such as '2023-08-02T00:00:00Z'`;
    case 'uuid':
      if (args.length === 0 && fresh !== undefined) return fresh.uuid();
      if (args.length !== 1 || typeof first !== 'string' || !uuidShape.test(first)) return 'UUID takes a UUID as text';
      return new Uuid(first);
    case 'vertex':
      if (args.length === 0 || args.length > 2 || first === undefined) return 'Vertex takes an id and a label';
      return new Reference('vertex', { id: first, label: typeof second === 'string' ? second : 'vertex' });
    default:
      if (args.length !== 1 || first === undefined) return `${maker} takes one value`;
      return new CardinalityValue(maker, first);
  }
}

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
