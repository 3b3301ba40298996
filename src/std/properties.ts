/** Java properties (java.util.Properties.load): `key=value`, `key: value`, `key value`; a backslash continues a line. */

/** Keys are taken as they are, dots and all. Escapes \t \n \r \f \uXXXX and of any other character are understood. */
export function parseProperties(text: string): Record<string, string> {
  const entries: [string, string][] = [];
  for (const line of logicalLines(text)) {
    const [, key = '', value = ''] = /^((?:[^\\=:\s]|\\[\s\S])*)(?:\s*[=:]\s*|\s+|$)([\s\S]*)$/.exec(line) ?? [];
    if (key !== '') entries.push([unescaped(key), unescaped(value)]);
  }
  return Object.fromEntries(entries);
}

function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let open: string | undefined;
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.trimStart();
    if (open === undefined && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue;
    const joined = (open ?? '') + line;
    const isContinued = /(?:^|[^\\])(?:\\\\)*\\$/.test(line);
    open = isContinued ? joined.slice(0, -1) : undefined;
    if (!isContinued) lines.push(joined);
  }
  return open === undefined ? lines : [...lines, open];
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_all, code?: string, letter?: string) =>
    code === undefined ? (ESCAPES[letter ?? ''] ?? letter ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
