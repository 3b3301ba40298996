/**
 * A traversal as text of standard Gremlin, for explain, errors and logs. What text can say is read back as it was; of what
 * it has no words for (a path, a duration, code) this says what it is.
 */
import { type Argument, Bytecode, CardinalityValue, type Instruction, Lambda, Strategy } from '../bytecode.ts';
import { GMap, GSet } from '../value/collections.ts';
import { dateTimeText } from '../value/datetime.ts';
import { durationText } from '../value/duration.ts';
import { isList } from '../value/identity.ts';
import { type AnyNumber, isNumber, numType, toNumber } from '../value/num.ts';
import { numberText } from '../value/number-text.ts';
import { Predicate } from '../value/predicate.ts';
import { Reference } from '../value/reference.ts';
import { Token } from '../value/token.ts';
import {
  Binary,
  BulkSet,
  ClassName,
  DateTime,
  Duration,
  Path,
  Property,
  Tree,
  Uuid,
  VertexProperty,
} from '../value/value.ts';

/** `source`: the name it begins with; `__` for one that is an argument of another's step. */
export function bytecodeText(bytecode: Bytecode, source = 'g'): string {
  return source + [...bytecode.source, ...bytecode.steps].map(instructionText).join('');
}

export function instructionText({ name, args }: Instruction): string {
  if (name === 'tx' && args.length === 1) return `.tx().${args[0]}()`;
  return `.${name}(${args.map(valueText).join(', ')})`;
}

export function valueText(value: Argument): string {
  if (value === null || typeof value === 'boolean') return String(value);
  // Java's escapes are those of JSON, and some more.
  if (typeof value === 'string') return JSON.stringify(value);
  if (isNumber(value)) return typedNumber(value);
  if (isList(value)) return `[${texts(value)}]`;
  if (value instanceof GSet) return `{${texts(value)}}`;
  if (value instanceof GMap)
    return `[${Array.from(value, ([key, item]) => `${keyText(key)}: ${valueText(item)}`).join(', ') || ':'}]`;
  if (value instanceof Token) return `${value.type}.${value.name}`;
  if (value instanceof Predicate) return predicateText(value);
  if (value instanceof Bytecode) return bytecodeText(value, '__');
  if (value instanceof CardinalityValue) return `Cardinality.${value.cardinality}(${valueText(value.value)})`;
  if (value instanceof Strategy) return strategyText(value);
  if (value instanceof Uuid) return `UUID("${value.value}")`;
  if (value instanceof DateTime) return `datetime("${dateTimeText(value)}")`;
  if (value instanceof ClassName) return value.name;
  if (value instanceof Reference && value.names === 'vertex')
    return `new Vertex(${valueText(value.id)}, ${valueText(value.label)})`;
  return sketch(value);
}

/** With the letter of its type, where text would be taken for another. */
function typedNumber(value: AnyNumber): string {
  const type = numType(value);
  const size = toNumber(value);
  // Those of floats have no words of their own.
  if (Number.isNaN(size) || Math.abs(size) === Number.POSITIVE_INFINITY) {
    if (type === 'float') return `(float) ${size}`;
    if (type === 'double') return String(size);
  }
  return numberText(value) + letters[type];
}

const letters = {
  byte: 'b',
  short: 's',
  int: '',
  long: 'L',
  float: 'f',
  double: '',
  bigint: 'n',
  bigdecimal: 'm',
} as const;

function texts(values: Iterable<Argument>): string {
  return Array.from(values, valueText).join(', ');
}

/** A word before a colon would be a text. */
function keyText(key: Argument): string {
  return typeof key === 'string' ? valueText(key) : `(${valueText(key)})`;
}

function predicateText({ name, args, isText }: Predicate): string {
  const [first = null, ...others] = args;
  if (name === 'and' || name === 'or')
    return valueText(first) + others.map((other) => `.${name}(${valueText(other)})`).join('');
  return `${isText ? 'TextP' : 'P'}.${name}(${texts(args)})`;
}

function strategyText({ name, configuration }: Strategy): string {
  if (configuration.size === 0) return name;
  const settings = Array.from(
    configuration,
    ([key, value]) => `${WORD.test(key) ? key : valueText(key)}: ${valueText(value)}`,
  );
  return `new ${name}(${settings.join(', ')})`;
}

const WORD = /^[A-Za-z_]\w*$/;

/** What text has no words for. */
function sketch(value: Exclude<Argument, string | number | boolean | null>): string {
  if (value instanceof Duration) return `Duration("${durationText(value)}")`;
  if (value instanceof Binary) return `Binary(${value.bytes.length} bytes)`;
  if (value instanceof Path) return `path[${texts(value.objects)}]`;
  if (value instanceof VertexProperty) return `vp[${value.key}->${valueText(value.value)}]`;
  if (value instanceof Property) return `p[${value.key}->${valueText(value.value)}]`;
  if (value instanceof Reference) return `${value.names}[${valueText(value.id)}]`;
  if (value instanceof BulkSet) return `BulkSet${valueText(value.counts)}`;
  if (value instanceof Tree) return `Tree${valueText(value.entries)}`;
  if (value instanceof Lambda) return `Lambda(${valueText(value.language)})`;
  if ('kind' in value) return `${value.kind === 'node' ? 'v' : 'e'}[${value.id}]`;
  return value.constructor.name;
}
