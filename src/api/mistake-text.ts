/** A Mistake as people read it: the message, the place with a caret under it, what would do. */
import type { Fault, Mistake } from '../std/mistake.ts';

export function mistakeText(mistake: Mistake): string {
  return `${mistake.faults.map((fault) => faultText(fault, mistake.input)).join('\n')}\n`;
}

/** Longer lines are shown around the place only. */
const lineMax = 120;

function faultText(fault: Fault, input: string | undefined): string {
  const hint = fault.hint ?? '';
  if (input === undefined || fault.from === undefined) {
    return printable(hint === '' ? fault.message : `${fault.message} (${hint})`);
  }
  const { line, column } = lineAt(input, fault.from);
  const start = column > lineMax - 20 ? column - Math.trunc(lineMax / 2) : 0;
  const shown = line.slice(start, start + lineMax);
  const before = start > 0 ? '…' : '';
  const width = Math.min(
    Math.max((fault.to ?? fault.from) - fault.from, 1),
    Math.max(shown.length - (column - start), 1),
  );
  const caret = `${' '.repeat(before.length + column - start)}${'^'.repeat(width)}${hint === '' ? '' : ` ${printable(hint)}`}`;
  return `${printable(fault.message)}\n  ${before}${printable(shown)}\n  ${caret}`;
}

function lineAt(input: string, position: number): { line: string; column: number } {
  const from = Math.min(Math.max(position, 0), input.length);
  const start = from === 0 ? 0 : input.lastIndexOf('\n', from - 1) + 1;
  const end = input.indexOf('\n', start);
  return { line: input.slice(start, end < 0 ? input.length : end), column: from - start };
}

/** What a client sent comes back to its terminal: control characters must not act there. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}
