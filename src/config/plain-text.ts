/** A text, number or word of a file as text; nothing for what holds others, which may have no text at all. */
export function plainText(value: unknown): string {
  return typeof value === 'object' ? '' : String(value);
}
