import { textOp } from '../forms/text.ts';
import { defineTraversalStep, type TraversalStep } from '../step.ts';

export const trim = trimmed('trim', 'around a text', { atStart: true, atEnd: true });
export const lTrim = trimmed('lTrim', 'before a text', { atStart: true, atEnd: false });
export const rTrim = trimmed('rTrim', 'behind a text', { atStart: false, atEnd: true });

/** From the ends inwards: a pattern that is anchored at the end alone would begin at each blank of a long text. */
function cut(text: string, { atStart, atEnd }: { atStart: boolean; atEnd: boolean }): string {
  let from = 0;
  let to = text.length;
  if (atStart) while (from < to && isBlank(text.charCodeAt(from))) from++;
  if (atEnd) while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

/** Java's whitespace: spaces of every width but those that do not break a line, and ASCII's controls. */
function isBlank(unit: number): boolean {
  if (unit <= 0x20) return true;
  if (unit < 0x1680) return false;
  return unit === 0x1680 || (unit >= 0x2000 && unit <= 0x200a && unit !== 0x2007) || OTHER_BLANKS.has(unit);
}

const OTHER_BLANKS = new Set([0x2028, 0x2029, 0x205f, 0x3000]);

function trimmed(name: string, where: string, ends: { atStart: boolean; atEnd: boolean }): TraversalStep {
  return defineTraversalStep({
    name,
    doc: `Without the blanks ${where}; with local, for those of a list.`,
    args: '[scope]',
    count: [0, 1],
    example: { query: `g.inject(' a ').${name}().length()`, gives: [name === 'trim' ? '1' : '2'] },
    build: (call) => textOp(call, (text) => cut(text, ends)),
  });
}
