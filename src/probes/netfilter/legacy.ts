/** Tables of the old ip_tables, which nftables does not show: only that they are there can be told. */
import { readFileSync } from 'node:fs';

const FILES = ['ip_tables_names', 'ip6_tables_names'];
const NAMES_MAX = 32;

/** `path`: that of the namespace; only of those of a process, and of Skein's own, it can be read. */
export function legacyTables(path: string | undefined): string[] {
  const [, process] = path === undefined ? ['', 'self'] : (/^\/proc\/(\d+|self)\/ns\/net$/.exec(path) ?? []);
  if (process === undefined) return [];
  const names = FILES.flatMap((file) => {
    try {
      return readFileSync(`/proc/${process}/net/${file}`, 'utf8').split('\n').slice(0, NAMES_MAX);
    } catch {
      return [];
    }
  });
  return [...new Set(names.filter((name) => name !== ''))].sort();
}
