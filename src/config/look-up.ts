/** What `GET /api/config/KEY` answers: our options, and Skydive's keys as its users know them. Secrets stay here. */
import { optionByPath, optionList } from './list.ts';
import type { Loaded } from './load.ts';
import { nest } from './nest.ts';
import type { Raw } from './option.ts';
import { type SkydiveKey, skydiveKey, skydiveKeys } from './skydive-keys.ts';

const hidden = '(hidden)';

/** The value of a key, or everything below a section; undefined when there is no such key. */
export function lookUpConfig(loaded: Loaded, key: string): Raw | undefined {
  return ours(loaded, key) ?? theirs(loaded, key.toLowerCase());
}

function ours({ written }: Loaded, key: string): Raw | undefined {
  if (optionByPath.has(key)) return shown(key, written.get(key));
  const below = optionList.filter(({ path }) => path.startsWith(`${key}.`));
  return section(below.map(({ path }) => [path.slice(key.length + 1), shown(path, written.get(path))]));
}

function theirs(loaded: Loaded, key: string): Raw | undefined {
  const entry = skydiveKey(key);
  const value = entry && theirValue(loaded, entry, key);
  if (value !== undefined) return value;
  const start = `${key}.`;
  const keys = [...new Set([...skydiveKeys.map((one) => one.key), ...loaded.skydive.keys()])].filter((one) =>
    one.startsWith(start),
  );
  const values = keys.map((one): [string, Raw | undefined] => {
    const its = skydiveKey(one);
    return [one.slice(start.length), its && !one.endsWith('.*') ? theirValue(loaded, its, one) : undefined];
  });
  return section(values);
}

/** As it was given, else what our option of the same meaning is, else what Skydive would have taken. */
function theirValue({ skydive, written }: Loaded, entry: SkydiveKey, key: string): Raw | undefined {
  const given = skydive.get(key);
  if (given !== undefined) return isSecret(key) ? hidden : withoutSecrets(given);
  const our = entry.to !== undefined && entry.as === undefined ? written.get(entry.to) : undefined;
  return our ?? (entry.key.endsWith('.*') ? undefined : entry.default);
}

function section(values: readonly (readonly [string, Raw | undefined])[]): Raw | undefined {
  return values.length === 0 ? undefined : (nest(values) as Raw);
}

function shown(path: string, value: Raw | undefined): Raw | undefined {
  return value !== undefined && optionByPath.get(path)?.secret ? hidden : value;
}

function isSecret(key: string): boolean {
  return /(^|[._])(password|passwd|secret|token)$/i.test(key);
}

function withoutSecrets(value: Raw): Raw {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, its]) => [key, isSecret(key) ? hidden : withoutSecrets(its)]),
  );
}
