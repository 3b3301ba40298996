/** Which node stands for the network namespace a container is in. */
import { readFileSync, statSync } from 'node:fs';
import type { Door, NetnsIdentity } from '../../native/door.ts';
import { containerIdOf } from '../containerid.ts';
import { netnsId } from '../identity.ts';
import type { Namespaces, ProbeHost } from '../probe.ts';
import type { Container } from './container.ts';
import { isAlive } from './process.ts';

export interface HomesParts {
  readonly door: Door;
  readonly host: ProbeHost;
  readonly namespaces: Namespaces;
}

interface Home {
  readonly pid: number | undefined;
  readonly netnsPath: string | undefined;
  /** Undefined when it could not be told. */
  readonly nodeId: string | undefined;
  readonly triedMs: number;
}

/** A process that cannot be asked yet may be a moment later. */
const RETRY_MS = 1_000;

export class Homes {
  readonly #parts: HomesParts;
  readonly #own: NetnsIdentity | undefined;
  readonly #homes = new Map<string, Home>();

  constructor(parts: HomesParts) {
    this.#parts = parts;
    this.#own = identify(parts.door, '/proc/self/ns/net');
  }

  /** Node by container, of those containers that are in a namespace that is known. */
  of(containers: Iterable<Container>, nowMs: number): Map<string, string> {
    const there = new Set(this.#parts.namespaces.list().map(({ nodeId }) => nodeId));
    const result = new Map<string, string>();
    const seen = new Set<string>();
    for (const container of containers) {
      seen.add(container.key);
      const nodeId = this.#home(container, nowMs);
      if (nodeId !== undefined && there.has(nodeId)) result.set(container.key, nodeId);
    }
    for (const key of this.#homes.keys()) if (!seen.has(key)) this.#homes.delete(key);
    return result;
  }

  #home(container: Container, nowMs: number): string | undefined {
    const { key, pid, netnsPath } = container;
    const before = this.#homes.get(key);
    const isSame = before?.pid === pid && before?.netnsPath === netnsPath;
    if (before && isSame && (before.nodeId !== undefined || nowMs - before.triedMs < RETRY_MS)) return before.nodeId;
    const identity = pid === undefined ? undefined : this.#identify(container, pid);
    const nodeId = identity && this.#nodeId(identity);
    this.#homes.set(key, { pid, netnsPath, nodeId, triedMs: nowMs });
    return nodeId;
  }

  #identify({ key, startTicks, netnsPath }: Container, pid: number): NetnsIdentity | undefined {
    const path = `/proc/${pid}/ns/net`;
    const identity = isInOf(pid, key, startTicks) ? identify(this.#parts.door, path) : undefined;
    return identity ?? (netnsPath === undefined ? undefined : identify(this.#parts.door, netnsPath));
  }

  #nodeId({ cookie, inode }: NetnsIdentity): string {
    const { host } = this.#parts;
    const isOwn = cookie === 0n ? inode === this.#own?.inode : cookie === this.#own?.cookie;
    return isOwn ? host.id : netnsId(host.name, host.bootId, cookie === 0n ? -BigInt(inode) : cookie);
  }
}

/** Who a namespace is; without the right to enter it there is the inode. */
function identify(door: Door, path: string): NetnsIdentity | undefined {
  try {
    return door.netnsIdentity(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
    const file = statSync(path, { throwIfNoEntry: false });
    return file && { cookie: 0n, inode: file.ino, device: file.dev };
  }
}

/** An engine may count processes in another namespace than ours, and numbers are used again. */
function isInOf(pid: number, key: string, startTicks: number | undefined): boolean {
  try {
    if (!isAlive(pid, startTicks)) return false;
    const cgroup = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
    // Containers may be within containers, and what has a group of its own choice names none.
    return cgroup.includes(key) || containerIdOf(cgroup) === undefined || !/^[0-9a-f]{64}$/.test(key);
  } catch {
    return false;
  }
}
