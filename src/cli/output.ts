/** `-o` and what belongs to it: one set of options for all commands that print data. */
import { type Command, InvalidArgumentError, Option } from 'commander';

type PlainFormat =
  | 'table'
  | 'wide'
  | 'json'
  | 'ndjson'
  | 'csv'
  | 'yaml'
  | 'dot'
  | 'mermaid'
  | 'name'
  | 'skydive'
  | 'compact'
  | 'dict'
  | 'pcap';

export type Format = { readonly kind: PlainFormat } | { readonly kind: 'columns'; readonly keys: readonly string[] };

export type FormatName = Format['kind'];

export interface OutputOptions {
  readonly output?: Format;
  readonly headers?: boolean;
  readonly limit?: number;
  readonly sortBy?: string;
  readonly utc?: boolean;
  readonly failEmpty?: boolean;
}

/** Every format that makes sense for a list of elements. */
export const elementFormats: readonly FormatName[] = [
  'table',
  'wide',
  'json',
  'ndjson',
  'csv',
  'yaml',
  'dot',
  'mermaid',
  'name',
  'columns',
];

export function addFormatOption(command: Command, formats: readonly FormatName[]): Command {
  const listed = formats.map((format) => (format === 'columns' ? 'columns=KEY,…' : format)).join(', ');
  return command.addOption(
    new Option('-o, --output <format>', listed).argParser((text) => formatOf(text, formats)).helpGroup(group),
  );
}

/** For commands that list: how many, in which order. */
export function addListOptions(command: Command): Command {
  return command
    .addOption(new Option('--no-headers', 'no line of titles').helpGroup(group))
    .addOption(new Option('--limit <n>', 'at most so many').argParser(wholeNumber).helpGroup(group))
    .addOption(new Option('--sort-by <key>', 'by a key or a column; -KEY is downwards').helpGroup(group))
    .addOption(new Option('--fail-empty', 'exit with 1 when nothing is found').helpGroup(group));
}

export function addUtcOption(command: Command): Command {
  return command.addOption(new Option('--utc', 'times in UTC instead of local time').helpGroup(group));
}

const group = 'Output:';

function formatOf(text: string, formats: readonly FormatName[]): Format {
  const [name = '', list] = text.split(/=(.*)/s);
  const kind = formats.find((format) => format === name);
  if (!kind) throw new InvalidArgumentError(`It is one of: ${formats.join(', ')}.`);
  if (kind !== 'columns') return { kind };
  const keys = (list ?? '').split(',').filter(Boolean);
  if (keys.length === 0) throw new InvalidArgumentError('Say which: columns=Name,MTU,@UpdatedAt.');
  return { kind, keys };
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It is a whole number.');
  return Number(text);
}
