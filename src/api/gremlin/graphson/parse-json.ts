/**
 * JSON whose numbers keep what they say: `1.50` is a decimal with two places, `9007199254740993` is no double. Such a
 * number comes as its digits, all others as plain numbers.
 */
import { badFrame } from '../bad-frame.ts';
import { bracketsMax } from '../codec-limits.ts';

export class NumberText {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }
}

/** Throws a Mistake for what is no JSON. */
export function parseJson(text: string): unknown {
  const deep = tooDeepAt(text);
  if (deep !== undefined) throw badFrame(`lists and objects lie deeper than ${bracketsMax} levels`, deep);
  try {
    return inexact.test(text) ? parseWithSource(text, keepDigits) : JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const position = /position (\d+)/.exec(error.message)?.[1];
    throw badFrame(
      `no JSON: ${error.message.slice(0, messageMax)}`,
      position === undefined ? text.length : Number(position),
    );
  }
}

const messageMax = 200;

/** Looking at each number is slow; few messages have any of these. What follows a quote is a text, such as an id. */
const inexact = /(?:^|[[:,\s])-?(?:\d{16}|\d+\.\d*0(?!\d)|\d+(?:\.\d+)?[eE])|BigDecimal/;

const parseWithSource = JSON.parse as (text: string, revive: typeof keepDigits) => unknown;

function keepDigits(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === 'number' && source !== undefined && String(value) !== source ? new NumberText(source) : value;
}

/** Brackets in texts count as well: no text that anyone means holds so many. */
function tooDeepAt(text: string): number | undefined {
  // As many would have to be there.
  if (text.length < bracketsMax) return undefined;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === OPEN_LIST || code === OPEN_OBJECT) {
      if (++depth > bracketsMax) return i;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
  }
  return undefined;
}

const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
