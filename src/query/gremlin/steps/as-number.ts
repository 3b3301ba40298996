import { mistake } from '../../../std/mistake.ts';
import { defineTraversalStep } from '../step.ts';
import { convert } from '../value/convert.ts';
import { compareDecimals, decimalText, parseDecimal } from '../value/decimal.ts';
import { javaType, numberTypes } from '../value/java-type.ts';
import { type AnyNumber, double, isNumber, long, type NumType, num, numType } from '../value/num.ts';
import { Token } from '../value/token.ts';
import { DateTime, type GValue } from '../value/value.ts';
import { msOf } from './dates.ts';

export const asNumber = defineTraversalStep({
  name: 'asNumber',
  doc: 'A number of a text, of another number, or of a date (milliseconds since 1970); with a type, of that type, where it fits.',
  args: '[type]',
  count: [0, 1],
  example: { query: "g.inject('5.5').asNumber(GType.INT)", gives: ['5'] },
  build(call, builder) {
    const [token] = call.args;
    const type = token instanceof Token ? numberTypesOf.get(token.name) : undefined;
    const isAny = token === undefined || (token instanceof Token && token.type === 'GType' && token.name === 'NUMBER');
    if (!isAny && type === undefined)
      builder.wrong(
        call,
        `asNumber() requires a numeric type token, got ${token instanceof Token ? token.name : 'something else'}`,
      );
    return {
      kind: 'map',
      map({ value }) {
        if (value === null) return null;
        const number = numberOf(value);
        return type === undefined ? number : typed(number, type);
      },
    };
  },
});

const numberTypesOf: ReadonlyMap<string, NumType> = new Map([
  ['BYTE', 'byte'],
  ['SHORT', 'short'],
  ['INT', 'int'],
  ['LONG', 'long'],
  ['FLOAT', 'float'],
  ['DOUBLE', 'double'],
  ['BIGINT', 'bigint'],
  ['BIGDECIMAL', 'bigdecimal'],
]);

function numberOf(value: GValue): AnyNumber {
  if (isNumber(value)) return value;
  if (value instanceof DateTime) return long(msOf(value));
  if (typeof value !== 'string') throw mistake('gremlin.number', `Can't parse type ${javaType(value)} as number.`);
  const number = parsed(value.trim());
  if (number === undefined) throw mistake('gremlin.number', `Can't parse string '${value}' as number.`);
  return number;
}

/** With a fraction or an exponent a double, or a decimal where a double would lose digits; else the smallest from int on. */
function parsed(text: string): AnyNumber | undefined {
  if (/[.eE]/.test(text)) {
    const decimal = parseDecimal(text);
    if (decimal === undefined) return undefined;
    const exact = num('bigdecimal', decimalText(decimal));
    const near = Number(text);
    if (!Number.isFinite(near)) return exact;
    // The same digits, however they are written.
    const digits = parseDecimal(String(near));
    return digits !== undefined && compareDecimals(digits, decimal) === 0 ? double(near) : exact;
  }
  if (!/^[-+]?\d{1,4096}$/.test(text)) return undefined;
  const whole = num('bigint', BigInt(text.replace('+', '')));
  return convert(whole, 'int') ?? convert(whole, 'long') ?? whole;
}

function typed(number: AnyNumber, type: NumType): AnyNumber {
  const converted = convert(number, type);
  if (converted !== undefined) return converted;
  throw mistake(
    'gremlin.number',
    `Can't convert number of type ${numberTypes[numType(number)]} to ${numberTypes[type]} due to overflow.`,
  );
}
