/**
 * Ids of a graph of one's own. They are of any type, and 1 is another than '1'; the graph below has texts only. A text is
 * kept as it is, anything else as `#` with its type: `#int:1`.
 */
import { mistake } from '../../../std/mistake.ts';
import { type AnyNumber, isNumber, Num, type NumType, num, numType } from '../value/num.ts';
import { type GValue, Uuid } from '../value/value.ts';

/** Throws a Mistake for what is no id. */
export function idText(id: GValue): string {
  if (typeof id === 'string') return id.charCodeAt(0) === HASH ? `#string:${id}` : id;
  if (isNumber(id)) return numberText(numType(id), id);
  if (id instanceof Uuid) return `#uuid:${id.value}`;
  if (typeof id === 'boolean') return `#boolean:${id}`;
  const what = id === null ? 'null' : id.constructor.name;
  throw mistake('query.no-id', `Expected an id that is a number, a string or a UUID but received ${what}`);
}

export function idOf(text: string): GValue {
  if (text.charCodeAt(0) !== HASH) return text;
  const colon = text.indexOf(':');
  const type = text.slice(1, colon);
  const value = text.slice(colon + 1);
  switch (type) {
    case 'string':
      return value;
    case 'uuid':
      return new Uuid(value);
    case 'boolean':
      return value === 'true';
    case 'long':
    case 'bigint':
      return num(type, BigInt(value));
    case 'bigdecimal':
      return new Num(type, value);
    default:
      return num(type as NumType, Number(value));
  }
}

/** Texts under which it may be kept, the nearest first: a number of another type, or its text, finds an element too. */
export function* idTexts(id: GValue): Generator<string> {
  if (id === null || (typeof id === 'object' && !(id instanceof Num) && !(id instanceof Uuid))) return;
  yield idText(id);
  if (id instanceof Uuid) yield id.value;
  else if (isNumber(id)) {
    const whole = wholeText(id);
    if (whole !== undefined) yield* wholeTexts(whole);
    yield whole ?? String(typeof id === 'number' ? id : id.value);
  } else if (typeof id === 'string') {
    if (UUID.test(id)) yield `#uuid:${id.toLowerCase()}`;
    else if (WHOLE.test(id)) yield* wholeTexts(id);
  }
}

/** The number of an int; what new ids count on from. */
export function intOf(text: string): number | undefined {
  return text.startsWith('#int:') ? Number(text.slice('#int:'.length)) : undefined;
}

function numberText(type: NumType, id: AnyNumber): string {
  return `#${type}:${typeof id === 'number' ? id : id.value}`;
}

function wholeText(id: AnyNumber): string | undefined {
  if (typeof id !== 'number') {
    const text = String(id.value);
    return WHOLE.test(text) ? text : undefined;
  }
  return Number.isSafeInteger(id) ? String(id) : undefined;
}

function wholeTexts(digits: string): string[] {
  return WHOLE_TYPES.map((type) => `#${type}:${digits}`);
}

/** As TinkerGraph makes them first; beyond these an id is found by its own type alone. */
const WHOLE_TYPES = ['int', 'long', 'double', 'short', 'byte', 'float', 'bigint'];
const WHOLE = /^-?\d{1,19}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HASH = '#'.charCodeAt(0);
