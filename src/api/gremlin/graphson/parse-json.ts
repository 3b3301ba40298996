/**
 * JSON whose numbers keep what they say: `1.50` is a decimal with two places, `9007199254740993` is no double. Such a
 * number comes as its digits, all others as plain numbers.
 */
import { badFrame } from '../bad-frame.ts';

export class NumberText {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }
}

/** Throws a Mistake for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return inexact.test(text) ? parseWithSource(text, keepDigits) : JSON.parse(text);
  } catch (error) {
    // A RangeError: lists within lists beyond what the parser reaches.
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    const position = /position (\d+)/.exec(error.message)?.[1];
    throw badFrame(
      `no JSON: ${error.message.slice(0, messageMax)}`,
      position === undefined ? text.length : Number(position),
    );
  }
}

const messageMax = 200;

/** Looking at each number is slow; few messages have any of these. */
const inexact = /\d{16}|\d\.\d*0(?!\d)|\d[eE]|BigDecimal/;

const parseWithSource = JSON.parse as (text: string, revive: typeof keepDigits) => unknown;

function keepDigits(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === 'number' && source !== undefined && String(value) !== source ? new NumberText(source) : value;
}
