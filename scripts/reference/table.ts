/** Tables of Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', '<br>');
}

export function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

export const madeFrom = (source: string) => `<!-- Made by scripts/gen-docs.ts from ${source}. -->`;
