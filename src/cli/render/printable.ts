/**
 * Text from the network on a terminal. The kernel lets an interface be called anything without a slash and a blank,
 * escape sequences included: what a terminal would obey is shown instead.
 */
export function printable(text: string): string {
  return text.replace(obeyed, (char) => named[char] ?? `\\u{${char.codePointAt(0)?.toString(16)}}`);
}

// Controls (C0, DEL, C1), line and paragraph separators, and what turns the direction of writing.
const obeyed = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const named: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r' };

/** Columns of a terminal that a text fills: wide characters two, combining ones none (Unicode TR 11, in short). */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += isZero.test(char) ? 0 : isWide.test(char) ? 2 : 1;
  return width;
}

const isZero = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const isWide =
  /^[\p{Emoji_Presentation}\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{20000}-\u{3fffd}]$/u;

/** At most so many columns; what is cut leaves an ellipsis. */
export function cutTo(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const char of text) {
    width += widthOf(char);
    if (width > columns - 1) break;
    kept += char;
  }
  return `${kept}…`;
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - widthOf(text))) + text;
}
