/** How sockets are found: told by the kernel where it lets us, else looked for; and what is missing for the better one. */
import type { Door } from '../../native/door.ts';
import type { SocketWatch } from '../../native/sockets.ts';
import { Unavailable } from '../../std/unavailable.ts';
import type { Looked } from './look.ts';

export interface Mechanism {
  /** Undefined: they are looked for. */
  readonly watch: SocketWatch | undefined;
  /** Why the kernel does not tell; undefined where that was not wanted. */
  readonly why: string | undefined;
}

export async function openMechanism(
  mode: 'auto' | 'ebpf' | 'diag',
  door: Door,
  hear: Parameters<Door['watchSockets']>[0],
): Promise<Mechanism> {
  if (mode === 'diag') return { watch: undefined, why: undefined };
  try {
    return { watch: await door.watchSockets(hear), why: undefined };
  } catch (error) {
    const why = (error as Error).message;
    if (mode === 'ebpf')
      throw new Unavailable(`sockets are not told by the kernel (${why})`, 'CAP_BPF, CAP_PERFMON and Linux 5.17', {
        cause: error,
      });
    return { watch: undefined, why };
  }
}

/** What is to be said of it after a look; urgent: something is missing. */
export function sayingOf(
  { watch, why }: Mechanism,
  { unread, hidden, why: unreadWhy }: Looked,
  { pollMs }: { pollMs: number },
): { readonly text: string; readonly isMissing: boolean } {
  if (watch) return { text: 'TCP is told by the kernel (eBPF)', isMissing: false };
  const told = `sockets are looked for every ${pollMs / 1000} s (sock_diag and /proc)`;
  const missing = [
    why === undefined ? [] : `${told}, and what is shorter is not seen: ${why}`,
    unread === 0 ? [] : `sockets of ${unread} namespaces are not seen: needs CAP_SYS_ADMIN (${unreadWhy?.message})`,
    hidden === 0 ? [] : `who holds sockets of ${hidden} processes of other users is not seen: needs CAP_SYS_PTRACE`,
  ].flat();
  return missing.length > 0 ? { text: missing.join('; '), isMissing: true } : { text: told, isMissing: false };
}
