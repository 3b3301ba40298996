/** What runc keeps of a container: state.json in a directory of its own. */
import type { Container, Manager } from '../containers/container.ts';
import { readHosts } from '../containers/hosts.ts';
import { isAlive, isFrozen } from '../containers/process.ts';
import { at, integerAt, listAt, textAt, textsOf, timeAt } from '../containers/reading.ts';
import { type Annotations, readAnnotations } from '../containers/spec.ts';

export interface State {
  readonly id: string;
  readonly key: string;
  readonly pid: number;
  readonly startTicks: number | undefined;
  readonly created: number | undefined;
  readonly hostname: string | undefined;
  readonly hostsPath: string | undefined;
  readonly netnsPath: string | undefined;
  readonly annotations: Annotations;
  readonly behind: Manager | undefined;
}

export function readState(json: unknown): State | undefined {
  const id = textAt(json, 'id');
  const pid = integerAt(json, 'init_process_pid');
  if (id === undefined || pid === undefined) return undefined;
  const pairs = textsOf(listAt(json, 'config', 'labels')).map((label): [string, string] => {
    const end = label.indexOf('=');
    return [label.slice(0, Math.max(end, 0)), label.slice(end + 1)];
  });
  const labels = new Map(pairs);
  const bundle = labels.get('bundle') ?? '';
  labels.delete('bundle');
  const [, namespace] = /\/io\.containerd\.runtime\.v\d\.\w+\/([^/]+)\/[^/]+$/.exec(bundle) ?? [];
  const hosts = listAt(json, 'config', 'mounts').find((mount) => textAt(mount, 'destination') === '/etc/hosts');
  return {
    id,
    key: keyOf(id, namespace, bundle),
    pid,
    startTicks: integerAt(json, 'init_process_start'),
    created: timeAt(json, 'created'),
    hostname: textAt(json, 'config', 'hostname'),
    hostsPath: textAt(hosts, 'source'),
    netnsPath: textAt(at(json, 'namespace_paths'), 'NEWNET'),
    annotations: readAnnotations(Object.fromEntries(labels)),
    behind: managerOf(namespace, labels),
  };
}

/** Ids that people give are unique for one manager and in one namespace of it only. */
function keyOf(id: string, namespace: string | undefined, bundle: string): string {
  if (/^[0-9a-f]{64}$/.test(id)) return id;
  return namespace === undefined ? `${bundle}:${id}` : `${namespace}/${id}`;
}

function managerOf(namespace: string | undefined, labels: ReadonlyMap<string, string>): Manager | undefined {
  if (namespace !== undefined) return namespace === 'moby' ? 'docker' : 'containerd';
  return labels.get('io.container.manager') === 'libpod' ? 'podman' : undefined;
}

export function containerOf(state: State): Container {
  const { id, key, startTicks, created, hostname, hostsPath, netnsPath, annotations, behind } = state;
  const isRunning = isAlive(state.pid, startTicks);
  const pid = isRunning ? state.pid : undefined;
  return {
    key,
    name: annotations.name ?? id,
    pid,
    startTicks,
    netnsPath: isRunning ? netnsPath : undefined,
    behind,
    networks: [],
    facts: {
      id,
      status: pid === undefined ? 'stopped' : isFrozen(pid) ? 'paused' : 'running',
      runtime: 'runc',
      image: annotations.image,
      labels: annotations.labels,
      more: { Hosts: readHosts(hostsPath, hostname), Pod: annotations.pod, Created: created },
    },
  };
}
