/** Processes as witnesses of namespaces: one for each namespace that any lives in. */
import { readFileSync } from 'node:fs';
import type { Door, NetnsIdentity } from '../../native/door.ts';
import { type Holders, type Inhabitant, type InhabitantsReading, keyOf } from './holders.ts';
import { identify } from './identify.ts';

/**
 * An inode number tells namespaces apart only while they exist, so who is behind it is asked anew, unless a name keeps
 * it or, with `trust`, the same process showed it last time.
 */
export async function readInhabitants(
  { door, holders, own }: { door: Door; holders: Holders; own: NetnsIdentity },
  { trust }: { trust: boolean },
): Promise<InhabitantsReading> {
  const all: { identity: NetnsIdentity; inhabitant: Inhabitant }[] = [];
  let isComplete = true;
  for (const { pid, inode } of await door.processNamespaces()) {
    if (inode === own.inode) continue;
    const known = holders.byInode(inode);
    const witness = known?.inhabitant;
    try {
      const isSure = known && trust && (known.places.size > 0 || witness?.pid === pid);
      const identity = isSure ? known.identity : identify(door, pathOf(pid));
      // Whom we know stays the witness while he is there: the path of a namespace changes only when it must.
      const stays =
        witness &&
        keyOf(known.identity) === keyOf(identity) &&
        (witness.pid === pid || isIn(door, witness.pid, identity));
      all.push({ identity, inhabitant: stays ? lasting(witness) : { pid, name: nameOf(pid) } });
    } catch {
      isComplete = false;
    }
  }
  return { all, isComplete };
}

function isIn(door: Door, pid: number, identity: NetnsIdentity): boolean {
  try {
    return keyOf(identify(door, pathOf(pid))) === keyOf(identity);
  } catch {
    return false;
  }
}

export function pathOf(pid: number): string {
  return `/proc/${pid}/ns/net`;
}

/** What prepares a container is called so for a moment: then the same process is what the container is for. */
function lasting({ pid, name }: Inhabitant): Inhabitant {
  return { pid, name: name.startsWith(PREPARING) ? nameOf(pid) : name };
}

const PREPARING = 'runc:[';

/** `sleep-4711`: the command (proc_pid_comm(5)) and the process. */
function nameOf(pid: number): string {
  try {
    return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()}-${pid}`;
  } catch {
    return `process-${pid}`;
  }
}
