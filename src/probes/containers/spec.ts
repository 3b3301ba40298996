/** What a runtime is told to run (config.json, OCI runtime specification): neither process nor environment is read. */
import type { Metadata } from '../../graph/element.ts';
import { known } from './container.ts';
import { readLabels } from './labels.ts';
import { at, listAt, textAt, timeAt } from './reading.ts';

export interface Spec {
  readonly hostname: string | undefined;
  readonly annotations: Annotations;
  /** File that is the container's /etc/hosts. */
  readonly hostsPath: string | undefined;
  readonly mounts: readonly Metadata[];
}

/** Annotations as labels, and what those of Kubernetes say. */
export interface Annotations {
  readonly labels: Metadata | undefined;
  readonly name: string | undefined;
  readonly image: string | undefined;
  /** Namespace and name. */
  readonly pod: string | undefined;
  readonly created: number | undefined;
}

export function readSpec(json: unknown): Spec {
  const mounts = listAt(json, 'mounts');
  return {
    hostname: textAt(json, 'hostname'),
    annotations: readAnnotations(at(json, 'annotations')),
    hostsPath: textAt(
      mounts.find((mount) => textAt(mount, 'destination') === '/etc/hosts'),
      'source',
    ),
    mounts: mounts.flatMap((mount) => mountOf(mount)),
  };
}

/** Every container has its own /proc, /dev and /sys: only what is brought in from outside is shown. */
function mountOf(mount: unknown): Metadata[] {
  const destination = textAt(mount, 'destination');
  const type = textAt(mount, 'type') ?? 'bind';
  if (destination === undefined || (type !== 'bind' && type !== 'none')) return [];
  return [
    known({ Type: 'bind', Destination: destination, ReadOnly: listAt(mount, 'options').includes('ro') || undefined }),
  ];
}

/** Words of containerd for a kubelet, of CRI-O, and of the kubelet itself. */
export function readAnnotations(annotations: unknown): Annotations {
  const first = (...keys: readonly string[]) => keys.map((key) => textAt(annotations, key)).find((text) => text);
  const pod = first('io.kubernetes.cri.sandbox-name', 'io.kubernetes.pod.name', 'io.kubernetes.cri-o.KubeName');
  const namespace = first(
    'io.kubernetes.cri.sandbox-namespace',
    'io.kubernetes.pod.namespace',
    'io.kubernetes.cri-o.Namespace',
  );
  return {
    labels: readLabels(annotations).shown,
    name: first('io.kubernetes.cri.container-name', 'io.kubernetes.container.name'),
    image: first('io.kubernetes.cri.image-name', 'io.kubernetes.cri-o.ImageName', 'io.kubernetes.cri-o.Image'),
    pod: pod === undefined || namespace === undefined ? pod : `${namespace}/${pod}`,
    created: timeAt(annotations, 'io.kubernetes.cri-o.Created'),
  };
}
