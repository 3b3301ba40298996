/** Whether this kernel has nftables already: asking where it is a module that is not loaded would have it loaded. */
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';

export function hasNftables(): boolean {
  // A kernel without modules has it or never will.
  if (existsSync('/sys/module/nf_tables') || !existsSync('/proc/modules')) return true;
  try {
    return readFileSync(`/lib/modules/${release()}/modules.builtin`, 'utf8').includes('/nf_tables.ko');
  } catch {
    return false;
  }
}
