/** What cannot be seen of namespaces for lack of capabilities. */
import { readFileSync } from 'node:fs';
import { effectiveIn, hasCapability } from '../../std/capabilities.ts';

export function missingSights(status: string = ownStatus()): string[] {
  const effective = effectiveIn(status) ?? 0n;
  return [
    hasCapability(effective, 'CAP_SYS_PTRACE')
      ? []
      : 'namespaces of other users’ processes are not seen: needs CAP_SYS_PTRACE',
    hasCapability(effective, 'CAP_SYS_ADMIN')
      ? []
      : 'what is inside of other namespaces is not seen: needs CAP_SYS_ADMIN',
  ].flat();
}

function ownStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return '';
  }
}
