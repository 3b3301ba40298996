/** A container, whoever manages it, as its node tells it. */
import type { Metadata, Value } from '../../graph/element.ts';
import { uuidV5 } from '../../std/uuid.ts';
import { ownedTid } from '../identity.ts';
import type { ProbeHost } from '../probe.ts';

/** Who tells of a container, best first: an engine runs its containers by those behind it. */
export const MANAGERS = ['docker', 'podman', 'containerd', 'runc', 'lxd'] as const;
export type Manager = (typeof MANAGERS)[number];

export interface Container {
  /** What tells it from all others of this host: its id, with whatever that is unique in. */
  readonly key: string;
  readonly name: string;
  /** Its first process; undefined while it does not run. */
  readonly pid: number | undefined;
  /** When that process began, where it is known, as in /proc/PID/stat: another may have its number. */
  readonly startTicks?: number | undefined;
  /** A path of its network namespace, for when its process cannot be seen. */
  readonly netnsPath?: string | undefined;
  /** Who else is expected to tell of it, and better. */
  readonly behind?: Manager | undefined;
  /** What there is to say of it. */
  readonly facts: ContainerFacts;
  readonly networks: readonly Attachment[];
  /** What its manager alone says: keys of the node beside those that all have. */
  readonly own?: Metadata | undefined;
}

/** Absent ones are left away. Times are epoch ms. */
export interface ContainerFacts {
  readonly id: string;
  readonly status: string;
  readonly image?: string | undefined;
  readonly imageId?: string | undefined;
  readonly runtime?: string | undefined;
  readonly labels?: Metadata | undefined;
  readonly more?: Readonly<Record<string, Value | undefined>>;
}

/** How a container is on a network. */
export interface Attachment {
  readonly networkId: string | undefined;
  readonly mac: string | undefined;
  /** As it is shown: Name, NetworkID, addresses, MAC, gateways, aliases. */
  readonly shown: Metadata;
}

export function containerNodeId(host: string, key: string): string {
  return uuidV5(['container', host, key]);
}

export function describeContainer(container: Container, manager: Manager, host: ProbeHost): Metadata {
  const { key, name, pid, facts, networks, own } = container;
  const { id, status, image, imageId, runtime, labels, more } = facts;
  return known({
    Type: 'container',
    Name: name,
    TID: ownedTid(host.tid, key, 'container'),
    Manager: manager,
    Runtime: runtime,
    State: status === 'running' ? 'UP' : 'DOWN',
    Container: known({
      ID: id,
      Image: image,
      ImageID: imageId,
      // Skydive's word: for scripts that tell engines apart by it.
      Runtime: manager === 'docker' ? 'docker' : runtime,
      Status: status,
      InitProcessPID: pid,
      Labels: labels,
      Networks: networks.length > 0 ? networks.map(({ shown }) => shown) : undefined,
      ...more,
    }),
    ...own,
  });
}

export function known(values: Readonly<Record<string, Value | undefined>>): Metadata {
  const entries = Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}
