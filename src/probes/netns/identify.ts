/** Who a namespace is, as far as we may know. */
import { statSync } from 'node:fs';
import type { Door, NetnsIdentity } from '../../native/door.ts';

/**
 * Before Linux 6.18 the cookie is told inside of the namespace only, and to go there takes CAP_SYS_ADMIN. Without it
 * the inode has to do. Throws an Error with `code`.
 */
export function identify(door: Door, path: string): NetnsIdentity {
  try {
    return door.netnsIdentity(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    const { ino, dev } = statSync(path);
    return { cookie: 0n, inode: ino, device: dev };
  }
}
