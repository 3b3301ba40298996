/** containerd: containers by the bundles of their tasks, of every namespace. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import type { Container as Described } from '../containers/container.ts';
import { subdirectories } from '../containers/files.ts';
import { showFromFiles } from '../containers/fromfiles.ts';
import { readHosts } from '../containers/hosts.ts';
import { isAlive, isFrozen } from '../containers/process.ts';
import { readSpec, type Spec } from '../containers/spec.ts';
import { Container, NetnsOfContainers } from '../containers/vocabulary.ts';
import { defineProbe } from '../probe.ts';

const options = z
  .object({
    paths: z
      .array(z.string().startsWith('/'))
      .max(100)
      .default(['/run/containerd', '/run/docker/containerd/daemon'])
      .describe('Where state is kept (state in config.toml)'),
  })
  .prefault({});

const TASKS = 'io.containerd.runtime.v2.task';

export const containerd = defineProbe({
  name: 'containerd',
  doc: 'containerd: containers that run and that no engine tells of.',
  reads: [
    'The folders of `probes.containerd.paths`, in which each task has one of its own; they tell when they change (inotify). The service itself is not asked.',
    'Whether its process still runs, every 2 s.',
  ],
  needs: [{ what: 'CAP_DAC_READ_SEARCH', without: 'the folders cannot be read' }],
  counters: {
    labelsLeftOut: 'labels that were left out, as they were too many, too long, or looked like a secret',
    refused: 'changes that the graph refused',
  },
  options,
  types: [Container],
  adds: [NetnsOfContainers],

  async run(context) {
    const roots = context.options.paths.map((path) => join(path, TASKS));
    await showFromFiles({
      context,
      manager: 'containerd',
      roots,
      read: readSpec,
      find(files) {
        const namespaces = roots.flatMap(subdirectories);
        const containers = namespaces.flatMap(subdirectories).flatMap((bundle) => {
          const spec = files.get(join(bundle, 'config.json'));
          return spec ? [containerOf(bundle, spec)] : [];
        });
        return { containers, directories: namespaces };
      },
    });
  },
});

function containerOf(bundle: string, { hostname, hostsPath, mounts, annotations }: Spec): Described {
  const id = basename(bundle);
  const namespace = basename(dirname(bundle));
  const init = numberIn(join(bundle, 'init.pid'));
  const pid = init !== undefined && isAlive(init) ? init : undefined;
  return {
    key: /^[0-9a-f]{64}$/.test(id) ? id : `${namespace}/${id}`,
    name: annotations.name ?? id,
    pid,
    behind: namespace === 'moby' ? 'docker' : undefined,
    networks: [],
    facts: {
      id,
      status: init === undefined ? 'created' : pid === undefined ? 'stopped' : isFrozen(pid) ? 'paused' : 'running',
      runtime: runtimeOf(bundle),
      image: annotations.image,
      labels: annotations.labels,
      more: {
        Namespace: namespace,
        Pod: annotations.pod,
        Hosts: readHosts(hostsPath, hostname),
        Mounts: mounts.length > 0 ? mounts : undefined,
      },
    },
  };
}

/** The program between containerd and the runtime: containerd-shim-runc-v2 → runc. */
function runtimeOf(bundle: string): string | undefined {
  return /containerd-shim-([\w-]+?)(?:-v\d+)?$/.exec(textIn(join(bundle, 'shim-binary-path')))?.[1];
}

function numberIn(path: string): number | undefined {
  const text = textIn(path);
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
}

function textIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
