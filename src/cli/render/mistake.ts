/** A mistake as people read it: the sentence, the input with a caret under the place, and what would do. */
import type { Fault, Mistake } from '../../std/mistake.ts';

export function drawMistake(mistake: Mistake): string {
  return mistake.faults.map((fault) => drawFault(fault, mistake.input)).join('');
}

function drawFault(fault: Fault, input: string | undefined): string {
  const { message, from, to = from, hint } = fault;
  if (input === undefined || from === undefined || to === undefined) {
    return `skein: ${message}\n${hint === undefined ? '' : `  ${hint}\n`}`;
  }
  const start = input.lastIndexOf('\n', from - 1) + 1;
  const end = input.indexOf('\n', from);
  const line = input.slice(start, end < 0 ? input.length : end).replaceAll('\t', ' ');
  const carets = '^'.repeat(Math.max(1, Math.min(to, start + line.length) - from));
  return `skein: ${message}\n  ${line}\n  ${' '.repeat(from - start)}${carets}${hint === undefined ? '' : ` ${hint}`}\n`;
}
