/** Where Podman keeps containers: for root in one place, for everyone else below their home. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf } from '../containers/files.ts';

export interface Place {
  /** Containers, running or not (containers-storage.conf(5), graphroot). */
  readonly storage: string;
  /** What there is of them while they run (runroot). */
  readonly run: string;
}

const USERS = '/run/user';

export function placesOfUsers(): Place[] {
  const homes = new Map<string, string>();
  for (const line of textOf('/etc/passwd').split('\n')) {
    const [, , uid, , , home] = line.split(':');
    if (uid !== undefined && uid !== '0' && home?.startsWith('/')) homes.set(uid, home);
  }
  return entriesOf(USERS).flatMap((uid): Place[] => {
    const home = homes.get(uid);
    if (home === undefined) return [];
    return [{ storage: join(home, '.local/share/containers/storage'), run: join(USERS, uid, 'containers') }];
  });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
