/** What this process may do (capabilities(7)), and what cannot be seen of namespaces for lack of it. */
import { readFileSync } from 'node:fs';

export function missingSights(status: string = ownStatus()): string[] {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const has = (capability: bigint) => ((effective >> capability) & 1n) === 1n;
  return [
    has(CAP_SYS_PTRACE) ? [] : 'namespaces of other users’ processes are not seen: needs CAP_SYS_PTRACE',
    has(CAP_SYS_ADMIN) ? [] : 'what is inside of other namespaces is not seen: needs CAP_SYS_ADMIN',
  ].flat();
}

// include/uapi/linux/capability.h
const CAP_SYS_PTRACE = 19n;
const CAP_SYS_ADMIN = 21n;

function ownStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return '';
  }
}
