/** A text on several lines of a width. */
import { widthOf } from './printable.ts';

/** At blanks and behind commas; what is longer than a line alone is cut where the line ends. */
export function linesOf(text: string, width: number): string[] {
  const found: string[] = [];
  let line = '';
  for (const word of text.split(/(?<= )|(?<=,)(?! )/)) {
    let rest = word;
    if (line !== '' && widthOf(line + rest.trimEnd()) > width) {
      found.push(line.trimEnd());
      line = '';
    }
    while (widthOf(rest.trimEnd()) > width) {
      found.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line += rest;
  }
  return [...found, line.trimEnd()];
}
