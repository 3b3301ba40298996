/** docs/reference/options.md: every option of `skein up`. */
import { type OptionEntry, optionList } from '../../src/config/list.ts';
import { code, madeFrom, table } from './table.ts';

export function optionsPage(): string {
  const sections = Map.groupBy(optionList, ({ path }) => (path.includes('.') ? (path.split('.')[0] as string) : ''));
  return `${madeFrom('src/config/options.ts')}

# Options

Each option of \`skein up\` is a flag, a variable, and a key of the file that \`--config FILE\` (or \`SKEIN_CONFIG\`) names.
A flag wins over a variable, that over the file, that over the default.
The file is YAML or JSON; its keys may be nested (\`archive: { maxSize: 2GiB }\`) or dotted (\`archive.maxSize: 2GiB\`).
All mistakes are told at once, with their lines.
Durations are written \`500ms\`, \`30s\`, \`5m\`, \`1h30m\`, \`7d\`; sizes \`512MiB\`, \`1GB\`, or a number of bytes.
Lists are written with commas in flags and variables.
Keys of Skydive are taken too: [Skydive's keys](skydive-keys.md).

${[...sections].map(([name, entries]) => section(name, entries)).join('\n\n')}
`;
}

function section(name: string, entries: readonly OptionEntry[]): string {
  return `## ${name === '' ? 'General' : code(name)}\n\n${optionTable(entries)}`;
}

export function optionTable(entries: readonly OptionEntry[]): string {
  const rows = entries.map((entry) => [
    [entry.path, `${entry.flag} ${entry.takes}`.trimEnd(), entry.env].map(code).join('\n'),
    entry.doc,
    defaultOf(entry),
    code(entry.example),
  ]);
  return table(['key, flag, variable', 'what it does', 'default', 'example'], rows);
}

function defaultOf({ default: declared, defaultWords }: OptionEntry): string {
  if (defaultWords !== undefined) return defaultWords;
  if (typeof declared === 'string') return code(declared);
  if (Array.isArray(declared)) return declared.length === 0 ? 'none' : code(declared.join(','));
  return code(JSON.stringify(declared));
}
