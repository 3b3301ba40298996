/** Names and reasons come from the network: what a terminal, XML or a workflow command would obey is made visible. */

/** One line for a terminal. */
export function plain(text: string): string {
  return text.replace(control, (char) =>
    char === '\n' || char === '\t' ? ' ' : `\\u{${char.codePointAt(0)?.toString(16)}}`,
  );
}

// C0, DEL, C1, line separators, and the marks that turn the direction of what follows.
const control = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** What XML 1.0 (2.2 Char) can hold: everything else cannot even be written as a reference. */
export function xmlText(text: string): string {
  return text
    .toWellFormed()
    .replace(notXml, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

const notXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** A reader turns plain line breaks of attributes into blanks (3.3.3), unless they are references. */
export function xmlAttribute(text: string): string {
  return xmlText(text)
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;')
    .replaceAll('\t', '&#9;');
}
