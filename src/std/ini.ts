/** INI files: `[section]`, `key = value`, comments after `;` or `#` at the start of a line. There is no standard. */

type Ini = { [key: string]: string | Ini };

/** A section named `a.b` is one key. Of a key that is given twice the last counts. Lines that are neither are passed over. */
export function parseIni(text: string): Ini {
  const root: Ini = {};
  let section = root;
  for (const line of text.split(/\r?\n/)) {
    const [, heading] = /^\s*\[([^\]]+)\]\s*$/.exec(line) ?? [];
    if (heading !== undefined) {
      const name = heading.trim();
      const before = own(root, name);
      section = typeof before === 'object' ? before : {};
      put(root, name, section);
      continue;
    }
    const [, key, value] = /^\s*([^;#=:\s][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) put(section, key, value.replace(/^(["'])(.*)\1$/, '$2'));
  }
  return root;
}

function own(record: Ini, key: string): string | Ini | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

// Plain assignment of __proto__ would not make a key.
function put(record: Ini, key: string, value: string | Ini): void {
  Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true });
}
