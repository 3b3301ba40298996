/** The namespace Skein runs in: its node is the host itself. */
import type { Door, NetnsIdentity } from '../../native/door.ts';
import { Unavailable } from '../../std/unavailable.ts';
import type { Namespace, ProbeHost } from '../probe.ts';
import { identify } from './identify.ts';

/** The namespace of the thread we run on, and of every thread that nobody moved. */
const OWN_PATH = '/proc/self/ns/net';

export function ownNamespace(door: Door, host: ProbeHost): Namespace {
  const { cookie } = ownIdentity(door);
  return { nodeId: host.id, tid: host.tid, path: OWN_PATH, cookie, name: host.name };
}

export function ownIdentity(door: Door): NetnsIdentity {
  try {
    return identify(door, OWN_PATH);
  } catch (cause) {
    throw new Unavailable(`our own namespace cannot be told (${(cause as Error).message})`, '/proc', { cause });
  }
}
